#include "api/number_blocks.hpp"

#include <algorithm>
#include <set>

#include "guard/guard.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using guard::Mark;
using guard::Mode;
using guard::RuleId;

constexpr std::size_t marks_max = 20'000;
/// No rule blocks for fewer wrong codes.
constexpr std::size_t wrong_codes_min = guard::psd2_wrong_codes_in_a_row;

/// The rules that count wrong codes, one alone.
guard::Modes only(RuleId rule) {
    guard::Modes modes;
    modes.set(rule, Mode::enforce);
    return modes;
}

/// Reads rows and successes: on the reader pool.
class Finder {
public:
    Finder(const store::Store& store,
           std::shared_ptr<const account::AccountBook> accounts,
           guard::Modes modes,
           verification::Vault& vault,
           TimePoint now)
        : store_(store), accounts_(std::move(accounts)), modes_(modes), vault_(vault), now_(now) {}

    Result<std::vector<NumberBlock>> find(std::vector<std::pair<std::string, std::vector<TimePoint>>> blocked);

private:
    void judge_number(std::span<const Mark> marks);
    void judge(RuleId rule,
               const account::Account& account,
               const std::string& shown,
               const std::string& number,
               const guard::Facts& facts);
    [[nodiscard]] std::string number_of(std::span<const Mark> marks) const;

    const store::Store& store_;
    std::shared_ptr<const account::AccountBook> accounts_;
    guard::Modes modes_;
    verification::Vault& vault_;
    TimePoint now_;
    std::vector<NumberBlock> found_;
};

std::string Finder::number_of(std::span<const Mark> marks) const {
    for (const Mark& mark : marks) {
        if (mark.kind == Mark::Kind::lifted) continue;
        store::Query query;
        query.key = verification::RowKey{mark.key};
        const auto rows = store_.read(query);
        if (rows && !rows->empty()) return rows->front().number;
    }
    return "";
}

void Finder::judge(RuleId rule,
                   const account::Account& account,
                   const std::string& shown,
                   const std::string& number,
                   const guard::Facts& facts) {
    if (modes_.of(rule) == Mode::off) return;
    const auto judged = guard::judge(only(rule), {.account = account, .number = number, .now = now_}, facts);
    if (judged.refused) found_.push_back({number, shown, *judged.refused});
}

void Finder::judge_number(std::span<const Mark> marks) {
    guard::Facts facts;
    facts.marks = marks;
    const std::string number = number_of(marks);
    judge(RuleId::number_wrong_codes, {}, "", number, facts);
    std::set<std::string> seen;
    for (const Mark& mark : marks) {
        const auto account = accounts_->find(mark.account);
        if (account == accounts_->end() || !seen.insert(mark.account).second) continue;
        const auto verified = store_.verified_of({vault_.subscriber_hash(mark.account, number)});
        facts.verified = verified ? *verified : std::nullopt;
        for (const RuleId rule : {RuleId::wrong_codes, RuleId::psd2_wrong_codes}) {
            judge(rule, *account->second, mark.account, number, facts);
        }
    }
}

Result<std::vector<NumberBlock>> Finder::find(std::vector<std::pair<std::string, std::vector<TimePoint>>> blocked) {
    const auto marks = store_.marks_of_many(now_ - guard::marks_kept, wrong_codes_min, marks_max);
    if (!marks) return tl::unexpected<Error>(marks.error());
    for (auto first = marks->begin(); first != marks->end();) {
        const auto end =
            std::find_if(first, marks->end(), [&](const Mark& one) { return one.number != first->number; });
        judge_number({first, end});
        first = end;
    }
    // A window that was lifted is known to the number's marks alone, however few they are.
    for (const auto& [number, starts] : blocked) {
        if (modes_.of(RuleId::number_window) == Mode::off) break;
        const auto lifts = store_.marks_of({vault_.number_hash(number)});
        if (!lifts) return tl::unexpected<Error>(lifts.error());
        guard::Facts facts;
        facts.starts = starts;
        facts.marks = *lifts;
        judge(RuleId::number_window, {}, "", number, facts);
    }
    return std::move(found_);
}

}  // namespace

asio::awaitable<Result<std::vector<NumberBlock>>> find_blocks(
    Context& context, std::vector<std::pair<std::string, std::vector<TimePoint>>> blocked) {
    using Blocks = Result<std::vector<NumberBlock>>;
    const TimePoint now = context.clock.service_now();
    const auto initiate = [&context, now, blocked = std::move(blocked)](auto handler) mutable {
        asio::post(
            context.readers, [&context, now, blocked = std::move(blocked), handler = std::move(handler)]() mutable {
                verification::Vault vault(context.vault.keyring());
                Finder finder(context.store, context.engine.accounts(), context.engine.modes(), vault, now);
                Blocks blocks = finder.find(std::move(blocked));
                asio::post(context.executor, [handler = std::move(handler), blocks = std::move(blocks)]() mutable {
                    handler(std::move(blocks));
                });
            });
    };
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Blocks)>(initiate, asio::use_awaitable);
}

}  // namespace roger::api
