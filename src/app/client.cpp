#include "app/client.hpp"

#include <cstdlib>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

namespace roger::app {
namespace {

constexpr long connect_ms_max = 3'000;
constexpr long total_ms_max = 30'000;
constexpr std::size_t body_bytes_max = 8U << 20U;

std::size_t append(const char* data, std::size_t size, std::size_t count, void* out) {
    auto& body = *static_cast<std::string*>(out);
    if (body.size() + size * count > body_bytes_max) return 0;
    body.append(data, size * count);
    return size * count;
}

bool was_sent(CURLcode code) {
    return code != CURLE_COULDNT_CONNECT && code != CURLE_COULDNT_RESOLVE_HOST && code != CURLE_URL_MALFORMAT &&
           code != CURLE_UNSUPPORTED_PROTOCOL && code != CURLE_PEER_FAILED_VERIFICATION &&
           code != CURLE_SSL_CONNECT_ERROR && code != CURLE_SSL_CACERT_BADFILE;
}

}  // namespace

Result<Reply> call(const Call& call) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
    if (!curl) return fail(Errc::unavailable, "libcurl cannot be set up");
    Reply reply;
    curl_easy_setopt(curl.get(), CURLOPT_URL, call.url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, call.method.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT_MS, connect_ms_max);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, total_ms_max);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    // The curl program and most libraries read it; libcurl leaves it to us.
    if (const char* authorities = std::getenv("SSL_CERT_FILE"); authorities != nullptr) {
        curl_easy_setopt(curl.get(), CURLOPT_CAINFO, authorities);
    }
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
    if (!call.unix_socket.empty()) curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, call.unix_socket.c_str());
    if (!call.key.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(curl.get(), CURLOPT_USERNAME, call.key.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, call.secret.c_str());
    }
    if (!call.bearer.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(curl.get(), CURLOPT_XOAUTH2_BEARER, call.bearer.c_str());
    }
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(nullptr, &curl_slist_free_all);
    if (call.method != "GET") {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(call.body.size()));
        curl_easy_setopt(curl.get(), CURLOPT_COPYPOSTFIELDS, call.body.c_str());
        headers.reset(curl_slist_append(nullptr, ("Content-Type: " + call.content_type).c_str()));
        curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    }
    const CURLcode code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) {
        const std::string why =
            fmt::format("{}: {}", call.unix_socket.empty() ? call.url : call.unix_socket, curl_easy_strerror(code));
        return fail(was_sent(code) ? Errc::timed_out : Errc::unavailable, why);
    }
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply.status);
    return reply;
}

std::string form(const std::vector<std::pair<std::string, std::string>>& fields) {
    std::string text;
    for (const auto& [name, value] : fields) {
        if (!text.empty()) text += '&';
        text += name + '=';
        const std::unique_ptr<char, decltype(&curl_free)> escaped(
            curl_easy_escape(nullptr, value.data(), static_cast<int>(value.size())), &curl_free);
        if (escaped) text += escaped.get();
    }
    return text;
}

}  // namespace roger::app
