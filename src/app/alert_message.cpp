#include "app/alert_message.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/crypto.hpp"

namespace roger::app {
namespace {

constexpr std::size_t subject_bytes_max = 200;
constexpr std::size_t text_bytes_max = 1'000;
constexpr std::size_t json_bytes_max = 4'000;  ///< a pipe takes 4,096 at least, and a line end comes behind

/// "2 days", "3 h", "5 min": as exact as anybody asks.
std::string length_of(milliseconds age) {
    using std::chrono::floor;
    if (age >= std::chrono::days(2)) return fmt::format("{} days", floor<std::chrono::days>(age).count());
    if (age >= std::chrono::hours(2)) return fmt::format("{} h", floor<std::chrono::hours>(age).count());
    return fmt::format("{} min", floor<std::chrono::minutes>(age).count());
}

std::string sentence_of(const alert::Notice& notice) {
    const std::string text = notice.condition.text.substr(0, text_bytes_max);
    switch (notice.state) {
        case alert::State::raised: return text;
        case alert::State::lasting: return fmt::format("For {} now: {}", length_of(notice.age), text);
        case alert::State::recovered: return fmt::format("Over, after {}: {}", length_of(notice.age), text);
    }
    return text;
}

}  // namespace

AlertMessage write_alert(const alert::Notice& notice, std::string id, TimePoint at, const std::string& host) {
    const std::string kind(to_string(notice.condition.kind));
    const std::string state(to_string(notice.state));
    const std::string subject = notice.condition.subject.substr(0, subject_bytes_max);
    const std::string since = to_rfc3339(at - notice.age);
    const std::string text = sentence_of(notice);
    AlertMessage message{.id = std::move(id), .json = {}, .title = {}, .words = {}, .at = at};
    // What is no ASCII takes up to six bytes.
    for (std::size_t length = text.size(); message.json.empty() || message.json.size() > json_bytes_max; length /= 2) {
        const nlohmann::json json = {{"id", message.id},     {"kind", kind},   {"state", state},
                                     {"subject", subject},   {"since", since}, {"text", text.substr(0, length)},
                                     {"at", to_rfc3339(at)}, {"host", host}};
        message.json = json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    }
    message.title = fmt::format("{}: {} {} (roger on {})", state, kind, subject, host);
    message.words = fmt::format("{}\n\nkind: {}\nsubject: {}\nsince: {}\nhost: {}\n", text, kind, subject, since, host);
    return message;
}

std::string sign_alert(std::string_view secret, TimePoint at, const std::string& body) {
    const auto time = std::chrono::floor<seconds>(at).time_since_epoch().count();
    const std::string text = fmt::format("{}.{}", time, body);
    return fmt::format("t={},v1={}", time, to_hex(Hmac(as_bytes(secret))(as_bytes(text))));
}

}  // namespace roger::app
