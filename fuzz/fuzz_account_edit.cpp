// What operators say of an account: any JSON is applied or refused with a sentence, and what is applied can be kept.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "api/accounts.hpp"
#include "base/assert.hpp"
#include "store/account_codec.hpp"

using namespace roger;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body =
        nlohmann::json::parse(std::string_view(reinterpret_cast<const char*>(data), size), nullptr, false);
    if (body.is_discarded()) return 0;
    const auto edit = api::read_account_edit(body);
    if (!edit) {
        ROGER_ASSERT(!edit.error().detail.empty(), "a refusal says what to do");
        return 0;
    }
    account::Account account{.key = "acme"};
    api::apply(*edit, account);
    const auto kept = store::decode_account(store::encode(account));
    ROGER_ASSERT(kept && *kept == account, "what is applied comes back");
    (void)api::to_json(account);
    return 0;
}
