#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/operator_call.hpp"
#include "message/preview.hpp"

namespace roger::app {
namespace {

using message::Channel;
using nlohmann::json;

using message::Preview;

Preview preview(std::string_view locale, Channel channel, const PreviewOptions& options, const std::string& brand) {
    message::Values values{.brand = brand, .pin = options.pin, .minutes = options.minutes, .amount = std::nullopt};
    if (options.psd2) values.amount = "48.50";
    return message::preview(locale, channel, values);
}

json to_json(const Preview& shown) {
    json out = {{"lg", shown.locale},
                {"channel", message::to_string(shown.channel)},
                {"text", shown.text},
                {"encoding", shown.encoding}};
    if (shown.channel == Channel::sms) {
        out["segments"] = shown.segments;
        out["length"] = shown.length;
    }
    return out;
}

void print(const Preview& shown) {
    std::cout << fmt::format("{:<7} {}  ", shown.locale, message::to_string(shown.channel));
    if (shown.channel == Channel::sms) {
        std::cout << fmt::format("{}, {} segment{}, {} {}", shown.encoding, shown.segments,
                                 shown.segments == 1 ? "" : "s", shown.length,
                                 shown.encoding == "UCS-2" ? "units" : "septets");
    } else {
        std::cout << shown.encoding;
    }
    std::cout << "\n    " << shown.text << '\n';
}

/// The locales that are asked for; empty when the name is none.
std::vector<std::string_view> chosen_locales(const PreviewOptions& options) {
    if (!options.all) {
        const auto found = message::find_locale(options.locale);
        return found ? std::vector{*found} : std::vector<std::string_view>{};
    }
    std::vector<std::string_view> names;
    for (const auto& info : message::locales()) {
        if (info.psd2 || !options.psd2) names.push_back(info.name);
    }
    return names;
}

Result<Reply> ask(const TemplateOptions& options,
                  const std::string& method,
                  const std::string& rest,
                  const json& body) {
    return ask_operator({.config = Config{.data = options.data},
                         .method = method,
                         .path = "/admin/v1/accounts/" + options.key + "/templates" + rest,
                         .body = body.dump()});
}

void print_template(const json& one) {
    std::cout << fmt::format("{:<7} {:<5} {:>4}  {:<8}  {}\n", one.value("lg", ""), one.value("action_type", ""),
                             one.value("version", 0), one.value("status", ""), one.value("template", "(recordings)"));
}

}  // namespace

int message_preview(const PreviewOptions& options) {
    const auto brand = message::check_brand(options.brand);
    if (!brand) return complain("the brand is refused: " + brand.error().detail, refused);
    const auto locales = chosen_locales(options);
    if (locales.empty()) return complain("there is no locale '" + options.locale + "'; see them with --all", refused);
    json list = json::array();
    for (const std::string_view locale : locales) {
        for (const Channel channel : {Channel::sms, Channel::tts}) {
            if (!options.channel.empty() && options.channel != message::to_string(channel)) continue;
            const Preview shown = preview(locale, channel, options, *brand);
            if (options.json) {
                list.push_back(to_json(shown));
            } else {
                print(shown);
            }
        }
    }
    if (options.json) std::cout << list.dump() << '\n';
    return done;
}

int template_list(const TemplateOptions& options) {
    const auto [body, code] = answer_of(ask(options, "GET", "", json::object()));
    if (code != done) return code;
    if (options.json) {
        std::cout << body.dump() << '\n';
        return done;
    }
    if (body["templates"].empty()) std::cout << "This account has no templates: its texts are the standard ones.\n";
    for (const json& one : body["templates"]) print_template(one);
    return done;
}

int template_approve(const TemplateOptions& options) {
    json asked = {{"lg", options.locale}, {"action_type", options.action}};
    if (options.version != 0) asked["version"] = options.version;
    const auto [body, code] = answer_of(ask(options, "POST", "/approve", asked));
    if (code != done) return code;
    if (options.json) {
        std::cout << body.dump() << '\n';
    } else {
        print_template(body);
    }
    return done;
}

}  // namespace roger::app
