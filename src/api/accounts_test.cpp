#include "api/accounts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/fakes.hpp"

namespace roger::api {
namespace {

using nlohmann::json;
using testing_support::SeededRandom;

Result<AccountEdit> read(const char* text) { return read_account_edit(json::parse(text)); }

TEST(AccountEditTest, ReadsEveryMember) {
    const auto edit =
        read(R"({"rate":5.5,"burst":null,"pin_code":true,"lenient_cancel":true,"six_digits":true,"demo":true,
        "barred":true,"disabled":false,"signature_method":"sha256","price":"0.0350","currency":"GBP",
        "approve":["+44 7700 900123","447700900124"],"unapprove":["447700900125"]})");
    ASSERT_TRUE(edit) << edit.error().detail;
    account::Account account;
    account.burst = 7;
    account.disabled = true;
    account.approved = {"447700900125", "447700900126"};
    apply(*edit, account);
    EXPECT_EQ(account.rate, 5.5);
    EXPECT_FALSE(account.burst) << "null gives it back to the server's";
    EXPECT_TRUE(account.pin_code && account.lenient_cancel && account.six_digits && account.demo && account.barred);
    EXPECT_FALSE(account.disabled);
    EXPECT_EQ(account.signature_method, account::SignatureMethod::sha256);
    EXPECT_EQ(account.price, Micros{35'000});
    EXPECT_EQ(account.currency, "GBP");
    EXPECT_EQ(account.approved, (std::vector<std::string>{"447700900123", "447700900124", "447700900126"}));
}

TEST(AccountEditTest, WhatIsNotGivenStays) {
    account::Account account{.key = "a", .demo = true, .rate = 3.0, .approved = {"447700900123"}};
    const account::Account before = account;
    const auto edit = read("{}");
    ASSERT_TRUE(edit);
    apply(*edit, account);
    EXPECT_EQ(account, before);
}

TEST(AccountEditTest, ApprovingTwiceApprovesOnce) {
    account::Account account;
    const auto edit = read(R"({"approve":["447700900123","447700900123","447700900001"]})");
    ASSERT_TRUE(edit);
    apply(*edit, account);
    apply(*edit, account);
    EXPECT_EQ(account.approved, (std::vector<std::string>{"447700900001", "447700900123"}));
}

TEST(AccountEditTest, RefusesWhatItCannotUseAndNamesIt) {
    const std::pair<const char*, const char*> cases[] = {
        {"[]", "JSON object"},
        {R"({"rates":1})", "'rates'"},
        {R"({"rate":-1})", "'rate'"},
        {R"({"rate":"5"})", "'rate'"},
        {R"({"burst":1e9})", "'burst'"},
        {R"({"demo":1})", "'demo'"},
        {R"({"barred":"true"})", "'barred'"},
        {R"({"disabled":null})", "'disabled'"},
        {R"({"signature_method":"crc32"})", "'signature_method'"},
        {R"({"signature_method":5})", "'signature_method'"},
        {R"({"price":0.05})", "'price'"},
        {R"({"price":"-1"})", "'price'"},
        {R"({"currency":"eur"})", "'currency'"},
        {R"({"approve":"447700900123"})", "'approve'"},
        {R"({"approve":[447700900123]})", "'approve'"},
        {R"({"unapprove":["0"]})", "'unapprove'"},
    };
    for (const auto& [text, named] : cases) {
        const auto edit = read(text);
        ASSERT_FALSE(edit) << text;
        EXPECT_EQ(edit.error().code, Errc::invalid_argument) << text;
        EXPECT_NE(edit.error().detail.find(named), std::string::npos) << text << ": " << edit.error().detail;
    }
}

TEST(AccountEditTest, AtMostAThousandNumbersAtOnce) {
    json body{{"approve", json::array()}};
    for (int i = 0; i < 1000; ++i) body["approve"].push_back("4477009" + std::to_string(10'000 + i));
    EXPECT_TRUE(read_account_edit(body));
    body["approve"].push_back("447700900123");
    EXPECT_FALSE(read_account_edit(body));
}

TEST(AccountSecretsTest, AreFreshHexOf128Bits) {
    SeededRandom random;
    const auto one = make_secrets(random);
    const auto two = make_secrets(random);
    for (const Secret* secret : {&one.secret, &one.signature_secret, &two.secret, &two.signature_secret}) {
        EXPECT_EQ(secret->reveal().size(), 32U);
        EXPECT_EQ(secret->reveal().find_first_not_of("0123456789abcdef"), std::string_view::npos);
    }
    EXPECT_NE(one.secret.reveal(), one.signature_secret.reveal());
    EXPECT_NE(one.secret.reveal(), two.secret.reveal());
    EXPECT_EQ(make_account_key(random).size(), 8U);
    EXPECT_NE(make_account_key(random), make_account_key(random));
}

TEST(AccountSecretsTest, TheSignatureSecretIsSealedForItsAccount) {
    SeededRandom random;
    verification::Keyring keyring;
    keyring.add(1, Key32{}, true);
    account::Account account{.key = "acme"};
    set_signature_secret(account, "signs", keyring, random);
    const auto opened =
        open(keyring.keys(1).seal, account.sealed_signature_secret, as_bytes("signature secret of acme"));
    ASSERT_TRUE(opened);
    EXPECT_EQ(to_hex(*opened), to_hex(as_bytes("signs")));
    EXPECT_FALSE(open(keyring.keys(1).seal, account.sealed_signature_secret, as_bytes("signature secret of other")));
}

TEST(AccountJsonTest, ShowsAllButSecrets) {
    account::Account account{.key = "acme"};
    account.secret_hashes = {Bytes(32, std::byte{0xAB})};
    account.sealed_signature_secret = Bytes(40, std::byte{0xCD});
    account.rate = 5;
    account.price = Micros{50'000};
    account.approved = {"447700900123"};
    account.created = TimePoint{seconds(1'800'000'000)};
    EXPECT_EQ(
        to_json(account).dump(),
        R"({"allow_ip":[],"allow_numbers":[],"app_hash":"","approved":1,"barred":false,"burst":null,"caps":[],)"
        R"("countries":[],"created":"2027-01-15T08:00:00.000Z","currency":"EUR","demo":false,"deny_numbers":[],)"
        R"("disabled":false,"domain":"","key":"acme","lenient_cancel":false,"locale":"","one_success_per_number_s":0,)"
        R"("pin_code":false,"policy":"standard","prepaid":false,"price":"0.05000000","rate":5.0,"retention_days":30,)"
        R"("secrets":1,"sender":"","signature_method":"md5hash","six_digits":false,"template_review":false,"types":[]})");
}

}  // namespace
}  // namespace roger::api
