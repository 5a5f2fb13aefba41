#include "api/preview.hpp"

#include "api/body.hpp"
#include "api/problem.hpp"
#include "message/custom_text.hpp"
#include "message/preview.hpp"
#include "verification/pin.hpp"

namespace roger::api {
namespace {

using message::Channel;
using nlohmann::json;

http::Response languages() {
    json list = json::array();
    for (const auto& info : message::locales()) {
        list.push_back({{"lg", info.name}, {"verify", info.verify}, {"psd2", info.psd2}});
    }
    return json_answer(200, json{{"languages", list}}.dump());
}

json shown(const message::Preview& preview) {
    return {{"lg", preview.locale},
            {"channel", message::to_string(preview.channel)},
            {"text", preview.text},
            {"encoding", preview.encoding},
            {"segments", preview.segments},
            {"length", preview.length},
            {"segment_length", preview.segment_length}};
}

http::Response preview(const http::Request& request) {
    constexpr std::int64_t minutes_max = 60;
    const auto any = [](const std::string&) { return true; };
    Body body(request);
    const std::string channel_word =
        body.needed("channel", "is sms or tts", [](const std::string& text) { return text == "sms" || text == "tts"; });
    const std::string lg = body.text("lg", "is a language, as en-gb",
                                     [](const std::string& text) { return message::find_locale(text).has_value(); });
    const std::string words = body.text("template", "is a text", any);
    const std::string brand = body.text("brand", "is 1 to 18 letters, digits, spaces, punctuation",
                                        [](const std::string& text) { return message::check_brand(text).has_value(); });
    const std::string pin = body.text("pin", "is 4 to 10 letters and digits", [](const std::string& text) {
        return verification::Pin::parse_typed(text).has_value();
    });
    const std::int64_t minutes = body.number("minutes", 1, minutes_max).value_or(5);
    const bool psd2 = body.flag("psd2", false);
    if (auto wrong = body.wrong()) return std::move(*wrong);
    if (psd2 && !words.empty()) return problem(400, "Bad Request", "Payments have standard texts alone.");

    const Channel channel = channel_word == "sms" ? Channel::sms : Channel::tts;
    json warnings = json::array();
    std::string checked;
    if (!words.empty()) {
        auto good = message::check_custom_text(channel, words);
        if (!good) return problem(good.error());
        checked = std::move(*good);
        warnings = message::warnings_of(channel, checked);
    }
    const std::string who = brand.empty() ? "Acme" : *message::check_brand(brand);
    message::Values values{.brand = who,
                           .pin = pin.empty() ? std::string_view("123456") : std::string_view(pin),
                           .minutes = static_cast<std::uint32_t>(minutes),
                           .amount = std::nullopt,
                           .custom = checked};
    if (psd2) values.amount = "48.50";
    json previews = json::array();
    const auto wanted = lg.empty() ? std::optional<std::string_view>() : message::find_locale(lg);
    for (const auto& info : message::locales()) {
        if (wanted ? info.name == *wanted : psd2 ? info.psd2 : info.verify) {
            previews.push_back(shown(message::preview(info.name, channel, values)));
        }
    }
    return json_answer(200, json{{"previews", previews}, {"warnings", warnings}}.dump());
}

}  // namespace

http::Response preview_templates(const http::Request& request, std::string_view rest) {
    if (rest == "/languages") return request.method == http::Method::get ? languages() : method_not_allowed("GET");
    if (rest != "/preview") return no_such_admin_call();
    return request.method == http::Method::post ? preview(request) : method_not_allowed("POST");
}

}  // namespace roger::api
