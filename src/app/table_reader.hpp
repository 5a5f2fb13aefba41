// Walks through one table of a configuration file, takes what it knows, and remembers the first mistake of the file.
//
//   TableReader server(file, root, "server");
//   server.text("listen", config.listen);
//   server.end();                                  // whatever was not asked for is an unknown key
#pragma once
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "app/password_source.hpp"
#include "base/result.hpp"

namespace roger::app {

/// The file that is being read, and the first mistake found in it.
struct ReadFile {
    std::string name;  ///< in sentences
    /// Only its owner may read it, so that it may hold a password.
    bool is_private = false;
    std::optional<Error> error;

    void complain(const toml::node& node, const std::string& what);
};

/// An element as it is kept, or what is wrong with it: "… holds DETAIL".
using Check = std::function<Result<std::string>(const std::string&)>;

class TableReader {
public:
    /// @param table   nullptr: nothing is given, every value keeps its default
    /// @param prefix  of keys in sentences: "server."
    TableReader(ReadFile& file, const toml::table* table, std::string prefix)
        : file_(file), table_(table), prefix_(std::move(prefix)) {}
    /// The table `name` of another one.
    TableReader(ReadFile& file, const toml::table& parent, const std::string& name);

    /// Whether the key was given. Makes it known.
    bool has(const char* key) { return find(key) != nullptr; }
    void text(const char* key, std::string& out);
    void checked_text(const char* key, std::string& out, const Check& check);
    /// KEY_file, KEY_env and KEY: one of them at most, and KEY only in a file that nobody else can read.
    void secret(const std::string& key, PasswordSource& out);
    void boolean(const char* key, bool& out);
    void number(const char* key, double& out, double high);
    void whole(const char* key, std::int64_t& out, std::int64_t low, std::int64_t high);
    void list(const char* key, std::vector<std::string>& out, const Check& check);
    void whole_list(const char* key, std::vector<std::int64_t>& out, std::int64_t low, std::int64_t high);
    /// @param check_name  of the keys of the table
    void map(const char* key, std::map<std::string, std::string>& out, const Check& check_name, const Check& check);
    /// One of a few words.
    template <class Enum>
    void word(const char* key, Enum& out, std::span<const std::pair<std::string_view, Enum>> words) {
        std::vector<std::string_view> known;
        for (const auto& [word, value] : words) known.push_back(word);
        if (const auto index = word_index(key, known)) out = words[*index].second;
    }
    /// A table within, read with a reader of its own.
    TableReader table(const char* key);
    void complain(const char* key, const std::string& what);
    /// Every key that was not asked for is a mistake.
    void end();

private:
    const toml::node* find(const char* key);
    std::optional<std::size_t> word_index(const char* key, const std::vector<std::string_view>& words);
    [[nodiscard]] std::string shown(const char* key) const { return prefix_ + key; }

    ReadFile& file_;
    const toml::table* table_;
    std::string prefix_;
    std::vector<std::string> known_;
};

/// A file's own tables: whatever is not among them is a mistake.
void refuse_unknown(ReadFile& file,
                    const toml::table& table,
                    const std::vector<std::string>& known,
                    const std::string& prefix);

}  // namespace roger::app
