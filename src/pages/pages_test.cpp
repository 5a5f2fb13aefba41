#include "pages/pages.hpp"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace roger::pages {
namespace {

constexpr std::array files{
    File{"/assets/a-1.js", "text/javascript", "\"one\"", "plain text of a script", "short"},
    File{"/docs", "text/html; charset=utf-8", "\"two\"", "tiny", "longer when compressed"},
};

http::Response get(std::string_view path, std::string accept_encoding = "", std::string if_none_match = "") {
    http::Request request;
    request.method = http::Method::get;
    request.accept_encoding = std::move(accept_encoding);
    request.if_none_match = std::move(if_none_match);
    return serve(files, path, request);
}

std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return "";
}

TEST(PagesTest, CompressesOnlyForThoseWhoTakeIt) {
    for (const auto* accept : {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "gzip; q=0.001", "deflate,gzip"}) {
        const auto answer = get("/assets/a-1.js", accept);
        EXPECT_EQ(answer.body, "short") << accept;
        EXPECT_EQ(header(answer, "Content-Encoding"), "gzip") << accept;
    }
    for (const auto* accept : {"", "br", "gzip;q=0", "gzip;q=0.000", "x-gzip", "identity", ",;,"}) {
        const auto answer = get("/assets/a-1.js", accept);
        EXPECT_EQ(answer.body, "plain text of a script") << accept;
        EXPECT_EQ(header(answer, "Content-Encoding"), "") << accept;
    }
    EXPECT_EQ(header(get("/assets/a-1.js"), "Vary"), "Accept-Encoding");
    EXPECT_EQ(get("/docs", "gzip").body, "tiny") << "compressing made it longer";
}

TEST(PagesTest, WhatTheClientHasIsNotSentAgain) {
    for (const auto* tag : {"\"two\"", "\"x\", \"two\"", "W/\"two\"", "*"}) {
        const auto answer = get("/docs", "", tag);
        EXPECT_EQ(answer.status, 304U) << tag;
        EXPECT_EQ(answer.body, "") << tag;
        EXPECT_EQ(header(answer, "ETag"), "\"two\"") << tag;
    }
    for (const auto* tag : {"", "two", "\"one\"", "W/"}) EXPECT_EQ(get("/docs", "", tag).status, 200U) << tag;
}

TEST(PagesTest, OnlyNamesThatChangeWithTheirContentAreKeptForLong) {
    EXPECT_EQ(header(get("/assets/a-1.js"), "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(header(get("/docs"), "Cache-Control"), "no-cache");
}

TEST(PagesTest, EveryPageForbidsWhatIsInlineOrFromElsewhere) {
    const std::string policy = header(get("/docs"), "Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(policy.find("http"), std::string::npos);
    EXPECT_EQ(header(get("/docs"), "X-Content-Type-Options"), "nosniff");
}

TEST(PagesTest, UnknownPathsAndOtherMethodsAreRefused) {
    for (const auto* path : {"", "/", "/doc", "/docs/", "/docs/../docs", "/zzz"}) EXPECT_EQ(get(path).status, 404U);
    http::Request post;
    post.method = http::Method::post;
    const auto refused = serve(files, "/docs", post);
    EXPECT_EQ(refused.status, 405U);
    EXPECT_EQ(header(refused, "Allow"), "GET, HEAD");
}

TEST(PagesTest, AServerWithoutPagesSaysHowToGetThem) {
    const auto answer = serve({}, "/", http::Request{.method = http::Method::get});
    EXPECT_EQ(answer.status, 404U);
    EXPECT_NE(answer.body.find("script/build"), std::string::npos);
}

TEST(PagesTest, BuiltFilesAreSortedAndWhole) {
    const auto built = built_files();
    EXPECT_TRUE(std::ranges::is_sorted(built, {}, &File::path));
    for (const File& file : built) {
        EXPECT_TRUE(file.path.starts_with('/'));
        EXPECT_FALSE(file.plain.empty()) << file.path;
        EXPECT_TRUE(file.gzip.starts_with("\x1f\x8b")) << file.path;
        EXPECT_TRUE(file.etag.starts_with('"') && file.etag.ends_with('"')) << file.path;
    }
    if (built.empty()) return;  // -DROGER_WEB=OFF
    for (const auto* path : {"/console", "/docs", "/handset", "/icon.svg"}) {
        EXPECT_TRUE(std::ranges::binary_search(built, path, {}, &File::path)) << path;
    }
}

}  // namespace
}  // namespace roger::pages
