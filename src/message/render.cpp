#include "message/autofill.hpp"
#include "message/catalogue.hpp"
#include "message/custom_text.hpp"
#include "message/message.hpp"
#include "message/template.hpp"

namespace roger::message {
namespace {

/// "1234" as "1, 2, 3, 4": a voice would else read a number.
std::string spell(std::string_view pin) {
    std::string spelt;
    for (const char c : pin) {
        if (!spelt.empty()) spelt += ", ";
        spelt += c;
    }
    return spelt;
}

/// "1234567.50" as "€1,234,567.50".
std::string write_amount(const AmountForm& form, std::string_view canonical) {
    const std::size_t point = canonical.find('.');
    const std::string_view whole = canonical.substr(0, point);
    std::string written(form.prefix);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        if (i > 0 && (whole.size() - i) % 3 == 0) written += form.group;
        written += whole[i];
    }
    if (point != std::string_view::npos) {
        written += form.decimal;
        written += canonical.substr(point + 1);
    }
    written += form.suffix;
    return written;
}

/// The space that does not break is no letter of the GSM alphabet: one of them makes UCS-2 of a whole SMS.
std::string with_plain_spaces(std::string text) {
    constexpr std::string_view no_break = "\u00A0";
    for (std::size_t at = text.find(no_break); at != std::string::npos; at = text.find(no_break, at)) {
        text.replace(at, no_break.size(), " ");
    }
    return text;
}

}  // namespace

std::string_view to_string(Channel channel) noexcept { return channel == Channel::tts ? "tts" : "sms"; }

std::string_view written_locale(std::string_view locale, bool psd2) { return texts_for(locale, psd2).locale; }

std::string_view gate_prompt(std::string_view locale) { return texts_for(locale, false).texts->gate; }

std::string render(std::string_view locale, Channel channel, const Values& values) {
    const bool psd2 = values.amount.has_value();
    const bool spoken = channel == Channel::tts;
    const LocaleTexts& entry = texts_for(locale, psd2);
    const Texts& texts = *entry.texts;
    const std::uint32_t left = values.minutes == 0 ? 1 : values.minutes;
    const std::string number = std::to_string(left);
    const std::string minutes = count(texts.minutes, left);
    const std::string pin = spoken ? spell(values.pin) : std::string(values.pin);
    std::string text;
    if (psd2) {
        std::string amount = write_amount(entry.amount, *values.amount);
        if (!spoken) amount = with_plain_spaces(std::move(amount));
        text = fill(
            spoken ? texts.psd2_tts : texts.psd2_sms,
            {{"payee", values.brand}, {"amount", amount}, {"pin", pin}, {"minutes", minutes}, {"pin_expiry", number}});
    } else if (values.custom.empty()) {
        text = fill(spoken ? texts.tts : texts.sms, {{"brand", values.brand}, {"pin", pin}, {"minutes", minutes}});
    } else {
        const std::string spoken_words = spoken ? without_breaks(values.custom) : std::string();
        text = fill(spoken ? spoken_words : values.custom,
                    {{"brand", values.brand}, {"pin", pin}, {"pin_expiry", number}});
    }
    if (!spoken) append_autofill(text, values);
    return text;
}

}  // namespace roger::message
