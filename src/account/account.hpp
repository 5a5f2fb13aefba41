// Accounts: who may call the API, with which secrets, rights, rate and prices.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "account/limits.hpp"
#include "account/templates.hpp"
#include "base/hex.hpp"
#include "base/money.hpp"
#include "base/time.hpp"

namespace roger::account {

/// How a client signs instead of sending its secret. Stored by value: never renumber.
enum class SignatureMethod : std::uint8_t { md5hash = 0, md5 = 1, sha1 = 2, sha256 = 3, sha512 = 4 };
[[nodiscard]] std::optional<SignatureMethod> parse_signature_method(std::string_view text) noexcept;
[[nodiscard]] std::string_view to_string(SignatureMethod method) noexcept;

struct Account {
    std::string key;  ///< 1–32 of [A-Za-z0-9_-]; the api_key
    std::vector<Bytes>
        secret_hashes;  ///< of each live secret, newest first, 1–2: kid (2 bytes, big-endian) ‖ HMAC-SHA-256
    Bytes sealed_signature_secret;    ///< empty: this account does not sign
    std::uint16_t signature_kid = 0;  ///< of the key that sealed it
    SignatureMethod signature_method = SignatureMethod::md5hash;
    bool disabled = false;        ///< as if the key did not exist: status 4
    bool barred = false;          ///< status 8 on start, psd2 and control
    bool demo = false;            ///< only approved numbers: status 29 else
    bool pin_code = false;        ///< may choose its own PINs
    bool lenient_cancel = false;  ///< may cancel at any time
    bool six_digits = false;      ///< code_length 4 becomes status 3, the default 6
    std::optional<double> rate;   ///< requests a second per endpoint, 0 = no limit; none: the server's
    std::optional<double> burst;
    Micros price;                       ///< per success
    std::string currency = "EUR";       ///< ISO 4217
    std::vector<std::string> approved;  ///< numbers of a demo account, E.164 digits, sorted
    std::uint32_t retention_days = 30;  ///< 1–395
    TimePoint created{};
    Templates templates;           ///< its own texts
    bool template_review = false;  ///< new ones wait until an operator approves them
    std::string app_hash;          ///< how its SMS end when a start does not say; not both (message/autofill.hpp)
    std::string domain;
    Policy policy = Policy::standard;
    bool prepaid = false;          ///< has a balance, and no more is spent than that
    std::vector<SpendCap> caps;    ///< each period and scope once
    seconds one_success_within{};  ///< a number that was verified is not verified again so soon; 0: it is
    NumberRules numbers;
    std::vector<std::string> networks;  ///< it may be used from these addresses and networks alone; empty: from all
    std::string sender;                 ///< of starts that name none
    std::string locale;                 ///< likewise; a locale of the catalogue

    /// What it spends is counted: it has a balance or a cap.
    [[nodiscard]] bool metered() const noexcept { return prepaid || !caps.empty(); }

    friend bool operator==(const Account&, const Account&) = default;
};

[[nodiscard]] bool is_account_key(std::string_view text) noexcept;
[[nodiscard]] bool is_currency(std::string_view text) noexcept;  ///< three upper-case letters

/// The accounts as they stand now: an immutable snapshot, shared between threads, replaced as a whole.
using AccountBook = std::unordered_map<std::string, std::shared_ptr<const Account>>;

}  // namespace roger::account
