// What clients put into a message: a locale, then on the next line what is tried as brand, amount and sender.
#include <algorithm>
#include <cstdint>

#include "base/assert.hpp"
#include "message/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace roger::message;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = text.find('\n');
    const auto locale = find_locale(text.substr(0, line));
    const std::string_view value = line == std::string_view::npos ? std::string_view() : text.substr(line + 1);
    for (const std::string_view each : {text, value}) {
        if (const auto brand = check_brand(each)) {
            ROGER_ASSERT(!brand->empty() && brand->size() <= 18 * 4, "1 to 18 code points");
            const auto again = check_brand(*brand);
            ROGER_ASSERT(again && *again == *brand, "what was normalised is normal");
            for (const char c : *brand) ROGER_ASSERT(static_cast<unsigned char>(c) >= ' ' && c != 0x7f, "no control");
            const std::string sms = render(locale.value_or("en-us"), Channel::sms, {*brand, "1234", 5, {}});
            ROGER_ASSERT(sms.find(*brand) != std::string::npos && sms.find("1234") != std::string::npos,
                         "brand and PIN stand in the text");
            ROGER_ASSERT(sms.find('\n') == std::string::npos, "one line");
        }
        if (const auto amount = check_amount(each)) {
            ROGER_ASSERT(amount->size() >= 4 && (*amount)[amount->size() - 3] == '.', "two decimals");
            const auto again = check_amount(*amount);
            ROGER_ASSERT(again && *again == *amount, "what is canonical stays");
            const std::string_view shown = *amount;
            (void)render(locale.value_or("de-de"), Channel::tts, {"Shop", "123456", 5, shown});
        }
        ROGER_ASSERT(!is_sender_id(each) || each.size() <= 15, "15 digits, or 11 characters");
    }
    if (locale) {
        const auto known = [&](const LocaleInfo& info) { return info.name == *locale; };
        ROGER_ASSERT(std::ranges::any_of(locales(), known), "only names of the list");
    }
    return 0;
}
