#include "email/message.hpp"

#include <functional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roger::email {
namespace {

using testing::HasSubstr;

Message a_message() {
    return {.from = "roger@example.com",
            .from_name = "",
            .to = "ops@example.org",
            .subject = "A route is down",
            .text = "smsc-a\nis down\n",
            .date = TimePoint{seconds(1'700'000'000)},
            .id = "4711"};
}

TEST(EmailMessageTest, IsWrittenAsRfc5322HasIt) {
    EXPECT_EQ(*compose(a_message()),
              "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
              "From: <roger@example.com>\r\n"
              "To: <ops@example.org>\r\n"
              "Subject: A route is down\r\n"
              "Message-ID: <4711@example.com>\r\n"
              "MIME-Version: 1.0\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: base64\r\n"
              "\r\n"
              "c21zYy1hDQppcyBkb3duDQo=\r\n");
}

TEST(EmailMessageTest, OtherLettersAreEncodedAndNotDivided) {
    Message message = a_message();
    message.subject = "Zürich: " + std::string(40, 'a') + "ü" + std::string(40, 'b');
    message.from_name = "Röger, \"Ops\"";
    const std::string text = *compose(message);
    EXPECT_THAT(text, HasSubstr("From: =?UTF-8?B?UsO2Z2VyLCAiT3BzIg==?= <roger@example.com>\r\n"));
    EXPECT_THAT(text,
                HasSubstr("Subject: =?UTF-8?B?WsO8cmljaDogYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh?=\r\n =?UTF-8?B?"));
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find("\r\n", at);
        EXPECT_LE(end - at, 76U);
        at = end + 2;
    }
    message.subject = "=?UTF-8?Q?forged?=";
    EXPECT_THAT(*compose(message), Not(HasSubstr("forged")));
}

TEST(EmailMessageTest, ALongTextHasShortLinesAndNoDotAtTheirBeginning) {
    Message message = a_message();
    message.text = "." + std::string(10'000, 'x') + "\n.\r\n.";
    const std::string text = *compose(message);
    EXPECT_THAT(text, Not(HasSubstr("\r\n.")));
    EXPECT_THAT(text, testing::EndsWith("\r\n"));
}

TEST(EmailMessageTest, NothingGetsIntoTheHeader) {
    for (const auto& change : std::vector<std::function<void(Message&)>>{
             [](Message& m) { m.subject = "a\r\nBcc: x@example.com"; }, [](Message& m) { m.subject = "a\n"; },
             [](Message& m) { m.from_name = "a\r"; }, [](Message& m) { m.id = "1\n"; },
             [](Message& m) { m.subject = std::string("a\0b", 3); }, [](Message& m) { m.to = "a@b\r\nBcc: c@d"; },
             [](Message& m) { m.from = "a@b>"; }, [](Message& m) { m.to = ""; }}) {
        Message message = a_message();
        change(message);
        EXPECT_FALSE(compose(message));
    }
}

TEST(EmailMessageTest, KnowsAnAddress) {
    for (const char* good : {"a@b", "first.last+tag@example.co.uk", "o'hara@example.com"})
        EXPECT_TRUE(is_address(good)) << good;
    for (const std::string bad :
         {"", "a", "@b", "a@", "a@b@c", "a b@c", "<a@b>", "a@b,c@d", "\"a\"@b", "ü@b", "a@b\n"}) {
        EXPECT_FALSE(is_address(bad)) << bad;
    }
    EXPECT_FALSE(is_address(std::string(250, 'a') + "@b.cd"));
}

}  // namespace
}  // namespace roger::email
