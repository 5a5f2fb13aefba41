#include "message/template.hpp"

#include <algorithm>

namespace roger::message {

std::string fill(std::string_view text, std::initializer_list<Filling> fillings) {
    std::string filled;
    filled.reserve(2 * text.size());
    while (!text.empty()) {
        const std::size_t open = text.find("${");
        filled += text.substr(0, open);
        if (open == std::string_view::npos) break;
        text.remove_prefix(open);
        const std::size_t close = text.find('}');
        const std::string_view name = close == std::string_view::npos ? "" : text.substr(2, close - 2);
        const auto* filling =
            std::find_if(fillings.begin(), fillings.end(), [&](const Filling& f) { return f.first == name; });
        // An unknown place keeps its "${" and is read on from there, for a known one may begin inside it.
        filled += filling == fillings.end() ? text.substr(0, 2) : filling->second;
        text.remove_prefix(filling == fillings.end() ? 2 : close + 1);
    }
    return filled;
}

}  // namespace roger::message
