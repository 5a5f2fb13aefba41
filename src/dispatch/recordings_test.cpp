// Which recordings a call plays, by the version of the account's template that its request began with.
#include <gtest/gtest.h>

#include "dispatch/dispatcher.hpp"

namespace roger::dispatch {
namespace {

TEST(RecordingsTest, ACallPlaysTheRecordingsThatItsRequestBeganWith) {
    const account::Media ids{{"digit_0", std::string(32, 'a')}};
    account::Account account{.key = "acme"};
    account.templates = {
        {.slot = {message::Channel::tts, "en-gb"},
         .version = 1,
         .state = account::TemplateState::retired,
         .media = ids},
        {.slot = {message::Channel::tts, "en-gb"}, .version = 2, .media = {{"digit_0", "https://example.com/0"}}},
        {.slot = {message::Channel::tts, "en-gb"}, .version = 3, .text = "${pin}"}};
    account::AccountBook accounts;
    accounts["acme"] = std::make_shared<const account::Account>(account);
    verification::Request request;
    request.account = "acme";
    request.locale = "en-gb";
    request.events = {{.channel = message::Channel::tts}, {.channel = message::Channel::sms}};
    request.tts_template = 1;
    EXPECT_EQ(message_media(request, 0, accounts), ids);
    EXPECT_TRUE(message_media(request, 1, accounts).empty()) << "no call";
    for (const std::uint32_t without : {0U, 2U, 3U, 4U}) {
        request.tts_template = without;
        EXPECT_TRUE(message_media(request, 0, accounts).empty()) << without;
    }
}

}  // namespace
}  // namespace roger::dispatch
