#include "voice/script.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace roger::voice {
namespace {

constexpr std::size_t spelt_min = 4;   // the shortest PIN
constexpr std::size_t spelt_max = 10;  // and the longest
constexpr std::string_view between = ", ";

bool is_character(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The length of "1, 2, 3, 4" at the beginning of a text, or 0 for fewer than `least` characters.
std::size_t spelt_length(std::string_view text, std::size_t least = spelt_min) {
    constexpr std::size_t step = 1 + between.size();
    std::size_t characters = 0;
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size() && is_character(text[at]) && characters < spelt_max; at += step) {
        ++characters;
        end = at + 1;
        if (text.substr(end, between.size()) != between) break;
    }
    return characters >= least ? end : 0;
}

std::string cleaned(std::string_view text) {
    std::string clean(text);
    for (char& c : clean) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F || c == '[' || c == ']' || c == '<' || c == '>') c = ' ';
    }
    return clean;
}

/// Drops what ended the sentence before: a voice would say "dot".
std::string_view without_marks(std::string_view text) {
    constexpr std::array<std::string_view, 12> marks = {" ", ".", ",", ";", ":", "!", "?", "。", "、", "，", "।", "،"};
    const auto begins = [&](std::string_view mark) { return text.starts_with(mark); };
    for (auto mark = std::ranges::find_if(marks, begins); mark != marks.end();
         mark = std::ranges::find_if(marks, begins)) {
        text.remove_prefix(mark->size());
    }
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

/// Whether a PIN may stand in a phrase, written against a word so that it was not taken for one.
bool may_hold_pin(std::string_view phrase) {
    for (std::size_t at = 0; at < phrase.size(); ++at) {
        if (spelt_length(phrase.substr(at), spelt_min - 1) > 0) return true;
    }
    return false;
}

void add_phrase(std::string_view text, std::vector<Script::Piece>& pieces) {
    const std::string_view phrase = without_marks(text);
    if (!phrase.empty()) pieces.push_back({std::string(phrase), false, !may_hold_pin(phrase)});
}

void add_character(char c, std::vector<Script::Piece>& pieces) {
    pieces.push_back({std::string(1, c), true, c >= '0' && c <= '9'});
}

/// A run of spelt pieces.
struct Run {
    std::size_t begin = 0;
    std::size_t end = 0;
};

std::size_t end_of_pin(const std::vector<Script::Piece>& pieces, const std::vector<Run>& runs) {
    if (runs.empty()) return 0;
    const auto said = [&](const Run& run) { return std::span(pieces).subspan(run.begin, run.end - run.begin); };
    const auto last = said(runs.back());
    return std::ranges::find_if(runs, [&](const Run& run) { return std::ranges::equal(said(run), last); })->end;
}

}  // namespace

Result<Script> read_script(std::string_view text) {
    if (text.size() > text_bytes_max) return fail(Errc::invalid_argument, "a spoken text of more than 2000 bytes");
    const std::string clean = cleaned(text);
    const std::string_view all = clean;
    Script script;
    std::vector<Run> runs;
    std::size_t phrase = 0;
    for (std::size_t at = 0; at < all.size();) {
        const bool in_word = at > 0 && is_character(all[at - 1]);
        const std::size_t length = in_word ? 0 : spelt_length(all.substr(at));
        if (length == 0 || (at + length < all.size() && is_character(all[at + length]))) {
            ++at;
            continue;
        }
        add_phrase(all.substr(phrase, at - phrase), script.pieces);
        const std::size_t begin = script.pieces.size();
        for (std::size_t i = at; i < at + length; i += 1 + between.size()) {
            add_character(all[i], script.pieces);
        }
        runs.push_back({begin, script.pieces.size()});
        at += length;
        phrase = at;
    }
    add_phrase(all.substr(phrase), script.pieces);
    if (script.pieces.empty()) return fail(Errc::invalid_argument, "a spoken text without words");
    script.pin_end = end_of_pin(script.pieces, runs);
    if (runs.empty()) std::ranges::for_each(script.pieces, [](Script::Piece& piece) { piece.keep = false; });
    return script;
}

}  // namespace roger::voice
