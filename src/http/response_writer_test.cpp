#include "http/response_writer.hpp"

#include <gtest/gtest.h>

namespace roger::http {
namespace {

std::string written(const Response& response, const Framing& framing = {}) {
    std::string out;
    append_response(response, framing, out);
    return out;
}

TEST(ResponseWriterTest, AnAnswerHasTypeLengthAndBody) {
    Response response;
    response.body = R"({"status":"0"})";
    response.headers = {{"X-Request-Id", "abc"}};
    EXPECT_EQ(written(response),
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\nX-Request-Id: abc\r\n\r\n"
              R"({"status":"0"})");
}

TEST(ResponseWriterTest, HeadGetsTheLengthWithoutTheBody) {
    Response response;
    response.body = "12345";
    EXPECT_EQ(written(response, {.head_only = true}),
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseWriterTest, TheEndOfTheConnectionIsSaid) {
    Response response;
    response.status = 503;
    EXPECT_EQ(written(response, {.close = true}),
              "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
              "Connection: close\r\n\r\n");
    EXPECT_NE(written(response, {.keep_alive = true}).find("\r\nConnection: keep-alive\r\n"), std::string::npos);
}

TEST(ResponseWriterTest, NoContentHasNoLength) {
    Response response;
    response.status = 204;
    response.body = "left out";
    EXPECT_EQ(written(response), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(ResponseWriterTest, AValueCannotForgeAField) {
    Response response;
    response.content_type = "text/plain\r\nEvil: 1";
    response.headers = {
        {"Roger-Reason", "a\r\nSet-Cookie: x=1\r\n\r\n<html>"}, {"Bad Name", "v"}, {"", "v"}, {"A:b", "v"}};
    EXPECT_EQ(written(response),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain  Evil: 1\r\nContent-Length: 0\r\n"
              "Roger-Reason: a  Set-Cookie: x=1    <html>\r\n\r\n");
}

TEST(ResponseWriterTest, AStreamHasNoLength) {
    Response response;
    response.stream = [](StreamWriter&) -> boost::asio::awaitable<void> { co_return; };
    EXPECT_EQ(written(response, {.close = true}),
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
}

}  // namespace
}  // namespace roger::http
