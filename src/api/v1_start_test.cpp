// Rules 5 to 7 of a start, as far as they need no live request; and the command that comes out.
#include "api/v1_start.hpp"

#include <gtest/gtest.h>

#include "tests/support/small_house.hpp"

namespace roger::api::v1 {
namespace {

using testing_support::Pairs;
using testing_support::to_form;

class V1StartTest : public testing::Test {
protected:
    std::variant<engine::Start, Answer> read(const http::Request& request, Call call) {
        const auto parameters = http::read_parameters(request);
        EXPECT_TRUE(parameters);
        const StartRules rules{account, numbers, [this](message::Channel channel, const verification::Request& draft) {
                                   asked.emplace_back(channel, draft.country);
                                   return served;
                               }};
        return read_start(call, *parameters, request.idempotency_key, rules);
    }
    /// A start of a good number and brand, and what the test adds.
    std::variant<engine::Start, Answer> read(Pairs more, Call call = Call::start) {
        more.insert(more.end(), {{"number", "447700900123"}});  // the first of a repeated parameter wins
        if (call == Call::start) more.insert(more.end(), {{"brand", "Acme"}});
        if (call == Call::psd2) more.insert(more.end(), {{"payee", "Acme"}, {"amount", "48.5"}});
        return read(testing_support::get_request("/", more), call);
    }
    engine::Start accepted(Pairs more, Call call = Call::start) {
        auto got = read(std::move(more), call);
        if (const auto* refusal = std::get_if<Answer>(&got)) {
            ADD_FAILURE() << refusal->status << ' ' << refusal->error_text;
            return {};
        }
        return std::get<engine::Start>(std::move(got));
    }
    Answer refused(Pairs more, Call call = Call::start) {
        auto got = read(std::move(more), call);
        if (std::holds_alternative<engine::Start>(got)) {
            ADD_FAILURE() << "accepted";
            return {};
        }
        return std::get<Answer>(std::move(got));
    }
    void expect_invalid(const std::string& name, const std::string& value, Call call = Call::start) {
        SCOPED_TRACE(name + "=" + value);
        const Answer answer = refused({{name, value}}, call);
        EXPECT_EQ(answer.status, 3);
        EXPECT_EQ(answer.error_text, "Invalid value for " + name);
        EXPECT_EQ(to_header(answer.reason), "rule=parameter; scope=" + name);
    }

    account::Account account{.key = "acme", .price = Micros{100'000}, .currency = "GBP"};
    guard::NumberPolicy numbers;
    bool served = true;
    std::vector<std::pair<message::Channel, std::string>> asked;
};

TEST_F(V1StartTest, DefaultsAreThoseOfThePage) {
    const auto start = accepted({});
    EXPECT_EQ(start.draft.account, "acme");
    EXPECT_EQ(start.draft.number, "447700900123");
    EXPECT_EQ(start.draft.country, "GB");
    EXPECT_EQ(start.draft.brand, "Acme");
    EXPECT_FALSE(start.draft.payment);
    EXPECT_EQ(start.draft.sender, "");
    EXPECT_EQ(start.draft.locale, "en-gb");
    EXPECT_EQ(start.draft.voice, verification::Voice::female);
    EXPECT_EQ(start.draft.code_length, 4);
    EXPECT_EQ(start.draft.plan,
              (verification::Plan{.workflow_id = 1, .pin_expiry = seconds(300), .next_event_wait = {}}));
    EXPECT_EQ(start.draft.idempotency_key, "");
    EXPECT_EQ(start.draft.price, Micros{100'000});
    EXPECT_EQ(start.draft.currency, "GBP");
    EXPECT_FALSE(start.caller_pin);
}

TEST_F(V1StartTest, NumbersAreReadAsPeopleWriteThem) {
    for (const auto* number : {"+447700900123", "00447700900123", "+44 7700 900123", "44-7700-900123"}) {
        EXPECT_EQ(accepted({{"number", number}}).draft.number, "447700900123") << number;
    }
    EXPECT_EQ(accepted({{"number", "07700 900123"}, {"country", "gb"}}).draft.number, "447700900123");
    for (const auto* number : {"1", "abc", "07700900123", "4477009001234567", "447700900123x1"}) {
        expect_invalid("number", number);
    }
    expect_invalid("country", "ZZ");
    expect_invalid("country", "GBR");
}

TEST_F(V1StartTest, TheNetworkIsThatOfTheRange) {
    EXPECT_EQ(accepted({}).draft.network, "23410");
    EXPECT_EQ(accepted({{"number", "07831 123456"}, {"country", "gb"}}).draft.network, "23415");
    EXPECT_EQ(accepted({{"number", "12025550123"}}).draft.network, "");
}

TEST_F(V1StartTest, EveryValueIsTakenAndKept) {
    account.pin_code = true;
    const auto start = accepted({{"sender_id", "Acme Shop"},
                                 {"code_length", "6"},
                                 {"lg", "DE_de"},
                                 {"voice", "MALE"},
                                 {"require_type", "all"},
                                 {"pin_expiry", "600"},
                                 {"next_event_wait", "200"},
                                 {"workflow_id", "4"},
                                 {"pin_code", "aB12"},
                                 {"client_ref", "order-17"},
                                 {"ip", "2001:db8::1"},
                                 {"ip_address", "192.0.2.7"},
                                 {"unheard_of", "x"}});
    EXPECT_EQ(start.draft.sender, "Acme Shop");
    EXPECT_EQ(start.draft.code_length, 6);
    EXPECT_EQ(start.draft.locale, "de-de");
    EXPECT_EQ(start.draft.voice, verification::Voice::male);
    EXPECT_EQ(start.draft.plan,
              (verification::Plan{.workflow_id = 4, .pin_expiry = seconds(600), .next_event_wait = seconds(200)}));
    ASSERT_TRUE(start.caller_pin);
    EXPECT_EQ(start.caller_pin->reveal(), "aB12");
    EXPECT_EQ(start.draft.idempotency_key, "order-17");
}

TEST_F(V1StartTest, EmptyValuesAreNotGiven) {
    const auto start = accepted({{"country", ""},
                                 {"sender_id", ""},
                                 {"code_length", ""},
                                 {"lg", ""},
                                 {"voice", ""},
                                 {"require_type", ""},
                                 {"pin_expiry", ""},
                                 {"next_event_wait", ""},
                                 {"workflow_id", ""},
                                 {"pin_code", ""},
                                 {"client_ref", ""},
                                 {"ip", ""}});
    EXPECT_EQ(start.draft.code_length, 4);
    EXPECT_FALSE(start.caller_pin);
}

TEST_F(V1StartTest, ValuesOutOfTheirRuleAreNamed) {
    account.pin_code = true;
    const std::pair<const char*, std::vector<const char*>> cases[] = {
        {"brand",
         {"1234567890123456789", "a<b", "http://a",
          "\xE2\x80\xAE"  // NOLINT(misc-misleading-bidirectional): that it is refused is the point
          "abc"}},
        {"sender_id", {"abcdefghijkl", "Acme!", "1234567890123456"}},
        {"code_length", {"3", "5", "7", "4.0", "+4", "four"}},
        {"lg", {"xx-xx", "en"}},
        {"voice", {"robot"}},
        {"require_type", {"Fax"}},
        {"pin_expiry", {"59", "3601", "300s", "-300"}},
        {"next_event_wait", {"59", "901"}},
        {"workflow_id", {"0", "8", "1.0"}},
        {"pin_code", {"123", "12345678901", "12-34"}},
        {"ip", {"999.1.1.1", "localhost"}},
        {"ip_address", {"x"}},
    };
    for (const auto& [name, values] : cases) {
        for (const auto* value : values) expect_invalid(name, value);
    }
    expect_invalid("client_ref", std::string(65, 'a'));
    expect_invalid("client_ref", "two words");
}

TEST_F(V1StartTest, MissingParametersComeBeforeWrongOnes) {
    const auto answer = [&](const Pairs& pairs, Call call) {
        return std::get<Answer>(read(testing_support::get_request("/", pairs), call));
    };
    const auto missing = [](const char* name) { return missing_parameter(name).error_text; };
    EXPECT_EQ(answer({}, Call::start).error_text, missing("number"));
    EXPECT_EQ(answer({{"number", "x"}}, Call::start).error_text, missing("brand"));
    EXPECT_EQ(answer({{"number", "x"}, {"brand", ""}}, Call::start).error_text, missing("brand"));
    EXPECT_EQ(answer({{"brand", "a<b"}}, Call::start).error_text, missing("number"));
    EXPECT_EQ(answer({}, Call::psd2).error_text, missing("number"));
    EXPECT_EQ(answer({{"number", "x"}}, Call::psd2).error_text, missing("payee"));
    EXPECT_EQ(answer({{"number", "x"}, {"payee", "x"}}, Call::psd2).error_text, missing("amount"));
    EXPECT_EQ(answer({}, Call::start).status, 2);
    EXPECT_EQ(to_header(answer({}, Call::start).reason), "rule=missing-parameter; scope=number");
}

TEST_F(V1StartTest, JsonValuesCountByTheirText) {
    const auto request = testing_support::json_request(
        "/",
        R"({"number":447700900123,"payee":"Acme","amount":48.50,"code_length":6,"workflow_id":4,"sender_id":null})");
    auto got = read(request, Call::psd2);
    ASSERT_TRUE(std::holds_alternative<engine::Start>(got)) << std::get<Answer>(got).error_text;
    const auto& start = std::get<engine::Start>(got);
    EXPECT_EQ(start.draft.payment->amount, "48.50");
    EXPECT_EQ(start.draft.code_length, 6);
}

TEST_F(V1StartTest, NestedValuesAreOutOfRule) {
    for (const auto& [name, body] : {std::pair("number", R"({"number":["447700900123"],"brand":"Acme"})"),
                                     std::pair("brand", R"({"number":"447700900123","brand":{"a":"b"}})"),
                                     std::pair("lg", R"({"number":"447700900123","brand":"Acme","lg":["en-gb"]})")}) {
        auto got = read(testing_support::json_request("/", body), Call::start);
        ASSERT_TRUE(std::holds_alternative<Answer>(got)) << body;
        EXPECT_EQ(std::get<Answer>(got).error_text, std::string("Invalid value for ") + name);
    }
}

TEST_F(V1StartTest, Psd2NeedsPayeeAndAmountAndReadsNoPinCode) {
    const auto start = accepted({{"pin_code", "1234"}, {"sender_id", "a!"}}, Call::psd2);
    EXPECT_EQ(start.draft.brand, "Acme");
    EXPECT_EQ(start.draft.payment, (verification::Payment{.payee = "Acme", .amount = "48.50"}));
    EXPECT_FALSE(start.caller_pin);
    EXPECT_EQ(start.draft.sender, "");
    for (const auto* amount : {"0", "0.00", "1000000000", "1.234", "1,00", "-1", "x"})
        expect_invalid("amount", amount, Call::psd2);
    expect_invalid("payee", "a<b", Call::psd2);
}

TEST_F(V1StartTest, Psd2IsWrittenInBritishEnglishWhereALocaleHasNoText) {
    EXPECT_EQ(accepted({{"lg", "fr-fr"}}, Call::psd2).draft.locale, "fr-fr");
    EXPECT_EQ(accepted({{"lg", "ja-jp"}}, Call::psd2).draft.locale, "en-gb");
    EXPECT_EQ(accepted({{"number", "81312345678"}}, Call::psd2).draft.locale, "en-gb");
    EXPECT_EQ(accepted({{"number", "81312345678"}}).draft.locale, "ja-jp");
}

TEST_F(V1StartTest, TheTimesOfAPlanAreTiedTogether) {
    const auto plan = [&](Pairs pairs) { return accepted(std::move(pairs)).draft.plan; };
    EXPECT_EQ(plan({{"pin_expiry", "300"}, {"next_event_wait", "200"}}).pin_expiry, seconds(200));
    EXPECT_EQ(plan({{"pin_expiry", "400"}, {"next_event_wait", "200"}}).pin_expiry, seconds(400));
    EXPECT_EQ(plan({{"next_event_wait", "301"}}).pin_expiry, seconds(301));
    EXPECT_EQ(plan({{"next_event_wait", "300"}}).pin_expiry, seconds(300));
}

TEST_F(V1StartTest, AnAccountCanRequireSixDigits) {
    account.six_digits = true;
    EXPECT_EQ(accepted({}).draft.code_length, 6);
    expect_invalid("code_length", "4");
}

TEST_F(V1StartTest, TheIdempotencyKeyOfTheHeaderGivesWayToClientRef) {
    http::Request request = testing_support::get_request("/", {{"number", "447700900123"}, {"brand", "Acme"}});
    request.idempotency_key = "from-header";
    EXPECT_EQ(std::get<engine::Start>(read(request, Call::start)).draft.idempotency_key, "from-header");
    request.query += "&client_ref=from-parameter";
    EXPECT_EQ(std::get<engine::Start>(read(request, Call::start)).draft.idempotency_key, "from-parameter");
    request.query = to_form({{"number", "447700900123"}, {"brand", "Acme"}});
    request.idempotency_key = std::string(65, 'a');
    EXPECT_EQ(std::get<Answer>(read(request, Call::start)).error_text, "Invalid value for client_ref");
}

TEST_F(V1StartTest, APinCodeNeedsTheRight) {
    const Answer answer = refused({{"pin_code", "1234"}});
    EXPECT_EQ(answer.status, 20);
    EXPECT_EQ(answer.error_text, "This account does not support the parameter: pin_code.");
    EXPECT_EQ(to_header(answer.reason), "rule=pin-code-right; scope=account");
}

// Each rule is broken together with all that come after it; lifting it shows the next.
TEST_F(V1StartTest, RightsAndPolicyAreJudgedInTheirOrder) {
    account.demo = true;
    numbers.deny = {"4477009"};
    served = false;
    const Pairs pairs{{"pin_code", "1234"}, {"require_type", "Mobile"}};
    EXPECT_EQ(refused(pairs).status, 20);
    account.pin_code = true;
    EXPECT_EQ(refused(pairs).status, 7);
    EXPECT_EQ(refused(pairs).error_text, "The number you are trying to verify is blacklisted for verification.");
    EXPECT_EQ(to_header(refused(pairs).reason), "rule=deny-list; scope=number");
    numbers.deny.clear();
    EXPECT_EQ(refused(pairs).status, 29);
    EXPECT_EQ(
        refused(pairs).error_text,
        "Your account is still in demo mode. While in demo mode you must add target numbers to the approved list for "
        "your account.");
    EXPECT_EQ(to_header(refused(pairs).reason), "rule=demo; scope=account");
    account.approved = {"447700900123"};
    EXPECT_EQ(refused(pairs).status, 15);
    EXPECT_EQ(refused(pairs).error_text, "The destination number is not in a supported network");
    EXPECT_EQ(to_header(refused(pairs).reason), "rule=require-type; scope=number");
    EXPECT_EQ(refused({}).status, 15);
    EXPECT_EQ(to_header(refused({}).reason), "rule=no-route; scope=country");
    served = true;
    accepted({});
}

TEST_F(V1StartTest, RequireTypeTakesWhatTheNumberingPlanSays) {
    accepted({{"number", "447400123456"}, {"require_type", "MOBILE"}});
    EXPECT_EQ(refused({{"number", "447400123456"}, {"require_type", "Landline"}}).status, 15);
    accepted({{"number", "442079460000"}, {"require_type", "landline"}});
    for (const auto* type : {"Mobile", "Landline"}) {
        accepted({{"number", "12015550123"}, {"require_type", type}});  // fixed line or mobile: satisfies both
        EXPECT_EQ(refused({{"require_type", type}}).status, 15) << "an unknown type satisfies only All";
    }
    accepted({{"require_type", "All"}});
}

TEST_F(V1StartTest, CountriesAndKindsOfNumberNotServedAre15) {
    numbers.countries = {"DE"};
    EXPECT_EQ(to_header(refused({}).reason), "rule=countries; scope=country");
    numbers.countries = {"*"};
    const Answer premium = refused({{"number", "449011234567"}});
    EXPECT_EQ(premium.status, 15);
    EXPECT_EQ(to_header(premium.reason), "rule=number-type; scope=number");
}

TEST_F(V1StartTest, OneServedEventOfTheWorkflowIsEnough) {
    served = false;
    (void)refused({{"workflow_id", "1"}});
    using enum message::Channel;
    EXPECT_EQ(asked, (std::vector<std::pair<message::Channel, std::string>>{{sms, "GB"}, {tts, "GB"}, {tts, "GB"}}));
}

TEST_F(V1StartTest, AutofillIsForAnAppOrForAPage) {
    EXPECT_EQ(accepted({{"app_hash", "FA+9qCX9VSu"}}).draft.app_hash, "FA+9qCX9VSu");
    EXPECT_EQ(accepted({{"domain", "Login.Example.com"}}).draft.domain, "login.example.com");
    EXPECT_EQ(accepted({{"app_hash", "FA+9qCX9VSu"}}, Call::psd2).draft.app_hash, "FA+9qCX9VSu");
    const auto expect_refused = [this](Pairs more, const std::string& name) {
        const Answer answer = refused(std::move(more));
        EXPECT_EQ(answer.status, 3);
        EXPECT_TRUE(answer.error_text.starts_with("Invalid value for " + name + ": ")) << answer.error_text;
        EXPECT_EQ(answer.error_text.back(), '.');
        EXPECT_EQ(to_header(answer.reason), "rule=parameter; scope=" + name);
    };
    expect_refused({{"app_hash", "too-short"}}, "app_hash");
    expect_refused({{"domain", "https://example.com"}}, "domain");
    expect_refused({{"app_hash", "FA+9qCX9VSu"}, {"domain", "example.com"}}, "domain");
}

TEST_F(V1StartTest, TheAccountSaysHowItsSmsEndUnlessTheStartDoes) {
    account.app_hash = "FA+9qCX9VSu";
    EXPECT_EQ(accepted({}).draft.app_hash, "FA+9qCX9VSu");
    const auto page = accepted({{"domain", "example.com"}});
    EXPECT_EQ(page.draft.domain, "example.com");
    EXPECT_EQ(page.draft.app_hash, "") << "one of both";
}

// Android reads 140 bytes: who asks for it is told, and the account's own wish is left out of a message too long for
// it.
TEST_F(V1StartTest, AMessageTooLongForAndroidIsRefusedOrEndsWithoutTheHash) {
    account.templates = {{.slot = {message::Channel::sms, "en-gb"}, .text = "${pin} " + std::string(130, 'x')}};
    EXPECT_EQ(refused({{"app_hash", "FA+9qCX9VSu"}}).status, 3);
    account.app_hash = "FA+9qCX9VSu";
    EXPECT_EQ(accepted({}).draft.app_hash, "");
    EXPECT_EQ(accepted({{"lg", "en-us"}}).draft.app_hash, "FA+9qCX9VSu");
}

TEST_F(V1StartTest, TheActiveTemplatesOfTheLocaleAreNamed) {
    using account::TemplateState;
    account.templates = {
        {.slot = {message::Channel::sms, "en-gb"}, .version = 3, .state = TemplateState::retired, .text = "${pin}"},
        {.slot = {message::Channel::sms, "en-gb"}, .version = 4, .state = TemplateState::active, .text = "${pin}"},
        {.slot = {message::Channel::tts, "en-gb"}, .version = 2, .state = TemplateState::pending, .text = "${pin}"},
        {.slot = {message::Channel::tts, "fr-fr"}, .version = 7, .state = TemplateState::active, .text = "${pin}"}};
    EXPECT_EQ(accepted({}).draft.sms_template, 4U);
    EXPECT_EQ(accepted({}).draft.tts_template, 0U);
    EXPECT_EQ(accepted({{"lg", "fr-fr"}}).draft.sms_template, 0U);
    EXPECT_EQ(accepted({{"lg", "fr-fr"}}).draft.tts_template, 7U);
    EXPECT_EQ(accepted({}, Call::psd2).draft.sms_template, 0U);
}

}  // namespace
}  // namespace roger::api::v1
