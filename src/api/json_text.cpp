#include "api/json_text.hpp"

#include <fmt/format.h>

namespace roger::api {

void append_json(std::string& out, std::string_view text) {
    out += '"';
    // What needs no escape, nearly everything, is copied as a run.
    std::size_t run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, run, i - run);
        run = i + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default: out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        }
    }
    out.append(text, run);
    out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
    if (!out.ends_with('{')) out += ',';
    append_json(out, name);
    out += ':';
    append_json(out, value);
}

}  // namespace roger::api
