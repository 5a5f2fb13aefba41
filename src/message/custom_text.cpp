#include "message/custom_text.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "message/encoding.hpp"

namespace roger::message {
namespace {

constexpr std::array<std::string_view, 3> places = {"pin", "brand", "pin_expiry"};
constexpr std::string_view break_open = "<break";

// The longest values that can stand in the places. The brand of four-byte letters is the longest when spoken.
constexpr Values longest_pin{.brand = "", .pin = "8888888888", .minutes = 60, .amount = std::nullopt};
constexpr Values usual_pin{.brand = "", .pin = "888888", .minutes = 60, .amount = std::nullopt};

std::string repeated(std::string_view letter) {
    std::string brand;
    for (std::size_t i = 0; i < brand_characters_max; ++i) brand += letter;
    return brand;
}

std::string rendered(Channel channel, std::string_view text, std::string_view letter, Values values) {
    const std::string brand = repeated(letter);
    values.brand = brand;
    values.custom = text;
    return render("en-us", channel, values);
}

/// Where a <break time='1s'/> that begins the text ends. @return 0 when none begins it
std::size_t break_size(std::string_view text) {
    if (!text.starts_with(break_open)) return 0;
    const std::size_t end = text.find("/>");
    if (end == std::string_view::npos) return 0;
    std::string_view inside = text.substr(break_open.size(), end - break_open.size());
    while (inside.ends_with(' ')) inside.remove_suffix(1);
    if (inside.empty()) return end + 2;
    constexpr std::string_view time = " time=";
    if (!inside.starts_with(time)) return 0;
    inside.remove_prefix(time.size());
    const char quote = inside.empty() ? ' ' : inside.front();
    if ((quote != '\'' && quote != '"') || inside.size() < 4 || inside.back() != quote) return 0;
    inside = inside.substr(1, inside.size() - 2);
    const std::size_t digits = std::min(inside.find_first_not_of("0123456789"), inside.size());
    const std::string_view unit = inside.substr(digits);
    return digits > 0 && digits <= 5 && (unit == "s" || unit == "ms") ? end + 2 : 0;
}

bool is_refused(UChar32 c) {
    constexpr std::uint32_t refused = U_GC_CC_MASK | U_GC_CN_MASK | U_GC_CO_MASK | U_GC_CS_MASK;
    constexpr UChar32 embedding_first = 0x202A;  // to U+202E, the override: marks and isolates do all that is needed
    constexpr UChar32 embedding_last = 0x202E;
    if (c == '\n') return false;
    return (U_GET_GC_MASK(c) & refused) != 0 || (c >= embedding_first && c <= embedding_last);
}

/// @return nullopt, or why a character must not be there
std::optional<std::string> judge_characters(std::string_view text) {
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 c = 0;
        // NOLINTNEXTLINE(bugprone-inc-dec-in-conditions): inside ICU's macro, in order by its commas
        U8_NEXT(text.data(), at, size, c);
        if (c < 0) return "The template is not UTF-8.";
        if (is_refused(c)) {
            return fmt::format("The template holds U+{:04X}, a character that does not print.",
                               static_cast<std::uint32_t>(c));
        }
    }
    return std::nullopt;
}

std::optional<std::string> judge_places(std::string_view text) {
    bool pin = false;
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const std::size_t close = text.find('}', at);
        const std::string_view name = close == std::string_view::npos ? "" : text.substr(at + 2, close - at - 2);
        if (std::ranges::find(places, name) == places.end()) {
            return "The template holds a '${' that begins no variable: there are ${pin}, ${brand} and ${pin_expiry}.";
        }
        pin = pin || name == places.front();
    }
    if (!pin) return "The template has no ${pin}.";
    return std::nullopt;
}

std::optional<std::string> judge_markup(std::string_view text) {
    if (text.find("[[") != std::string_view::npos) return "A spoken template must not hold '[['.";
    for (std::size_t at = text.find_first_of("<>"); at != std::string_view::npos; at = text.find_first_of("<>", at)) {
        const std::size_t size = break_size(text.substr(at));
        if (size == 0) return "A spoken template holds no markup but <break time='1s'/>.";
        at += size;
    }
    return std::nullopt;
}

/// CR LF and CR as LF.
std::string with_line_feeds(std::string_view text) {
    std::string kept;
    kept.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r') {
            kept += text[i];
        } else if (i + 1 == text.size() || text[i + 1] != '\n') {
            kept += '\n';
        }
    }
    return kept;
}

std::size_t segments_of(const std::string& text) {
    const auto segments = count_segments(text, Alphabet::gsm);
    return segments ? *segments : segments_max + 1;
}

}  // namespace

Result<std::string> check_custom_text(Channel channel, std::string_view text) {
    const auto refuse = [](std::string why) { return fail(Errc::invalid_argument, std::move(why)); };
    if (text.size() > spoken_bytes_max) return refuse("The template is longer than 2000 bytes.");
    std::string kept = with_line_feeds(text);
    if (channel == Channel::tts) std::ranges::replace(kept, '\n', ' ');
    if (auto why = judge_characters(kept)) return refuse(std::move(*why));
    if (auto why = judge_places(kept)) return refuse(std::move(*why));
    if (channel == Channel::sms) {
        // Of all scripts, letters beyond the Basic Multilingual Plane take the most room.
        if (segments_of(rendered(channel, kept, "\U0001D11E", longest_pin)) > segments_max) {
            return refuse("The template can become more than 10 segments.");
        }
        return kept;
    }
    if (auto why = judge_markup(kept)) return refuse(std::move(*why));
    if (rendered(channel, kept, "\U0001D11E", longest_pin).size() > spoken_bytes_max) {
        return refuse("The template can become longer than 2000 bytes.");
    }
    return kept;
}

std::vector<std::string> warnings_of(Channel channel, std::string_view text) {
    std::vector<std::string> warnings;
    if (channel == Channel::tts) return warnings;
    const std::size_t latin = segments_of(rendered(channel, text, "W", usual_pin));
    const std::size_t other = segments_of(rendered(channel, text, "Ж", usual_pin));
    if (latin > 1) {
        warnings.push_back(
            fmt::format("With a brand of 18 letters this SMS has {} segments, each of which is billed.", latin));
    } else if (other > 1) {
        warnings.push_back(fmt::format(
            "With a brand of 18 letters that the GSM alphabet lacks this SMS has {} segments, each of which is billed.",
            other));
    }
    return warnings;
}

std::string without_breaks(std::string_view text) {
    constexpr std::string_view pausing = ".,:;!?";
    std::string said;
    while (!text.empty()) {
        const std::size_t at = text.find(break_open);
        said += text.substr(0, at);
        if (at == std::string_view::npos) break;
        text.remove_prefix(at);
        const std::size_t size = break_size(text);
        if (size == 0) {
            said += break_open;
            text.remove_prefix(break_open.size());
            continue;
        }
        text.remove_prefix(size);
        while (said.ends_with(' ')) said.pop_back();
        if (!said.empty() && pausing.find(said.back()) == std::string_view::npos) said += ',';
        if (!text.starts_with(' ')) said += ' ';
    }
    return said;
}

bool is_recording_url(std::string_view text) {
    constexpr std::size_t bytes_max = 500;
    if (text.size() > bytes_max) return false;
    if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '<' && c != '\\'; })) {
        return false;
    }
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (!text.starts_with(scheme)) continue;
        text.remove_prefix(scheme.size());
        const std::string_view host = text.substr(0, text.find_first_of("/?#"));
        return !host.empty() && host.front() != ':' && host.find('@') == std::string_view::npos;
    }
    return false;
}

}  // namespace roger::message
