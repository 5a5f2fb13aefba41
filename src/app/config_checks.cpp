#include "app/config_checks.hpp"

#include <algorithm>
#include <charconv>

#include "http/trusted_proxies.hpp"
#include "message/message.hpp"
#include "numbering/number.hpp"

namespace roger::app {
namespace {

constexpr std::size_t route_name_max = 32;
constexpr std::size_t program_words_max = 32;
constexpr std::size_t host_max = 253;  ///< RFC 1035 §2.3.4, without the root's dot

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_country(const std::string& text) {
    return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string without_plus(const std::string& text) { return text.starts_with('+') ? text.substr(1) : text; }

}  // namespace

tl::unexpected<Error> wanted(std::string what) { return fail(Errc::invalid_argument, std::move(what)); }

Result<std::string> check_prefix(const std::string& text) {
    std::string digits = without_plus(text);
    if (is_digits(digits) && digits.size() <= numbering::e164_digits_max) return digits;
    return wanted("numbers or prefixes in international form, as \"+4477\"");
}

Result<std::string> check_country(const std::string& text) {
    if (text == "*" || is_country(text)) return text;
    return wanted("ISO 3166-1 countries in capitals, as \"GB\", or \"*\"");
}

Result<std::string> check_one_country(const std::string& text) {
    if (is_country(text)) return text;
    return wanted("ISO 3166-1 countries in capitals, as GB");
}

Result<std::string> check_number_type(const std::string& text) {
    for (int i = 0; i <= static_cast<int>(numbering::NumberType::voicemail); ++i) {
        if (numbering::to_string(static_cast<numbering::NumberType>(i)) == text) return text;
    }
    return wanted("kinds of numbers, as \"mobile\" or \"fixed_line\"");
}

Result<std::string> check_mcc_mnc(const std::string& text) {
    const std::string mcc = text.substr(0, 3);
    const std::string mnc = text.size() > 4 ? text.substr(4) : "";
    const bool good = is_digits(mcc) && text.size() > 3 && text[3] == '-' && is_digits(mnc) &&
                      (mnc.size() == 2 || mnc.size() == 3) && mcc.size() == 3;
    if (!good) return wanted("mobile networks as MCC-MNC, as \"234-15\"");
    return mcc + mnc;
}

Result<std::string> check_sender(const std::string& text) {
    std::string sender = without_plus(text);
    if (message::is_sender_id(sender)) return sender;
    return wanted("a sender ID: 1 to 11 letters, digits and spaces, or a number of up to 15 digits");
}

Result<std::string> check_endpoint(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const std::string host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const bool plain = !host.empty() && host.find_first_of(":[]/ \t") == std::string::npos;
    unsigned port = 0;
    const char* end = text.data() + text.size();
    const char* begin = colon == std::string::npos ? end : text.data() + colon + 1;
    const auto [stop, ec] = std::from_chars(begin, end, port);
    const bool good_port = ec == std::errc{} && stop == end && port >= 1 && port <= 65'535;
    if (good_port && (bracketed || plain) && host.size() <= host_max) return text;
    return wanted("addresses as \"HOST:PORT\", as \"smsc.example.com:2775\"");
}

Result<std::string> check_address(const std::string& text) {
    if (http::TrustedProxies::parse({text})) return text;
    return wanted("IP addresses or networks, as \"127.0.0.1\" or \"10.0.0.0/8\"");
}

Result<std::string> check_http_url(const std::string& text) {
    const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
    const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
    if (scheme > 0 && text.size() > scheme && text[scheme] != '/' && printable) return text;
    return wanted("a URL, as \"https://api.example.com/sms\"");
}

Result<std::string> check_base_url(const std::string& text) {
    std::string url = text;
    while (url.ends_with('/')) url.pop_back();
    if (check_http_url(url) && url.find_first_of("?#@") == std::string::npos) return url;
    return wanted("the beginning of URLs, as \"https://api.example.com\"");
}

Result<std::string> check_route_name(const std::string& text) {
    const bool good = !text.empty() && text.size() <= route_name_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    // The sandbox's phones go by that name in rows and metrics.
    if (good && text != "handset") return text;
    return wanted("1 to 32 small letters, digits, '-' and '_', and not \"handset\"");
}

Result<std::string> check_program_word(const std::string& text) {
    if (!text.empty() && text.find('\0') == std::string::npos) return text;
    return wanted("a program's path and its arguments");
}

bool is_program(const std::vector<std::string>& words) {
    return !words.empty() && words.front().starts_with('/') && words.size() <= program_words_max;
}

}  // namespace roger::app
