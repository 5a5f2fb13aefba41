#include "store/row_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "store/byte_stream.hpp"
#include "tests/support/requests.hpp"

namespace roger::store {
namespace {

using testing_support::any_request;
using testing_support::ended_request;
using testing_support::fullest_request;
using testing_support::usual_request;
using verification::Status;

const RowKey some_key = verification::first_key_at(TimePoint(seconds(1'800'000'000)));

/// Gives changed bytes a checksum that matches, so that they reach the parser behind it.
Bytes sealed(RowKey key, Bytes content) {
    ByteWriter out(content.size() + 4);
    out.raw(content);
    out.fixed(row_checksum(key, content));
    return std::move(out).take();
}

Bytes content_of(const Bytes& bytes) { return Bytes(bytes.begin(), bytes.end() - 4); }

RC_GTEST_PROP(RowCodecTest, EveryFieldComesBack, ()) {
    const Request row = any_request();
    const auto back = decode(row.key, encode(row));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == row);
}

RC_GTEST_PROP(RowCodecTest, TheHeadSaysWhatTheRowSays, ()) {
    const Request row = any_request();
    const Bytes bytes = encode(row);
    const auto head = peek(row.key, bytes);
    RC_ASSERT(head.has_value());
    RC_ASSERT(head->status == row.status);
    RC_ASSERT(head->due == row.due);
    RC_ASSERT(head->account == row.account);
    RC_ASSERT(head->number == row.number);
    RC_ASSERT(head->sending == std::ranges::any_of(row.events, [](const verification::Event& event) {
                  return event.state == verification::EventState::sending;
              }));
}

RC_GTEST_PROP(RowCodecTest, ChangedContentWithAMatchingChecksumIsReadOrRefused, ()) {
    const Request row = any_request();
    Bytes content = content_of(encode(row));
    const auto flips = *rc::gen::inRange(1, 8);
    for (int i = 0; i < flips; ++i) {
        content[*rc::gen::inRange<std::size_t>(0, content.size())] ^=
            static_cast<std::byte>(1U << *rc::gen::inRange(0U, 8U));
    }
    // What is read must be a row like any other: it can be written and read again.
    if (const auto back = decode(row.key, sealed(row.key, content))) {
        RC_ASSERT(fits(*back));
        const auto again = decode(row.key, encode(*back));
        RC_ASSERT(again.has_value());
        RC_ASSERT(*again == *back);
    }
    (void)peek(row.key, content);
}

RC_GTEST_PROP(RowCodecTest, RandomBytesAreReadOrRefused, (std::vector<std::uint8_t> random, std::int64_t key)) {
    Bytes content{std::byte{row_version}};
    for (const std::uint8_t byte : random) content.push_back(std::byte{byte});
    if (const auto back = decode(RowKey{key}, sealed(RowKey{key}, content))) {
        RC_ASSERT(fits(*back));
    }
    (void)peek(RowKey{key}, content);
}

TEST(RowCodecTest, AUsualRowIsSmall) {
    EXPECT_LE(encode(usual_request(some_key, "abcd1234", "447700900123")).size(), 110U);
    EXPECT_LE(encode(ended_request(some_key, "abcd1234", "447700900123")).size(), 180U);
}

TEST(RowCodecTest, AMeterComesBack) {
    Request row = usual_request(some_key, "abcd1234", "447700900123");
    row.meter = verification::Meter{.sms = Micros{105'000}, .tts = Micros{}};
    EXPECT_EQ(decode(some_key, encode(row)), row);
    row = fullest_request(some_key);
    row.meter = verification::Meter{.sms = Micros{INT64_MAX}, .tts = Micros{INT64_MIN}};
    EXPECT_EQ(decode(some_key, encode(row)), row);
    EXPECT_LE(encode(row).size(), 1300U);
}

TEST(RowCodecTest, TheFullestRowIsOneKibibyteAndAQuarter) {
    const Request row = fullest_request(some_key);
    EXPECT_TRUE(fits(row));
    const Bytes bytes = encode(row);
    EXPECT_LE(bytes.size(), 1280U);
    EXPECT_EQ(decode(some_key, bytes), row);
}

TEST(RowCodecTest, EveryTruncationIsRefusedEvenWithAMatchingChecksum) {
    for (const Request& row : {ended_request(some_key, "abcd1234", "447700900123"), fullest_request(some_key)}) {
        const Bytes bytes = encode(row);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_FALSE(decode(some_key, cut)) << size;
            (void)peek(some_key, cut);
            if (size < bytes.size() - 4) {
                EXPECT_FALSE(decode(some_key, sealed(some_key, cut))) << size;
            }
        }
    }
}

TEST(RowCodecTest, EveryFlippedBitIsNoticed) {
    const Bytes bytes = encode(ended_request(some_key, "abcd1234", "447700900123"));
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        Bytes damaged = bytes;
        damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        const auto read = decode(some_key, damaged);
        ASSERT_FALSE(read) << bit;
        EXPECT_EQ(read.error().code, Errc::invalid_argument);
        EXPECT_FALSE(peek_checked(some_key, damaged)) << bit;
    }
    EXPECT_EQ(peek_checked(some_key, bytes)->number, "447700900123");
}

TEST(RowCodecTest, ARowUnderAnotherKeyIsRefused) {
    const Bytes bytes = encode(usual_request(some_key, "abcd1234", "447700900123"));
    EXPECT_FALSE(decode(RowKey{some_key.value + 1}, bytes));
}

TEST(RowCodecTest, ANewerVersionIsRefused) {
    Bytes content = content_of(encode(usual_request(some_key, "abcd1234", "447700900123")));
    content[0] = std::byte{row_version + 1};
    EXPECT_FALSE(decode(some_key, sealed(some_key, content)));
    EXPECT_FALSE(peek(some_key, content));
}

TEST(RowCodecTest, RowsOfTheFirstVersionAreStillRead) {
    constexpr RowKey key{0x0123'4567'89AB'CDEF};
    const auto bytes = from_hex(
        "0181060461636d650c343437373030393030313233000000000000000001000247420532333431350b41636d65204d61"
        "726b65740005656e2d6762000345555201d804040100000000c0b802c09a0c013401000501000000a09c0150c03e0c73"
        "6d73632d61000001103566336139633031f0a20401c0b802590000000000000000000000000000000000000000000000"
        "000000000000000000000000000000000000000000a47b60d4");
    ASSERT_TRUE(bytes);
    EXPECT_EQ(decode(key, *bytes), ended_request(key, "acme", "447700900123"));
    Bytes content = content_of(*bytes);
    EXPECT_TRUE(peek(key, content));
    content[0] = std::byte{0};
    EXPECT_FALSE(decode(key, sealed(key, content))) << "there was none before it";
}

TEST(RowCodecTest, RowsOfTheSecondVersionAreStillReadAndHaveNoFlagsOfTheThird) {
    Request row = ended_request(some_key, "acme", "447700900123");
    Bytes content = content_of(encode(row));
    content[0] = std::byte{2};
    EXPECT_EQ(decode(some_key, sealed(some_key, content)), row);
    row.sms_template = 1;
    content = content_of(encode(row));
    content[0] = std::byte{2};
    EXPECT_FALSE(decode(some_key, sealed(some_key, content)));
}

TEST(RowCodecTest, BytesAfterTheRowAreRefused) {
    Bytes content = content_of(encode(usual_request(some_key, "abcd1234", "447700900123")));
    content.push_back(std::byte{0});
    EXPECT_FALSE(decode(some_key, sealed(some_key, content)));
}

TEST(RowCodecTest, TooManyEventsOrChecksDoNotFit) {
    Request row = usual_request(some_key, "a", "447700900123");
    row.events.resize(verification::events_max + 1);
    EXPECT_FALSE(fits(row));
    row = usual_request(some_key, "a", "447700900123");
    row.checks.resize(checks_max + 1);
    EXPECT_FALSE(fits(row));
}

}  // namespace
}  // namespace roger::store
