#include "dispatch/inbox.hpp"

#include "numbering/number.hpp"
#include "observe/log.hpp"

namespace roger::dispatch {
namespace {

using guard::OptWord;

std::string masked(const std::string& number) {
    const auto msisdn = numbering::Msisdn::from_digits(number);
    return msisdn ? msisdn->masked() : "unreadable";
}

}  // namespace

void Inbox::restore(std::string_view name, std::string_view value) {
    name.remove_prefix(setting_prefix.size());
    const std::size_t slash = name.rfind('/');
    if (slash != std::string_view::npos && value == "on") outs_.add(name.substr(0, slash), name.substr(slash + 1));
}

void Inbox::take(channel::InboundMessage message, std::function<void(bool stored)> done) {
    const OptWord word = guard::read_opt_word(message.text);
    metrics_.count("roger_inbound_total", {{"route", message.route}, {"word", guard::to_string(word)}});
    observe::info("a subscriber wrote",
                  {{"route", message.route}, {"number", masked(message.number)}, {"word", guard::to_string(word)}});
    const std::string sender(guard::plain_sender(message.to));
    if (word == OptWord::none || !numbering::Msisdn::from_digits(message.number)) return done(true);
    // STOP holds from now on; START only when it is stored, for a STOP must not come back after a restart.
    if (word == OptWord::stop && !outs_.add(sender, message.number)) {
        observe::error("no room for another opt-out", {{"route", message.route}});
        return done(true);
    }
    engine::SaveSetting save{.name = std::string(setting_prefix) + sender + "/" + message.number,
                             .value = word == OptWord::stop ? "on" : "off",
                             .reply = {}};
    save.reply = [this, word, sender, number = message.number,
                  done = std::move(done)](const Result<engine::SaveSetting::Answer>& saved) {
        if (saved && word == OptWord::start) outs_.remove(sender, number);
        done(saved.has_value());
    };
    engine_.submit(std::move(save));
}

}  // namespace roger::dispatch
