#include "http/parameters.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace roger::http {
namespace {

constexpr const char* form = "application/x-www-form-urlencoded";
constexpr const char* json = "application/json";

Request request_of(std::string query, std::string type = "", std::string body = "") {
    Request request;
    request.method = Method::post;
    request.path = "/";
    request.query = std::move(query);
    request.content_type = std::move(type);
    request.body = std::move(body);
    return request;
}

Result<Parameters> read(std::string query, std::string type = "", std::string body = "") {
    return read_parameters(request_of(std::move(query), std::move(type), std::move(body)));
}

std::string found(const Result<Parameters>& parameters, std::string_view name) {
    if (!parameters) return "refused: " + parameters.error().detail;
    const std::string* value = parameters->find(name);
    return value == nullptr ? "absent" : "=" + *value;
}

using Values = std::vector<std::string>;

TEST(ParametersTest, BrokenFormsAreRefusedWithTheNameAtFault) {
    struct Case {
        const char* query;
        const char* detail;
    };
    const Case cases[] = {
        {"a=%", "a: a broken percent escape"},
        {"a=%4", "a: a broken percent escape"},
        {"a=%G0", "a: a broken percent escape"},
        {"a=%0G", "a: a broken percent escape"},
        {"%=1", "a broken percent escape in a name"},
        {"a=%00", "a: not UTF-8 text"},
        {"a=%80", "a: not UTF-8 text"},
        {"a=%C0%80", "a: not UTF-8 text"},
        {"a=%C3", "a: not UTF-8 text"},
        {"a=%ED%A0%80", "a: not UTF-8 text"},
        {"a=%E0%9F%BF", "a: not UTF-8 text"},
        {"a=%F0%8F%BF%BF", "a: not UTF-8 text"},
        {"a=%F4%90%80%80", "a: not UTF-8 text"},
        {"a=%F5%80%80%80", "a: not UTF-8 text"},
        {"a=%E2%82", "a: not UTF-8 text"},
        {"a=%E2%28%A1", "a: not UTF-8 text"},
        {"%FF=1", "a name that is not UTF-8 text"},
        {"ok=1&b=%zz", "b: a broken percent escape"},
    };
    for (const Case& c : cases) {
        for (const bool in_body : {false, true}) {
            const auto got = in_body ? read("", form, c.query) : read(c.query);
            ASSERT_FALSE(got) << c.query;
            EXPECT_EQ(got.error().code, Errc::invalid_argument) << c.query;
            EXPECT_EQ(got.error().detail, c.detail) << c.query;
        }
    }
}

TEST(ParametersTest, FormsAreDecoded) {
    struct Case {
        const char* query;
        const char* expected;  // of the name "a"
    };
    const Case cases[] = {
        {"a=1", "=1"},
        {"a=1&", "=1"},
        {"&&a=1&&", "=1"},
        {"a", "="},
        {"a=", "="},
        {"a=b=c", "=b=c"},
        {"a=b+c", "=b c"},
        {"a=%2B%20%26", "=+ &"},
        {"%61=1", "=1"},
        {"a=1&a=2", "=1"},
        {"A=1", "absent"},
        {"", "absent"},
        {"a=%c3%A9", "=\u00e9"},
        {"a=\u00e9", "=\u00e9"},
        {"a=%F0%9F%98%80", "=\U0001F600"},
        {"=1&a=2", "=2"},
        {"a=%7F", "=\x7f"},
        {"a=%F4%8F%BF%BF", "=\U0010FFFF"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(found(read(c.query), "a"), c.expected) << c.query;
        EXPECT_EQ(found(read("", form, c.query), "a"), c.expected) << c.query;
    }
}

TEST(ParametersTest, TheBodyWinsOverTheQuery) {
    EXPECT_EQ(found(read("a=query&b=1", form, "a=body"), "a"), "=body");
    EXPECT_EQ(found(read("a=query&b=1", form, "a=body"), "b"), "=1");
    EXPECT_EQ(found(read("a=query", json, R"({"a":"body"})"), "a"), "=body");
    EXPECT_EQ(found(read("a=query", form, "a="), "a"), "=");
    EXPECT_EQ(found(read("a=query", json, R"({"a":null})"), "a"), "=query");
}

TEST(ParametersTest, BrokenJsonIsRefused) {
    struct Case {
        const char* body;
        const char* detail;
    };
    const Case cases[] = {
        {"{", "the body is not readable JSON"},
        {R"({"a":1)", "the body is not readable JSON"},
        {R"({"a":1}x)", "the body is not readable JSON"},
        {R"({"a":01})", "the body is not readable JSON"},
        {R"({"a":.5})", "the body is not readable JSON"},
        {R"({"a":+1})", "the body is not readable JSON"},
        {R"({"a":NaN})", "the body is not readable JSON"},
        {R"({"a":1e999})", "the body is not readable JSON"},
        {R"({a:1})", "the body is not readable JSON"},
        {R"({'a':1})", "the body is not readable JSON"},
        {R"({"a":1,})", "the body is not readable JSON"},
        {R"({"a":1/*c*/})", "the body is not readable JSON"},
        {R"({"a":"\ud800"})", "the body is not readable JSON"},
        {"{\"a\":\"\xff\"}", "the body is not readable JSON"},
        {"{\"a\":\"\n\"}", "the body is not readable JSON"},
        {R"({"a":"x\u0000y"})", "a: a NUL character"},
        {R"({"a\u0000":1})", "a NUL character in a name"},
        {R"("a")", "the body is not a JSON object"},
        {"1", "the body is not a JSON object"},
        {"null", "the body is not a JSON object"},
        {"true", "the body is not a JSON object"},
        {R"(["a"])", "the body is not a JSON object"},
        {R"([{"a":1}])", "the body is not a JSON object"},
        {"[[]]", "the body is not a JSON object"},
        {R"({"a":1,"a":1})", "a: given twice"},
        {R"({"a":1,"\u0061":2})", "a: given twice"},
        {R"({"a":null,"a":2})", "a: given twice"},
        {R"({"b":{"a":1,"a":2}})", "a: given twice"},
        {R"({"a":[[[[[[[[1]]]]]]]]})", "a: nested too deeply"},
    };
    for (const Case& c : cases) {
        const auto got = read("", json, c.body);
        ASSERT_FALSE(got) << c.body;
        EXPECT_EQ(got.error().code, Errc::invalid_argument) << c.body;
        EXPECT_EQ(got.error().detail, c.detail) << c.body;
    }
}

// Amounts and ids are strings to us: what a number looks like must survive.
TEST(ParametersTest, JsonScalarsAreTakenByTheirText) {
    for (const char* text :
         {"0", "-0", "6", "-6", "48.50", "48.5", "0.10", "1e5", "1E+5", "-0.0", "1.0", "18446744073709551615",
          "-9223372036854775808", "18446744073709551616", "123456789012345678901234567890", "true", "false"}) {
        EXPECT_EQ(found(read("", json, fmt::format(R"({{"a":{}}})", text)), "a"), std::string("=") + text);
    }
    EXPECT_EQ(found(read("", json, R"({"a":"6"})"), "a"), "=6");
    EXPECT_EQ(found(read("", json, R"({"a":""})"), "a"), "=");
    EXPECT_EQ(found(read("", json, R"({"a":"\u00e9\ud83d\ude00\n"})"), "a"), "=\u00e9\U0001F600\n");
    EXPECT_EQ(found(read("", json, R"({"a":null})"), "a"), "absent");
}

TEST(ParametersTest, NestedValuesAreFlagged) {
    for (const char* body :
         {R"({"a":{}})", R"({"a":{"b":1}})", R"({"a":[]})", R"({"a":[null]})", R"({"a":[1]})", R"({"a":[[1]]})",
          R"({"a":[1,{"b":[2]},3]})", R"({"a":[1,[]]})", R"({"a":[[[[[[[1]]]]]]]})"}) {
        const auto got = read("a=query", json, body);
        ASSERT_TRUE(got) << body;
        EXPECT_TRUE(got->nested("a")) << body;
        EXPECT_EQ(got->find("a"), nullptr) << body;
        EXPECT_FALSE(got->nested("b")) << body;
        EXPECT_EQ(got->find("b"), nullptr) << body;
    }
    const auto after = read("", json, R"({"a":{"b":{"c":[1]}},"d":"2"})");
    EXPECT_EQ(found(after, "d"), "=2");
    EXPECT_FALSE(after->nested("d"));
}

TEST(ParametersTest, ListsComeFromRepeatsAndArrays) {
    EXPECT_EQ(read("a=1&b=x&a=2")->all("a"), (Values{"1", "2"}));
    EXPECT_EQ(read("a=1&a=2", form, "a=3&a=4")->all("a"), (Values{"3", "4"}));
    EXPECT_EQ(read("a=1&a=2", form, "b=3")->all("a"), (Values{"1", "2"}));
    EXPECT_EQ(read("", json, R"({"a":["1",2,true,null,4.50]})")->all("a"), (Values{"1", "2", "true", "4.50"}));
    EXPECT_EQ(read("", json, R"({"a":"1"})")->all("a"), (Values{"1"}));
    EXPECT_EQ(read("", json, R"({"a":[]})")->all("a"), Values{});
    EXPECT_EQ(read("", json, R"({"a":["1",["2"]]})")->all("a"), Values{});
    EXPECT_EQ(read("", json, R"({"a":{"b":"1"}})")->all("a"), Values{});
    EXPECT_EQ(read("")->all("a"), Values{});
}

TEST(ParametersTest, TheTypeOfTheBodyDecidesHowItIsRead) {
    EXPECT_EQ(found(read("", "", "a=1"), "a"), "=1");
    EXPECT_EQ(found(read("", "", " {\"a\":1}"), "a"), "=1");
    EXPECT_EQ(found(read("", "application/problem+json", "{\"a\":1}"), "a"), "=1");
    EXPECT_EQ(found(read("", form, "{\"a\":1}"), "a"), "absent");
    EXPECT_FALSE(read("", json, "a=1"));
    EXPECT_EQ(read("", "multipart/form-data", "a=1").error().detail, "Content-Type: neither a form nor JSON");
}

// Clients send Content-Type: application/json with GET and DELETE, and PHP writes an empty object as [].
TEST(ParametersTest, AnEmptyBodyIsNoErrorWhateverItsType) {
    for (const char* type : {"", form, json, "text/plain"}) {
        EXPECT_EQ(found(read("a=1", type, ""), "a"), "=1") << type;
        EXPECT_EQ(found(read("a=1", type, "\r\n"), "a"), "=1") << type;
    }
    EXPECT_EQ(found(read("a=1", json, "[]"), "a"), "=1");
    EXPECT_EQ(found(read("a=1", json, "{}"), "a"), "=1");
}

TEST(ParametersTest, EncodedBodiesAreRefusedAsBlocked) {
    Request request = request_of("a=1");
    for (const char* encoding : {"gzip", "br", "identity, gzip", "identit"}) {
        request.content_encoding = encoding;
        const auto got = read_parameters(request);
        ASSERT_FALSE(got) << encoding;
        EXPECT_EQ(got.error().code, Errc::blocked) << encoding;
    }
    request.content_encoding = "Identity";
    EXPECT_TRUE(read_parameters(request));
}

TEST(ParametersTest, NamesAndValuesAreBounded) {
    std::string query;
    std::string body = "{";
    for (int i = 0; i < 64; ++i) {
        query += fmt::format("n{}=1&", i);
        body += fmt::format("{}\"n{}\":1", i == 0 ? "" : ",", i);
    }
    EXPECT_TRUE(read(query));
    EXPECT_TRUE(read(query + "n1=2"));
    EXPECT_EQ(read(query + "one_more=1").error().detail, "too many parameters");
    EXPECT_TRUE(read("", json, body + "}"));
    EXPECT_EQ(read("", json, body + ",\"m\":1}").error().detail, "too many parameters");
    EXPECT_EQ(read("other=1", json, body + "}").error().detail, "too many parameters");

    std::string repeated;
    for (int i = 0; i < 256; ++i) repeated += "a=1&";
    EXPECT_EQ(read(repeated)->all("a").size(), 256U);
    EXPECT_EQ(read(repeated + "a=1").error().detail, "a: too many values");
    EXPECT_FALSE(read(repeated, form, "a=1"));
}

TEST(ParametersTest, EveryPairIsKeptInOrderForTheSignature) {
    const auto got = read("b=2&a=1&b=3", form, "c=&a=4");
    ASSERT_TRUE(got);
    std::string joined;
    for (const Pair& pair : got->pairs()) joined += pair.name + "=" + pair.value + ";";
    EXPECT_EQ(joined, "b=2;a=1;b=3;c=;a=4;");
}

// An error's detail goes to clients and logs.
TEST(ParametersTest, AnOverlongNameIsLeftOutOfTheError) {
    EXPECT_EQ(read(std::string(65, 'n') + "=%").error().detail, "a broken percent escape");
}

TEST(BasicTest, UnreadableCredentialsAreRefused) {
    for (const char* text :
         {"", "Basic", "Basic ", "Bearer a2V5OnNlY3JldA==", "Basic a2V5OnNlY3JldA", "Basic a2V5OnNlY3JldA=",
          "Basic a2V5OnNlY3JldA===", "Basic a2V5=nNlY3JldA=", "Basic a2V5OnNl Y3JldA==", "Basic !!!!", "Basic a2V5",
          "Basic a2V5Og==x", "Basic ====", "Basic AAAA", "Basic /zp4"}) {
        EXPECT_FALSE(read_basic(text)) << text;
    }
    EXPECT_FALSE(read_basic("Basic " + std::string(1028, 'A')));
}

TEST(BasicTest, UserAndPasswordAreSplitAtTheFirstColon) {
    using Credentials = std::pair<std::string, std::string>;
    EXPECT_EQ(read_basic("Basic a2V5OnNlY3JldA=="), (Credentials{"key", "secret"}));
    EXPECT_EQ(read_basic("bASIC  a2V5OnNlY3JldA=="), (Credentials{"key", "secret"}));
    EXPECT_EQ(read_basic("Basic YTpiOmM="), (Credentials{"a", "b:c"}));
    EXPECT_EQ(read_basic("Basic Og=="), (Credentials{"", ""}));
}

}  // namespace
}  // namespace roger::http
