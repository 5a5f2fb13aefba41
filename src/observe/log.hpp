// Logs for operators: one event a line with key=value pairs, to stderr. Numbers only masked, PINs and secrets never.
// Safe to call from every thread.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace roger::observe {

enum class Level { debug, info, warning, error };

/// One pair; the value is escaped where it is written, so hostile text cannot forge a line.
struct Field {
    template <class T>
    Field(std::string_view name, const T& content) : key(name), value(fmt::format("{}", content)) {}
    std::string_view key;
    std::string value;
};

void set_level(Level level);
[[nodiscard]] bool enabled(Level level);
/// `event` is a constant phrase, "server stopping"; what varies goes into the fields.
void log(Level level, std::string_view event, std::initializer_list<Field> fields = {});
/// The line without its time: for tests.
[[nodiscard]] std::string format_line(std::string_view event, std::initializer_list<Field> fields);

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    log(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) { log(Level::info, event, fields); }
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
    log(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    log(Level::error, event, fields);
}

}  // namespace roger::observe
