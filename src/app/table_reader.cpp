#include "app/table_reader.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/crypto.hpp"

namespace roger::app {
namespace {

std::size_t edits_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
        }
    }
    return row.back();
}

Result<std::string> as_text(const toml::node& node, const Check& check) {
    const auto value = node.value_exact<std::string>();
    if (!value) return fail(Errc::invalid_argument, "a text in quotes");
    return check(*value);
}

}  // namespace

void ReadFile::complain(const toml::node& node, const std::string& what) {
    if (error) return;
    error = Error{Errc::invalid_argument, fmt::format("{}:{}: {}", name, node.source().begin.line, what)};
}

void refuse_unknown(ReadFile& file,
                    const toml::table& table,
                    const std::vector<std::string>& known,
                    const std::string& prefix) {
    for (const auto& [key, node] : table) {
        const std::string_view name = key.str();
        if (std::ranges::find(known, name) != known.end()) continue;
        const auto nearest =
            std::ranges::min_element(known, {}, [&](const std::string& one) { return edits_between(name, one); });
        file.complain(
            node, fmt::format("unknown key '{}{}'; the nearest known key is '{}{}'", prefix, name, prefix, *nearest));
    }
}

TableReader::TableReader(ReadFile& file, const toml::table& parent, const std::string& name)
    : file_(file), table_(nullptr), prefix_(name + ".") {
    const toml::node* node = parent.get(name);
    table_ = node == nullptr ? nullptr : node->as_table();
    if (node != nullptr && table_ == nullptr) file_.complain(*node, fmt::format("[{}] is a table", name));
}

const toml::node* TableReader::find(const char* key) {
    known_.emplace_back(key);
    return table_ == nullptr ? nullptr : table_->get(key);
}

void TableReader::complain(const char* key, const std::string& what) {
    const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
    if (node == nullptr) node = table_;
    if (node != nullptr) file_.complain(*node, shown(key) + " " + what);
}

void TableReader::text(const char* key, std::string& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (!value) return file_.complain(*node, shown(key) + " is a text in quotes");
    out = *value;
}

void TableReader::checked_text(const char* key, std::string& out, const Check& check) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    auto checked = as_text(*node, check);
    if (!checked) return file_.complain(*node, fmt::format("{} is {}", shown(key), checked.error().detail));
    out = std::move(*checked);
}

void TableReader::secret(const std::string& key, PasswordSource& out) {
    std::string literal;
    text((key + "_file").c_str(), out.file);
    text((key + "_env").c_str(), out.environment);
    text(key.c_str(), literal);
    out.literal = Secret(literal);
    wipe(literal);
    const int given = static_cast<int>(!out.file.empty()) + static_cast<int>(!out.environment.empty()) +
                      static_cast<int>(!out.literal.empty());
    if (given > 1) file_.complain(*table_, fmt::format("one of '{0}_file', '{0}_env' and '{0}' is enough", key));
    if (!out.literal.empty() && !file_.is_private) {
        complain(key.c_str(),
                 fmt::format("may stand in a file that only its owner can read (chmod 600); else use {}_file", key));
    }
}

void TableReader::boolean(const char* key, bool& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<bool>();
    if (!value) return file_.complain(*node, shown(key) + " is true or false");
    out = *value;
}

void TableReader::number(const char* key, double& out, double high) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (!value || !(*value >= 0 && *value <= high)) {
        return file_.complain(*node, fmt::format("{} is a number from 0 to {}", shown(key), high));
    }
    out = *value;
}

void TableReader::whole(const char* key, std::int64_t& out, std::int64_t low, std::int64_t high) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < low || *value > high) {
        return file_.complain(*node, fmt::format("{} is a whole number from {} to {}", shown(key), low, high));
    }
    out = *value;
}

void TableReader::list(const char* key, std::vector<std::string>& out, const Check& check) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return file_.complain(*node, shown(key) + " is a list of texts");
    out.clear();
    for (const toml::node& element : *array) {
        auto checked = as_text(element, check);
        if (!checked) return file_.complain(element, fmt::format("{} holds {}", shown(key), checked.error().detail));
        out.push_back(std::move(*checked));
    }
}

void TableReader::whole_list(const char* key, std::vector<std::int64_t>& out, std::int64_t low, std::int64_t high) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return file_.complain(*node, shown(key) + " is a list of whole numbers");
    out.clear();
    for (const toml::node& element : *array) {
        const auto value = element.value_exact<std::int64_t>();
        if (!value || *value < low || *value > high) {
            return file_.complain(element, fmt::format("{} holds whole numbers from {} to {}", shown(key), low, high));
        }
        out.push_back(*value);
    }
}

void TableReader::map(const char* key,
                      std::map<std::string, std::string>& out,
                      const Check& check_name,
                      const Check& check) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) return file_.complain(*node, shown(key) + " is a table: { NAME = \"text\", … }");
    out.clear();
    for (const auto& [name, element] : *table) {
        auto checked_name = check_name(std::string(name.str()));
        if (!checked_name) {
            return file_.complain(element, fmt::format("{} has keys that are {}, not '{}'", shown(key),
                                                       checked_name.error().detail, name.str()));
        }
        auto checked = as_text(element, check);
        if (!checked) return file_.complain(element, fmt::format("{} holds {}", shown(key), checked.error().detail));
        out.insert_or_assign(std::move(*checked_name), std::move(*checked));
    }
}

std::optional<std::size_t> TableReader::word_index(const char* key, const std::vector<std::string_view>& words) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::string>();
    const auto found = value ? std::ranges::find(words, *value) : words.end();
    if (found == words.end()) {
        file_.complain(*node, fmt::format("{} is one of \"{}\"", shown(key), fmt::join(words, "\", \"")));
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - words.begin());
}

TableReader TableReader::table(const char* key) {
    const toml::node* node = find(key);
    const toml::table* inner = node == nullptr ? nullptr : node->as_table();
    if (node != nullptr && inner == nullptr) file_.complain(*node, shown(key) + " is a table: { key = value, … }");
    return {file_, inner, shown(key) + "."};
}

void TableReader::end() {
    if (table_ != nullptr) refuse_unknown(file_, *table_, known_, prefix_);
}

}  // namespace roger::app
