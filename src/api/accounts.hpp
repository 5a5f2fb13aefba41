// Accounts as operators create and change them: what the admin calls and the command line have in common.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "account/account.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "verification/keyring.hpp"

namespace roger::api {

/// What is to change; members that are not set stay. From the JSON body of POST and PATCH /admin/v1/accounts:
/// {"rate","burst","pin_code","lenient_cancel","six_digits","demo","barred","disabled","signature_method","price",
///  "currency","template_review","app_hash","domain","approve":[…],"unapprove":[…],"policy","balance","top_up",
///  "caps":[{"period","scope","amount"}],"one_success_per_number","deny_numbers","allow_numbers","countries","types",
///  "allow_ip","sender","locale","retention_days"}; rate and burst null mean the server's, balance null none,
/// and "" no app_hash, domain, sender or locale. Lists take the place of what was there, but caps are set one by one,
/// null none.
struct AccountEdit {
    std::optional<std::optional<double>> rate;
    std::optional<std::optional<double>> burst;
    std::optional<bool> pin_code, lenient_cancel, six_digits, demo, barred, disabled, template_review;
    std::optional<account::SignatureMethod> signature_method;
    std::optional<Micros> price;
    std::optional<std::string> currency;
    std::optional<std::string> app_hash;  ///< each takes the place of the other
    std::optional<std::string> domain;
    std::vector<std::string> approve;    ///< E.164 digits
    std::vector<std::string> unapprove;  ///< E.164 digits
    std::optional<account::Policy> policy;
    std::optional<std::optional<Micros>> balance;          ///< from now on; none: it is not limited by one
    std::optional<Micros> top_up;                          ///< added to the balance; below 0: taken from it
    std::vector<std::pair<account::SpendCap, bool>> caps;  ///< and whether it is set, or taken away
    std::optional<seconds> one_success_within;
    std::optional<std::uint32_t> retention_days;
    std::optional<std::vector<std::string>> deny_numbers, allow_numbers, countries, types, networks;
    std::optional<std::string> sender, locale;
};
/// @return invalid_argument, with a sentence, for unknown members and values out of range
[[nodiscard]] Result<AccountEdit> read_account_edit(const nlohmann::json& body);
void apply(const AccountEdit& edit, account::Account& account);

/// Shown once, never again.
struct FreshSecrets {
    Secret secret;            ///< 32 hex digits: 128 random bits
    Secret signature_secret;  ///< likewise
};
[[nodiscard]] FreshSecrets make_secrets(Random& random);
/// 8 hex digits.
[[nodiscard]] std::string make_account_key(Random& random);

/// Makes `secret` the newest live one; the one before stays live, older ones die.
void add_secret(account::Account& account, std::string_view secret, const verification::Keyring& keyring);
void set_signature_secret(account::Account& account,
                          std::string_view secret,
                          const verification::Keyring& keyring,
                          Random& random);
/// @return empty when the account does not sign
[[nodiscard]] Secret open_signature_secret(const account::Account& account, const verification::Keyring& keyring);

/// For lists and answers: no secret, no hash.
[[nodiscard]] nlohmann::json to_json(const account::Account& account);

}  // namespace roger::api
