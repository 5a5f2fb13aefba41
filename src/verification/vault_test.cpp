#include "verification/vault.hpp"

#include <gtest/gtest.h>

namespace roger::verification {
namespace {

Keyring keyring_of(unsigned char value) {
    Key32 master;
    master.fill(static_cast<std::byte>(value));
    Keyring keyring;
    keyring.add(1, master, true);
    return keyring;
}

Request row_of(std::int64_t key) {
    Request row;
    row.key = RowKey{key};
    row.random = 99;
    row.account = "acme";
    row.number = "447700900123";
    row.kid = 1;
    row.code_length = 6;
    return row;
}

TEST(VaultTest, IdsOpenToWhatTheyWereMadeOf) {
    const Keyring keyring = keyring_of(1);
    Vault vault(keyring);
    const IdParts parts{RowKey{123456789}, 42};
    EXPECT_EQ(vault.open_id(vault.id_of(parts)), parts);
    const Keyring other = keyring_of(2);
    EXPECT_NE(Vault(other).open_id(vault.id_of(parts)), parts);
}

TEST(VaultTest, EventIdsDifferAndTellNothingOfTheRequest) {
    const Keyring keyring = keyring_of(1);
    Vault vault(keyring);
    const IdParts parts{RowKey{5}, 6};
    const std::string first = vault.event_id(parts, 0);
    EXPECT_EQ(first.size(), 16U);
    EXPECT_EQ(first, vault.event_id(parts, 0));
    EXPECT_NE(first, vault.event_id(parts, 1));
    EXPECT_NE(first, to_hex_upper(std::span(vault.id_of(parts).block()).first(8)));
}

TEST(VaultTest, APinIsDerivedFromEverythingItIsBoundTo) {
    const Keyring keyring = keyring_of(1);
    Vault vault(keyring);
    const Request row = row_of(1);
    const std::string pin(vault.pin_of(row, 0)->reveal());
    EXPECT_EQ(pin.size(), 6U);
    EXPECT_EQ(vault.pin_of(row, 0)->reveal(), pin) << "the same each time";
    const auto differs = [&](const char* what, auto change, std::uint8_t generation = 0) {
        Request other = row;
        change(other);
        EXPECT_NE(vault.pin_of(other, generation)->reveal(), pin) << what;
    };
    differs("generation", [](Request&) {}, 1);
    differs("key", [](Request& r) { r.key = RowKey{2}; });
    differs("random", [](Request& r) { r.random = 98; });
    differs("account", [](Request& r) { r.account = "acmf"; });
    differs("number", [](Request& r) { r.number = "447700900124"; });
    differs("payment", [](Request& r) { r.payment = Payment{"Shop", "48.50"}; });
    Request paid = row;
    paid.payment = Payment{"Shop", "48.50"};
    Request more = row;
    more.payment = Payment{"Shop", "48.51"};
    EXPECT_NE(vault.pin_of(paid, 0)->reveal(), vault.pin_of(more, 0)->reveal());
    const Keyring other = keyring_of(2);
    EXPECT_NE(Vault(other).pin_of(row, 0)->reveal(), pin);
}

TEST(VaultTest, ACallersPinComesBackUntilItIsWiped) {
    const Keyring keyring = keyring_of(1);
    Vault vault(keyring);
    Request row = row_of(1);
    row.caller_pin = true;
    row.sealed_pin = vault.seal_pin(row, *Pin::parse("s3cret"), 7);
    EXPECT_EQ(vault.pin_of(row, 0)->reveal(), "s3cret");
    Request moved = row;
    moved.key = RowKey{2};
    EXPECT_FALSE(vault.pin_of(moved, 0)) << "bound to its row";
    row.sealed_pin.clear();
    EXPECT_FALSE(vault.pin_of(row, 0));
}

TEST(VaultTest, TypedCodesOpenOnlyAtTheirPlace) {
    const Keyring keyring = keyring_of(1);
    const Vault vault(keyring);
    Request row = row_of(1);
    row.checks.push_back({.at = {}, .sealed_code = vault.seal_code(row, 0, *Pin::parse("1234"), 1), .valid = false});
    row.checks.push_back(row.checks[0]);
    EXPECT_EQ(vault.open_code(row, 0), "1234");
    EXPECT_EQ(vault.open_code(row, 1), "") << "copied to another place";
}

TEST(VaultTest, NumbersAreHashedAlikeForEverAndApartByAccount) {
    Keyring keyring = keyring_of(1);
    const std::int64_t hash = Vault(keyring).number_hash("447700900123");
    EXPECT_GE(hash, 0);
    EXPECT_NE(hash, Vault(keyring).number_hash("447700900124"));
    EXPECT_NE(Vault(keyring).subscriber_hash("a", "447700900123"), Vault(keyring).subscriber_hash("b", "447700900123"));
    EXPECT_NE(Vault(keyring).subscriber_hash("a", "447700900123"), hash);
    Key32 other{};
    other.fill(std::byte{0x77});
    keyring.add(9, other, true);
    EXPECT_EQ(Vault(keyring).number_hash("447700900123"), hash) << "whatever key is the active one";
}

}  // namespace
}  // namespace roger::verification
