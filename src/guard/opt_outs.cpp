#include "guard/opt_outs.hpp"

#include <algorithm>
#include <array>

namespace roger::guard {
namespace {

constexpr std::array<std::string_view, 7> stop_words{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL",
                                                     "END",  "QUIT",    "ARRET"};
constexpr std::array<std::string_view, 2> start_words{"START", "UNSTOP"};
constexpr std::string_view around = " \t\r\n.!";

using Pair = std::pair<std::string, std::string>;

Pair pair_of(std::string_view sender, std::string_view number) {
    return {std::string(plain_sender(sender)), std::string(number)};
}

}  // namespace

std::string_view to_string(OptWord word) noexcept {
    switch (word) {
        case OptWord::none: return "none";
        case OptWord::stop: return "stop";
        case OptWord::start: return "start";
    }
    return "none";
}

OptWord read_opt_word(std::string_view text) {
    const std::size_t first = text.find_first_not_of(around);
    if (first == std::string_view::npos) return OptWord::none;
    std::string word(text.substr(first, text.find_last_not_of(around) - first + 1));
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    if (std::ranges::find(stop_words, word) != stop_words.end()) return OptWord::stop;
    return std::ranges::find(start_words, word) == start_words.end() ? OptWord::none : OptWord::start;
}

std::string_view plain_sender(std::string_view sender) noexcept {
    return sender.starts_with('+') ? sender.substr(1) : sender;
}

bool OptOuts::contains(std::string_view sender, std::string_view number) const {
    return !pairs_.empty() && pairs_.contains(pair_of(sender, number));
}

bool OptOuts::add(std::string_view sender, std::string_view number) {
    Pair pair = pair_of(sender, number);
    if (pairs_.size() >= pairs_max && !pairs_.contains(pair)) return false;
    pairs_.insert(std::move(pair));
    return true;
}

void OptOuts::remove(std::string_view sender, std::string_view number) { pairs_.erase(pair_of(sender, number)); }

}  // namespace roger::guard
