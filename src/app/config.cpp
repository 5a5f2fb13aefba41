#include "app/config.hpp"

#include <algorithm>
#include <fstream>
#include <numeric>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "http/trusted_proxies.hpp"

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

/// Walks through one table, takes what it knows, and remembers the first mistake.
class TableReader {
public:
    TableReader(std::string file, std::optional<Error>& error) : file_(std::move(file)), error_(error) {}

    void section(const toml::table& root, const char* name) {
        section_ = name;
        known_.clear();
        const toml::node* node = root.get(name);
        table_ = node == nullptr ? nullptr : node->as_table();
        if (node != nullptr && table_ == nullptr) complain(*node, fmt::format("[{}] is a table", name));
    }
    void text(const char* key, std::string& out) {
        if (const toml::node* node = find(key)) {
            if (const auto value = node->value_exact<std::string>()) {
                out = *value;
            } else {
                complain(*node, fmt::format("{}.{} is a text in quotes", section_, key));
            }
        }
    }
    void number(const char* key, double& out, double high) {
        if (const toml::node* node = find(key)) {
            const auto value = node->is_number() ? node->value<double>() : std::nullopt;
            if (value && *value >= 0 && *value <= high) {
                out = *value;
            } else {
                complain(*node, fmt::format("{}.{} is a number from 0 to {}", section_, key, high));
            }
        }
    }
    /// @param check  normalises one element, or says what is wrong with it
    template <class Check>
    void list(const char* key, std::vector<std::string>& out, Check check) {
        const toml::node* node = find(key);
        if (node == nullptr) return;
        const toml::array* array = node->as_array();
        if (array == nullptr) return complain(*node, fmt::format("{}.{} is a list of texts", section_, key));
        out.clear();
        for (const toml::node& element : *array) {
            const auto value = element.value_exact<std::string>();
            const Result<std::string> checked =
                value ? check(*value) : fail(Errc::invalid_argument, "a text in quotes");
            if (!checked)
                return complain(element, fmt::format("{}.{} holds {}", section_, key, checked.error().detail));
            out.push_back(*checked);
        }
    }
    void end_section() {
        if (table_ == nullptr) return;
        for (const auto& [key, node] : *table_) unknown(key.str(), node, known_, section_ + ".");
    }
    void unknown(std::string_view key,
                 const toml::node& node,
                 const std::vector<std::string>& known,
                 const std::string& prefix) {
        if (std::ranges::find(known, key) != known.end()) return;
        const auto nearest =
            std::ranges::min_element(known, {}, [&](const std::string& one) { return edits_between(key, one); });
        complain(node,
                 fmt::format("unknown key '{}{}'; the nearest known key is '{}{}'", prefix, key, prefix, *nearest));
    }

private:
    const toml::node* find(const char* key) {
        known_.emplace_back(key);
        return table_ == nullptr ? nullptr : table_->get(key);
    }
    void complain(const toml::node& node, const std::string& what) {
        if (error_) return;
        error_ = Error{Errc::invalid_argument, fmt::format("{}:{}: {}", file_, node.source().begin.line, what)};
    }

    std::string file_;
    std::optional<Error>& error_;
    std::string section_;
    const toml::table* table_ = nullptr;
    std::vector<std::string> known_;
};

Result<std::string> check_deny(const std::string& text) {
    std::string digits = text.starts_with('+') ? text.substr(1) : text;
    const bool good =
        !digits.empty() && digits.size() <= 15 && digits.find_first_not_of("0123456789") == std::string::npos;
    if (!good) return fail(Errc::invalid_argument, "numbers or prefixes in international form, as \"+4477\"");
    return digits;
}

Result<std::string> check_country(const std::string& text) {
    const bool good =
        text == "*" || (text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }));
    if (!good) return fail(Errc::invalid_argument, "ISO 3166-1 countries in capitals, as \"GB\", or \"*\"");
    return text;
}

Result<std::string> check_network(const std::string& text) {
    if (http::TrustedProxies::parse({text})) return text;
    return fail(Errc::invalid_argument, "IP addresses or networks, as \"127.0.0.1\" or \"10.0.0.0/8\"");
}

Result<Config> read_table(const toml::table& root, const std::string& name) {
    Config config;
    std::optional<Error> error;
    TableReader reader(name, error);
    reader.section(root, "server");
    reader.text("listen", config.listen);
    reader.text("admin_listen", config.admin_listen);
    reader.text("data", config.data);
    reader.list("trusted_proxies", config.trusted_proxies, check_network);
    reader.end_section();
    reader.section(root, "tls");
    reader.text("cert", config.tls_cert);
    reader.text("key", config.tls_key);
    reader.end_section();
    reader.section(root, "limits");
    reader.number("requests_per_second", config.rate, 1e6);
    reader.number("burst", config.burst, 1e6);
    reader.end_section();
    reader.section(root, "numbers");
    reader.list("deny", config.deny, check_deny);
    reader.list("countries", config.countries, check_country);
    reader.end_section();
    for (const auto& [key, node] : root) {
        reader.unknown(key.str(), node, {"server", "tls", "limits", "numbers"}, "");
    }
    if (error) return tl::unexpected<Error>(*error);
    return config;
}

}  // namespace

Result<Config> parse_config(const std::string& text, const std::string& name) {
    try {
        return read_table(toml::parse(text), name);
    } catch (const toml::parse_error& error) {
        return fail(Errc::invalid_argument,
                    fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
    }
}

Result<Config> read_config(const std::string& path) {
    std::ifstream file(path);
    if (!file) return fail(Errc::not_found, fmt::format("the configuration file {} cannot be read", path));
    std::string text;
    std::getline(file, text, '\0');
    // A directory opens like a file, and a NUL would hide what stands behind it.
    if (!file.eof()) return fail(Errc::invalid_argument, fmt::format("{} is not a text file", path));
    return parse_config(text, path);
}

}  // namespace roger::app
