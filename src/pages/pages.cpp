#include "pages/pages.hpp"

#include <algorithm>
#include <string>

namespace roger::pages {
namespace {

/// Nothing from elsewhere, nothing inline, in nobody's frame. Blobs are the calls' audio.
constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self' "
    "blob:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

http::Response text(unsigned status, std::string body) {
    http::Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(body);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

std::string_view trimmed(std::string_view word) {
    const auto from = word.find_first_not_of(" \t");
    if (from == std::string_view::npos) return "";
    return word.substr(from, word.find_last_not_of(" \t") - from + 1);
}

bool is_zero(std::string_view quality) {
    const std::size_t at = quality.find("q=0");
    return at != std::string_view::npos && quality.find_first_not_of("0.", at + 2) == std::string_view::npos;
}

/// Calls `visit` with each member of a comma-separated list.
template <class Visit>
void each_member(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        visit(trimmed(list.substr(0, comma)));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
}

bool takes_gzip(std::string_view accept_encoding) {
    bool takes = false;
    each_member(accept_encoding, [&](std::string_view member) {
        const std::size_t semicolon = member.find(';');
        if (trimmed(member.substr(0, semicolon)) != "gzip") return;
        takes = semicolon == std::string_view::npos || !is_zero(trimmed(member.substr(semicolon)));
    });
    return takes;
}

bool has_already(std::string_view if_none_match, std::string_view etag) {
    bool found = false;
    each_member(if_none_match, [&](std::string_view member) {
        if (member.starts_with("W/")) member.remove_prefix(2);
        found = found || member == etag || member == "*";
    });
    return found;
}

}  // namespace

http::Response serve(std::span<const File> files, std::string_view path, const http::Request& request) {
    if (files.empty()) {
        return text(404,
                    "This server was built without its pages (-DROGER_WEB=OFF). Its calls work as ever;\n"
                    "for handset, console and reference, install Node and npm and build it with script/build.\n");
    }
    const auto found = std::ranges::lower_bound(files, path, {}, &File::path);
    if (found == files.end() || found->path != path) return text(404, "There is nothing at this path.\n");
    if (request.method != http::Method::get && request.method != http::Method::head) {
        auto refused = text(405, "This path takes GET.\n");
        refused.headers.emplace_back("Allow", "GET, HEAD");
        return refused;
    }
    http::Response response;
    response.content_type = found->type;
    // Names below /assets change with their content.
    const bool lasting = path.starts_with("/assets/");
    response.headers = {{"Content-Security-Policy", std::string(content_policy)},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cross-Origin-Opener-Policy", "same-origin"},
                        {"Cache-Control", lasting ? "public, max-age=31536000, immutable" : "no-cache"},
                        {"ETag", std::string(found->etag)},
                        {"Vary", "Accept-Encoding"}};
    if (has_already(request.if_none_match, found->etag)) {
        response.status = 304;
        return response;
    }
    const bool compressed = found->gzip.size() < found->plain.size() && takes_gzip(request.accept_encoding);
    if (compressed) response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = compressed ? found->gzip : found->plain;
    return response;
}

}  // namespace roger::pages
