#include "channel/gateway_template.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "channel/gateway_text.hpp"

namespace roger::channel {
namespace {

std::string write(const std::string& value, Escape escape) {
    switch (escape) {
        case Escape::plain: return value;
        case Escape::json: return json_escape(value);
        case Escape::percent: return percent_encode(value);
        case Escape::xml: return xml_escape(value);
    }
    return value;
}

}  // namespace

Result<GatewayTemplate::Piece> GatewayTemplate::parse_place(std::string_view inside, Kind kind) {
    const std::size_t bar = inside.find('|');
    const std::string_view name = inside.substr(0, bar);
    const auto known = std::ranges::find(names, name);
    if (known == std::end(names)) {
        return fail(Errc::invalid_argument,
                    fmt::format("names ${{{}}}; it knows ${{{}}}", name, fmt::join(names, "} ${")));
    }
    Piece piece{.text = "", .name = *known, .escape = Escape::plain};
    const std::string_view escape = bar == std::string_view::npos ? std::string_view() : inside.substr(bar + 1);
    if (kind == Kind::header) {
        if (name == "reference" && escape.empty()) return piece;
        return fail(Errc::invalid_argument, "may name ${reference} alone");
    }
    if (escape == "urlencode" || (kind == Kind::url && escape.empty())) {
        piece.escape = Escape::percent;
    } else if (kind == Kind::body && escape == "json") {
        piece.escape = Escape::json;
    } else if (kind == Kind::body && escape == "xml") {
        piece.escape = Escape::xml;
    } else if (kind == Kind::url) {
        return fail(Errc::invalid_argument, fmt::format("writes ${{{}}}; in a URL it is ${{{}}}", inside, name));
    } else {
        return fail(Errc::invalid_argument,
                    fmt::format("writes ${{{}}}; say how, as ${{{}|json}}, |urlencode or |xml", inside, name));
    }
    return piece;
}

Result<GatewayTemplate> GatewayTemplate::parse(std::string_view text, Kind kind) {
    GatewayTemplate made;
    while (!text.empty()) {
        const std::size_t begin = text.find("${");
        if (begin != 0) made.pieces_.push_back({.text = std::string(text.substr(0, begin)), .name = {}});
        if (begin == std::string_view::npos) break;
        const std::size_t end = text.find('}', begin);
        if (end == std::string_view::npos) return fail(Errc::invalid_argument, "has a ${ without its }");
        auto place = parse_place(text.substr(begin + 2, end - begin - 2), kind);
        if (!place) return tl::make_unexpected(place.error());
        made.pieces_.push_back(std::move(*place));
        text.remove_prefix(end + 1);
    }
    return made;
}

Result<GatewayTemplate> GatewayTemplate::parse_body(std::string_view text) { return parse(text, Kind::body); }
Result<GatewayTemplate> GatewayTemplate::parse_url(std::string_view text) { return parse(text, Kind::url); }
Result<GatewayTemplate> GatewayTemplate::parse_header(std::string_view text) { return parse(text, Kind::header); }

bool GatewayTemplate::names_value(std::string_view name) const {
    return std::ranges::any_of(pieces_, [name](const Piece& piece) { return piece.name == name; });
}

std::string GatewayTemplate::fill(const Values& values) const {
    std::string out;
    for (const Piece& piece : pieces_)
        out += piece.name.empty() ? piece.text : write(values.at(piece.name), piece.escape);
    return out;
}

}  // namespace roger::channel
