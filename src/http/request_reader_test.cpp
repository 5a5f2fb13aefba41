#include "http/request_reader.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace roger::http {
namespace {

using Step = RequestReader::Step;

/// Hands `bytes` in pieces of `piece` bytes; stops at the first request that is complete or broken.
Step feed(RequestReader& reader, std::string_view bytes, std::size_t piece) {
    Step step = reader.step();
    while (step == Step::need_more && !bytes.empty()) {
        const std::span<char> room = reader.prepare();
        const std::size_t size = std::min({piece, room.size(), bytes.size()});
        std::memcpy(room.data(), bytes.data(), size);
        reader.commit(size);
        bytes.remove_prefix(size);
        step = reader.step();
    }
    return step;
}

constexpr std::size_t whole = 1 << 20;
constexpr std::size_t pieces[] = {1, 2, 7, whole};

struct Case {
    std::string_view name;
    std::string bytes;
    unsigned status = 400;
};

std::string with_field(std::string_view field, std::string_view body = "") {
    return fmt::format("POST /a?b HTTP/1.1\r\nHost: h\r\n{}\r\n\r\n{}", field, body);
}

// Whatever two readers in a row could understand differently ends the connection (request smuggling).
TEST(RequestReaderTest, AmbiguousRequestsAreBrokenHoweverTheyArrive) {
    const std::string nul(1, '\0');
    const Case cases[] = {
        {"length and chunked", with_field("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")},
        {"chunked and length", with_field("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n")},
        {"unequal lengths", with_field("Content-Length: 1\r\nContent-Length: 2", "ab")},
        {"equal lengths", with_field("Content-Length: 1\r\nContent-Length: 1", "a")},
        {"list of lengths", with_field("Content-Length: 1, 1", "a")},
        {"signed length", with_field("Content-Length: +1", "a")},
        {"negative length", with_field("Content-Length: -1", "a")},
        {"hexadecimal length", with_field("Content-Length: 0x1", "a")},
        {"empty length", with_field("Content-Length:", "a")},
        {"length of words", with_field("Content-Length: 1 1", "a")},
        {"huge length", with_field("Content-Length: 18446744073709551616", "a")},
        {"gzip", with_field("Transfer-Encoding: gzip", "a")},
        {"identity", with_field("Transfer-Encoding: identity", "a")},
        {"gzip, chunked", with_field("Transfer-Encoding: gzip, chunked", "0\r\n\r\n")},
        {"chunked, gzip", with_field("Transfer-Encoding: chunked, gzip", "0\r\n\r\n")},
        {"chunked twice", with_field("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")},
        {"chunked and identity", with_field("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n")},
        {"xchunked", with_field("Transfer-Encoding: xchunked", "0\r\n\r\n")},
        {"quoted chunked", with_field("Transfer-Encoding: \"chunked\"", "0\r\n\r\n")},
        {"chunked with a parameter", with_field("Transfer-Encoding: chunked;q=1", "0\r\n\r\n")},
        {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"folded field", with_field("X: a\r\n b")},
        {"folded with tab", with_field("X: a\r\n\tb")},
        {"folded encoding", with_field("Transfer-Encoding:\r\n chunked", "0\r\n\r\n")},
        {"first field indented", "GET / HTTP/1.1\r\n Host: h\r\n\r\n"},
        {"bare LF lines", "GET / HTTP/1.1\nHost: h\n\n"},
        {"bare LF after a field", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n"},
        {"bare LF at the end", "GET / HTTP/1.1\r\nHost: h\r\n\n"},
        {"bare CR in a value", with_field("X: a\rb")},
        {"bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"CR CR LF", "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n"},
        {"space before colon", with_field("Content-Length : 1", "a")},
        {"tab before colon", with_field("Transfer-Encoding\t: chunked", "0\r\n\r\n")},
        {"space in a name", with_field("X Y: 1")},
        {"NUL in a name", with_field("X" + nul + ": 1")},
        {"NUL in a value", with_field("X: a" + nul)},
        {"NUL in the target", "GET /" + nul + " HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"control in a value", with_field("X: a\x01")},
        {"DEL in a value", with_field("X: a\x7f")},
        {"empty name", with_field(": 1")},
        {"no colon", with_field("nonsense")},
        {"no host", "GET / HTTP/1.1\r\n\r\n"},
        {"two hosts", with_field("Host: h")},
        {"host with path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {"host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
        {"host with user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {"two hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"},
        {"absolute target", "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"authority target", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"asterisk target", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"two spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"no target", "GET HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"no version", "GET /\r\nHost: h\r\n\r\n"},
        {"lower-case version", "GET / http/1.1\r\nHost: h\r\n\r\n"},
        {"version 1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n"},
        {"version 2.0", "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
        {"version 1.10", "GET / HTTP/1.10\r\nHost: h\r\n\r\n"},
        {"trailing space", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"TLS", "\x16\x03\x01\x02"},
        {"two empty lines", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"LF before the request", "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"leading space", " GET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"two authorizations", with_field("Authorization: Basic a\r\nAuthorization: Basic b")},
        {"two content types", with_field("Content-Type: a/b\r\nContent-Type: c/d")},
        {"two idempotency keys", with_field("Idempotency-Key: a\r\nIdempotency-Key: b")},
        {"chunk size of words", with_field("Transfer-Encoding: chunked", "x\r\n\r\n")},
        {"negative chunk", with_field("Transfer-Encoding: chunked", "-1\r\na\r\n")},
        {"0x chunk", with_field("Transfer-Encoding: chunked", "0x1\r\na\r\n0\r\n\r\n")},
        {"space before chunk size", with_field("Transfer-Encoding: chunked", " 1\r\na\r\n0\r\n\r\n")},
        {"huge chunk size", with_field("Transfer-Encoding: chunked", "10000000000000001\r\na")},
        {"bare LF after chunk size", with_field("Transfer-Encoding: chunked", "1\na\r\n0\r\n\r\n")},
        {"bare CR in chunk line", with_field("Transfer-Encoding: chunked", "1;a\rb\r\na\r\n0\r\n\r\n")},
        {"LF in quoted extension", with_field("Transfer-Encoding: chunked", "1;a=\"\n\"\r\na\r\n0\r\n\r\n")},
        {"chunk longer than said", with_field("Transfer-Encoding: chunked", "1\r\nab\r\n0\r\n\r\n")},
        {"bare LF after chunk", with_field("Transfer-Encoding: chunked", "1\r\na\n0\r\n\r\n")},
        {"length in trailer", with_field("Transfer-Encoding: chunked", "0\r\nContent-Length: 1\r\n\r\n")},
        {"NUL in trailer", with_field("Transfer-Encoding: chunked", "0\r\nX: " + nul + "\r\n\r\n")},
    };
    for (const Case& c : cases) {
        for (const std::size_t piece : pieces) {
            const Limits limits;
            RequestReader reader(limits);
            EXPECT_EQ(feed(reader, c.bytes, piece), Step::broken) << c.name << " in pieces of " << piece;
            EXPECT_EQ(reader.status(), c.status) << c.name << " in pieces of " << piece;
        }
    }
}

/// The last chunk and a trailer, `bytes` in all.
std::string trailer(std::size_t bytes) {
    const std::string begin = "0\r\nX: ";
    const std::string end = "\r\n\r\n";
    return begin + std::string(bytes - begin.size() - end.size(), 'v') + end;
}

TEST(RequestReaderTest, EachLimitHasItsStatus) {
    Limits limits;
    limits.header_bytes_max = 600;
    limits.target_bytes_max = 100;
    limits.fields_max = 4;
    limits.body_bytes_max = 10;
    const std::string path(99, 'p');
    const std::string value(600, 'v');
    const Case cases[] = {
        {"target", "GET /" + path + "p HTTP/1.1\r\nHost: h\r\n\r\n", 414},
        {"endless target", "GET /" + value, 414},
        {"header block", "GET / HTTP/1.1\r\nHost: h\r\nX: " + value + "\r\n\r\n", 431},
        {"endless field", "GET / HTTP/1.1\r\nHost: h\r\nX: " + value, 431},
        {"fields", "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n\r\n", 431},
        {"length", with_field("Content-Length: 11"), 413},
        {"chunk", with_field("Transfer-Encoding: chunked", "b\r\n12345"), 413},
        {"sum of chunks", with_field("Transfer-Encoding: chunked", "6\r\n123456\r\n5\r\n12345"), 413},
        {"endless extension", with_field("Transfer-Encoding: chunked", "1;" + value), 431},
        {"endless trailer", with_field("Transfer-Encoding: chunked", "0\r\nX: " + value), 431},
        {"extension", with_field("Transfer-Encoding: chunked", "1;" + value + "\r\n1\r\n0\r\n\r\n"), 431},
        {"trailer", with_field("Transfer-Encoding: chunked", "0\r\nX: " + value + "\r\n\r\n"), 431},
        {"trailer by one byte", with_field("Transfer-Encoding: chunked", trailer(limits.header_bytes_max + 1)), 431},
    };
    for (const Case& c : cases) {
        for (const std::size_t piece : pieces) {
            RequestReader reader(limits);
            EXPECT_EQ(feed(reader, c.bytes, piece), Step::broken) << c.name << " in pieces of " << piece;
            EXPECT_EQ(reader.status(), c.status) << c.name << " in pieces of " << piece;
        }
    }
    const std::string good[] = {
        "GET /" + path + " HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 1\r\nC: 1\r\n\r\n",
        with_field("Content-Length: 10", "1234567890"),
        with_field("Transfer-Encoding: chunked", "5\r\n12345\r\n5\r\n12345\r\n0\r\n\r\n"),
        with_field("Transfer-Encoding: chunked", trailer(limits.header_bytes_max)),
    };
    for (const std::string& bytes : good) {
        for (const std::size_t piece : pieces) {
            RequestReader reader(limits);
            EXPECT_EQ(feed(reader, bytes, piece), Step::complete) << bytes;
        }
    }
}

TEST(RequestReaderTest, ARequestIsReadHoweverItArrives) {
    const std::string bytes =
        "\r\nPOST /verify/json?a=1%20&b HTTP/1.1\r\nhOST: h:80\r\nContent-Type: Application/JSON ; charset=UTF-8\r\n"
        "Authorization:  Basic abc \r\nIDEMPOTENCY-KEY: k\r\nCookie: a=1\r\nCookie: b=2\r\nAccept: text/xml\r\nAccept: "
        "*/*\r\nAccept-Encoding: gzip\r\naccept-encoding: br\r\nIf-None-Match: \"x\"\r\n"
        "Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\n{\"a\":1}";
    for (const std::size_t piece : pieces) {
        const Limits limits;
        RequestReader reader(limits);
        ASSERT_EQ(feed(reader, bytes, piece), Step::complete) << piece;
        const Request& got = reader.request();
        EXPECT_EQ(got.method, Method::post);
        EXPECT_EQ(got.path, "/verify/json");
        EXPECT_EQ(got.query, "a=1%20&b");
        EXPECT_EQ(got.content_type, "application/json");
        EXPECT_EQ(got.content_encoding, "gzip");
        EXPECT_EQ(got.authorization, "Basic abc");
        EXPECT_EQ(got.idempotency_key, "k");
        EXPECT_EQ(got.cookie, "a=1; b=2");
        EXPECT_EQ(got.accept, "text/xml, */*");
        EXPECT_EQ(got.accept_encoding, "gzip, br");
        EXPECT_EQ(got.if_none_match, "\"x\"");
        EXPECT_EQ(got.body, "{\"a\":1}");
        EXPECT_TRUE(reader.keep_alive());
        EXPECT_FALSE(reader.has_more());
    }
}

TEST(RequestReaderTest, ChunksAreJoinedAndTrailersIgnored) {
    const std::string bytes =
        with_field("Transfer-Encoding: Chunked",
                   "3\r\nabc\r\n000A;x=\"y\"\r\n0123456789\r\n0\r\nAuthorization: Basic evil\r\n\r\n");
    for (const std::size_t piece : pieces) {
        const Limits limits;
        RequestReader reader(limits);
        ASSERT_EQ(feed(reader, bytes, piece), Step::complete) << piece;
        EXPECT_EQ(reader.request().body, "abc0123456789");
        EXPECT_EQ(reader.request().authorization, "");
        EXPECT_FALSE(reader.has_more());
    }
}

TEST(RequestReaderTest, NothingOfARequestIsSeenInTheNext) {
    const std::string first =
        "POST /1?q HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nContent-Type: a/b\r\nCookie: c\r\nAccept: d\r\n"
        "Idempotency-Key: e\r\nContent-Encoding: f\r\nAccept-Encoding: g\r\nIf-None-Match: h\r\nContent-Length: "
        "3\r\n\r\nabc";
    const std::string second = "\r\nGET /2 HTTP/1.0\r\n\r\n";
    const Limits limits;
    RequestReader reader(limits);
    reader.request().remote_address = "192.0.2.1";
    ASSERT_EQ(feed(reader, first + second, whole), Step::complete);
    EXPECT_TRUE(reader.has_more());
    reader.next();
    EXPECT_EQ(reader.phase(), RequestReader::Phase::header);
    ASSERT_EQ(reader.step(), Step::complete);
    const Request& got = reader.request();
    EXPECT_EQ(got.method, Method::get);
    EXPECT_EQ(got.path, "/2");
    EXPECT_EQ(got.query + got.authorization + got.content_type + got.cookie + got.accept + got.idempotency_key +
                  got.content_encoding + got.accept_encoding + got.if_none_match + got.body,
              "");
    EXPECT_EQ(got.remote_address, "192.0.2.1");
    EXPECT_TRUE(reader.is_http_1_0());
    EXPECT_FALSE(reader.keep_alive());
    reader.next();
    EXPECT_EQ(reader.phase(), RequestReader::Phase::idle);
    EXPECT_EQ(reader.step(), Step::need_more);
}

TEST(RequestReaderTest, FieldsOfOthersAreKeptByTheirLowerCaseNames) {
    const Limits limits;
    RequestReader reader(limits);
    std::string fields = "X-Twilio-Signature: aB=\r\nX-Forwarded-For: 192.0.2.1\r\nY-Other: 1\r\nX: 2";
    for (int i = 0; i < 20; ++i) fields += "\r\nX-More: " + std::to_string(i);
    ASSERT_EQ(feed(reader, with_field(fields), whole), Step::complete);
    const auto& kept = reader.request().x_fields;
    ASSERT_EQ(kept.size(), 16U);
    EXPECT_EQ(kept[0], std::pair(std::string("x-twilio-signature"), std::string("aB=")));
    EXPECT_EQ(kept[1], std::pair(std::string("x-more"), std::string("0")));
    reader.next();
    EXPECT_TRUE(reader.request().x_fields.empty());
}

TEST(RequestReaderTest, AnUnknownMethodIsARequest) {
    for (const char* method : {"get", "BREW", "PROPFIND", "TRACE", "M-SEARCH", "!#$%&'*+-.^_`|~"}) {
        const Limits limits;
        RequestReader reader(limits);
        ASSERT_EQ(feed(reader, fmt::format("{} / HTTP/1.1\r\nHost: h\r\n\r\n", method), whole), Step::complete)
            << method;
        EXPECT_EQ(reader.request().method, Method::other) << method;
    }
}

TEST(RequestReaderTest, ContinueIsAskedForOnceAndOnlyBeforeTheBody) {
    const Limits limits;
    RequestReader waiting(limits);
    ASSERT_EQ(feed(waiting, with_field("Expect: 100-Continue\r\nContent-Length: 2"), whole), Step::need_more);
    EXPECT_TRUE(waiting.take_continue());
    EXPECT_FALSE(waiting.take_continue());
    RequestReader sending(limits);
    ASSERT_EQ(feed(sending, with_field("Expect: 100-continue\r\nContent-Length: 2", "a"), whole), Step::need_more);
    EXPECT_FALSE(sending.take_continue());
    RequestReader old(limits);
    ASSERT_EQ(feed(old, "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", whole),
              Step::need_more);
    EXPECT_FALSE(old.take_continue());
}

TEST(RequestReaderTest, ABrokenRequestStillTellsItsPath) {
    const Case cases[] = {
        {"/verify/json", "POST /verify/json?a=1 HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n"},
        {"/verify/json", "POST /verify/json?a=1 HTTP/1.1\r\nHost : h\r\n\r\n"},
        {"/verify/json", "POST /verify/json HTTP/1.1\r\nA: b\nHost: h\r\n\r\n"},
        {"/verify/json", "POST /verify/json HTTP/1.1\nHost: h\n\n"},
        {"/verify/json", "POST /verify/json HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\n", 413},
        {"", "POST http://h/verify/json HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"", "\x16\x03\x01"},
    };
    for (const Case& c : cases) {
        for (const std::size_t piece : pieces) {
            const Limits limits;
            RequestReader reader(limits);
            ASSERT_EQ(feed(reader, c.bytes, piece), Step::broken) << c.bytes;
            EXPECT_EQ(reader.status(), c.status) << c.bytes;
            EXPECT_EQ(reader.path(), c.name) << c.bytes;
        }
    }
}

}  // namespace
}  // namespace roger::http
