#include "sip/sdp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace roger::sip {
namespace {

using testing::HasSubstr;
using testing::Not;
using voice::G711;

Offer offer_of(SrtpMode srtp = SrtpMode::off) {
    Offer offer{
        .address = "192.0.2.1", .port = 20000, .codecs = {G711::a_law, G711::mu_law}, .session = 7, .srtp = srtp};
    offer.key.fill(0xFF);
    return offer;
}

constexpr std::string_view key_of_zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

std::string answer_with(std::string_view media, std::string_view more = "") {
    return "v=0\r\no=- 1 1 IN IP4 198.51.100.9\r\ns=-\r\nc=IN IP4 198.51.100.9\r\nt=0 0\r\nm=" + std::string(media) +
           "\r\n" + std::string(more);
}

TEST(SdpTest, OffersBothCodecsAndKeys) {
    EXPECT_EQ(write_offer(offer_of()),
              "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
              "m=audio 20000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
              "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n");
    EXPECT_THAT(write_offer(offer_of(SrtpMode::optional)), HasSubstr("m=audio 20000 RTP/AVP 8 0 101"));
    const std::string secure = write_offer(offer_of(SrtpMode::required));
    EXPECT_THAT(secure, HasSubstr("m=audio 20000 RTP/SAVP 8 0 101"));
    EXPECT_THAT(secure, HasSubstr("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + std::string(40, '/')));
    Offer v6 = offer_of();
    v6.address = "2001:db8::1";
    EXPECT_THAT(write_offer(v6), HasSubstr("c=IN IP6 2001:db8::1\r\n"));
}

TEST(SdpTest, ReadsAnAnswer) {
    const auto answer = read_answer(
        answer_with("audio 4000 RTP/AVP 0 8 96", "a=rtpmap:96 Telephone-Event/8000\r\na=fmtp:96 0-15\r\n"), offer_of());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->address, "198.51.100.9");
    EXPECT_EQ(answer->port, 4000);
    EXPECT_EQ(answer->codec, G711::mu_law);
    EXPECT_EQ(answer->event_type, 96);
    EXPECT_FALSE(answer->key);
}

TEST(SdpTest, TheStreamsAddressWinsAndOtherStreamsDoNotMatter) {
    const std::string sdp =
        "v=0\nc=IN IP4 198.51.100.1\nm=video 5000 RTP/AVP 31\nc=IN IP4 198.51.100.2\n"
        "m=audio 4000 RTP/AVP 18 8\nc=IN IP6 2001:db8::9\nm=audio 4002 RTP/AVP 0\nc=IN IP4 198.51.100.3\n";
    const auto answer = read_answer(sdp, offer_of());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->address, "2001:db8::9");
    EXPECT_EQ(answer->port, 4000);
    EXPECT_EQ(answer->codec, G711::a_law);
    EXPECT_FALSE(answer->event_type);
}

TEST(SdpTest, RefusesWhatCannotBeSpokenTo) {
    const auto why = [](const std::string& sdp, SrtpMode mode = SrtpMode::off) {
        const auto answer = read_answer(sdp, offer_of(mode));
        return answer ? std::string() : answer.error().detail;
    };
    EXPECT_EQ(why(""), "the answer takes no audio");
    EXPECT_EQ(why(answer_with("audio 0 RTP/AVP 8")), "the answer takes no audio");
    EXPECT_EQ(why(answer_with("audio 70000 RTP/AVP 8")), "the answer takes no audio");
    EXPECT_EQ(why(answer_with("video 4000 RTP/AVP 31")), "the answer takes no audio");
    EXPECT_EQ(why(answer_with("audio 4000 RTP/AVP 18")), "the answer takes none of the codecs");
    EXPECT_EQ(why("c=IN IP4 host.example\r\nm=audio 4000 RTP/AVP 8\r\n"), "the answer names no address");
    EXPECT_EQ(why("m=audio 4000 RTP/AVP 8\r\n"), "the answer names no address");
    EXPECT_EQ(why(std::string(sdp_bytes_max + 1, 'x')), "the answer's SDP is too long");
    EXPECT_EQ(why(answer_with("audio 4000 RTP/AVP 8"), SrtpMode::required), "the answer is not secure");
    EXPECT_EQ(why(answer_with("audio 4000 RTP/SAVP 8")), "the answer is secure and brings no key");
    EXPECT_EQ(why(answer_with("audio 4000 RTP/SAVP 8", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n"),
                  SrtpMode::required),
              "the answer is secure and brings no key");
}

TEST(SdpTest, TakesTheKeyOfASuiteThatWasOffered) {
    const std::string keys = "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" + std::string(key_of_zeros) +
                             "\r\na=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:" + std::string(key_of_zeros) +
                             "|2^31|1:1\r\n";
    for (const SrtpMode mode : {SrtpMode::optional, SrtpMode::required}) {
        const auto answer = read_answer(answer_with("audio 4000 RTP/SAVP 8", keys), offer_of(mode));
        ASSERT_TRUE(answer);
        ASSERT_TRUE(answer->key);
        EXPECT_TRUE(answer->key->short_tag);
        EXPECT_THAT(answer->key->value, testing::Each(0));
    }
    EXPECT_FALSE(read_answer(answer_with("audio 4000 RTP/AVP 8", keys), offer_of())->key) << "none was offered";
}

RC_GTEST_PROP(SdpProperty, AnyTextIsReadOrRefused, (const std::string& text)) {
    const auto answer = read_answer(answer_with("audio 4000 RTP/AVP 8", text), offer_of(SrtpMode::optional));
    if (answer) RC_ASSERT(answer->port != 0);
    (void)read_answer(text, offer_of());
}

}  // namespace
}  // namespace roger::sip
