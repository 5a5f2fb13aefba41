#include "engine/decide.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace roger::engine {
namespace {

using store::Loaded;
using store::Subscriber;
using store::Wanted;
using verification::Request;
using verification::Status;
using verification::Transition;
using verification::Vault;

/// Peers write a number with other prefixes than ours, or name none at all.
bool same_subscriber(std::string_view receipt, std::string_view number) {
    if (receipt.size() < number_digits_compared) return true;
    const std::size_t from = receipt.size() - number_digits_compared;
    return number.ends_with(receipt.substr(from));
}

/// What a peer says of a message stands in the row, whose size is bounded.
void keep_in_bounds(verification::Outcome& outcome) {
    outcome.reason.resize(std::min(outcome.reason.size(), peer_reason_bytes_max));
    std::size_t bytes = 0;
    const auto over = std::ranges::find_if(
        outcome.peer_ids, [&bytes](const std::string& id) { return (bytes += id.size()) > peer_ids_bytes_max; });
    outcome.peer_ids.erase(over, outcome.peer_ids.end());
}

class Batch {
public:
    Batch(const Loaded& loaded, const Facts& facts, Vault& vault, verification::KeyMaker& keys)
        : loaded_(loaded),
          facts_(facts),
          vault_(vault),
          keys_(keys),
          live_of_(loaded.live_of),
          segments_(loaded.receipts) {}

    void run_due() {
        for (const RowKey key : loaded_.due) apply(key, verification::TimerDue{});
    }

    Result<Start::Answer> operator()(Start& start);
    Result<Check::Answer> operator()(Check& check);
    Result<Control::Answer> operator()(Control& control);
    Result<Report::Answer> operator()(Report& report);
    Result<PeerReceipt::Answer> operator()(PeerReceipt& receipt);
    Result<ChangeAccount::Answer> operator()(ChangeAccount& change);
    Result<SaveSetting::Answer> operator()(SaveSetting& save);
    Result<Note::Answer> operator()(Note& note);
    Result<Blank::Answer> operator()(Blank& blank);
    Result<Scrub::Answer> operator()(Scrub& /*scrub*/) { return Scrub::Answer{}; }
    Result<Tick::Answer> operator()(Tick& /*tick*/) { return Tick::Answer{}; }

    Decision finish() &&;

private:
    [[nodiscard]] const Request* find(RowKey key) const;
    [[nodiscard]] const Request* find_live(const RequestId& id, const std::string& account);
    Verdict apply(RowKey key, const verification::Input& input);
    void tell(const std::optional<store::AuditNote>& note) {
        if (note) decision_.effects.notes.push_back(*note);
    }
    void keep(Transition&& transition);
    void promise_receipts(RowKey key, const verification::Outcome& outcome);
    [[nodiscard]] const store::Segment* find_segment(const PeerReceipt& receipt) const;
    [[nodiscard]] Start::Answer judge_concurrent(const Request& live, const Request& draft);

    const Loaded& loaded_;
    const Facts& facts_;
    Vault& vault_;
    verification::KeyMaker& keys_;
    std::unordered_map<RowKey, Request> changed_;
    std::map<Subscriber, RowKey> live_of_;
    std::map<verification::ReceiptKey, std::vector<store::Segment>> segments_;
    std::unordered_map<std::string, account::Account> accounts_;
    std::vector<std::pair<RowKey, verification::Claim>> claims_;
    Decision decision_;
};

const Request* Batch::find(RowKey key) const {
    if (const auto changed = changed_.find(key); changed != changed_.end()) return &changed->second;
    const auto found = loaded_.rows.find(key);
    return found == loaded_.rows.end() ? nullptr : &found->second;
}

/// Unknown, another account's and ended ids are all the same: nullptr.
const Request* Batch::find_live(const RequestId& id, const std::string& account) {
    const verification::IdParts parts = vault_.open_id(id);
    const Request* row = find(parts.key);
    if (row == nullptr || !Vault::is_of(parts, *row) || row->account != account) return nullptr;
    return row->status == Status::in_progress ? row : nullptr;
}

void Batch::keep(Transition&& transition) {
    Request& row = transition.next;
    if (row.status != Status::in_progress) {
        // Not merely by subscriber: a late report of an ended request may meet the next one of its subscriber here.
        const auto live = live_of_.find(Subscriber{row.account, row.number});
        if (live != live_of_.end() && live->second == row.key) live_of_.erase(live);
        decision_.effects.ended.push_back(row.key);
    }
    if (transition.send) claims_.emplace_back(row.key, *transition.send);
    const RowKey key = row.key;
    changed_.insert_or_assign(key, std::move(row));
}

Verdict Batch::apply(RowKey key, const verification::Input& input) {
    const Request* row = find(key);
    if (row == nullptr) return Verdict::gone;
    Transition transition = verification::step(*row, input, facts_.node, facts_.now);
    const Verdict verdict = transition.verdict;
    if (verdict != Verdict::ignored && verdict != Verdict::gone) keep(std::move(transition));
    return verdict;
}

Start::Answer Batch::judge_concurrent(const Request& live, const Request& draft) {
    using Kind = Start::Answer::Kind;
    const RequestId id = vault_.id_of(live);
    if (draft.idempotency_key.empty() || draft.idempotency_key != live.idempotency_key) return {Kind::concurrent, id};
    const bool same =
        draft.brand == live.brand && draft.plan.workflow_id == live.plan.workflow_id && draft.payment == live.payment;
    return {same ? Kind::replayed : Kind::mismatch, id};
}

Result<Start::Answer> Batch::operator()(Start& start) {
    const Subscriber subscriber{start.draft.account, start.draft.number};
    if (const auto live = live_of_.find(subscriber); live != live_of_.end()) {
        const Request* row = find(live->second);
        ROGER_ASSERT(row != nullptr, "the store loads the live row of each subscriber asked for");
        return judge_concurrent(*row, start.draft);
    }
    Request row = start.draft;
    row.key = keys_.next(facts_.wall_now);
    row.random = start.random;
    row.kid = vault_.keyring().active();
    row.submitted = facts_.now;
    if (start.caller_pin) {
        row.caller_pin = true;
        row.sealed_pin = vault_.seal_pin(row, *start.caller_pin, start.entropy);
    }
    live_of_[subscriber] = row.key;
    const RequestId id = vault_.id_of(row);
    keep(verification::begin(std::move(row), facts_.node));
    return Start::Answer{Start::Answer::Kind::started, id};
}

Result<Check::Answer> Batch::operator()(Check& check) {
    const Request* row = find_live(check.id, check.account);
    if (row == nullptr) return Check::Answer{};
    const auto pin = vault_.pin_of(*row, row->generation);
    verification::PinChecked input{
        .right = pin && pin->matches(check.code),
        .sealed_code = vault_.seal_code(*row, row->checks.size(), check.code, check.entropy)};
    const RowKey key = row->key;
    Check::Answer answer{.verdict = apply(key, input)};
    if (answer.verdict == Verdict::right) {
        const Request& ended = *find(key);
        answer.event_id = vault_.event_id({key, ended.random}, ended.events.size() - 1);
        answer.price = ended.price;
        answer.messages_price = verification::messages_price(ended);
        answer.currency = ended.currency;
    }
    return answer;
}

Result<Control::Answer> Batch::operator()(Control& control) {
    const Request* row = find_live(control.id, control.account);
    if (row == nullptr) return Control::Answer{};
    const RowKey key = row->key;
    const Control::Answer answer{std::visit([&](const auto& what) { return apply(key, what); }, control.what)};
    if (answer.verdict == Verdict::done) tell(control.note);
    return answer;
}

/// In the same transaction as the event's `submitted`: no receipt may find the one without the other.
void Batch::promise_receipts(RowKey key, const verification::Outcome& outcome) {
    const Request* row = find(key);
    if (row == nullptr || outcome.event >= row->events.size()) return;
    std::vector<verification::ReceiptKey> ids;  // a peer may give one id to several segments: then it is one to us
    for (const verification::ReceiptKey& id : outcome.receipt_keys) {
        const bool fits = id.peer_group.size() + id.id.size() <= store::receipt_key_bytes_max;
        if (!id.id.empty() && fits && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
    if (ids.size() > verification::parts_max) ids.resize(verification::parts_max);
    store::Segment segment{.key = key,
                           .event = static_cast<std::uint8_t>(outcome.event),
                           .attempt = outcome.attempt,
                           .parts = static_cast<std::uint8_t>(ids.size())};
    for (verification::ReceiptKey& id : ids) {
        auto& known = segments_[id];
        known.insert(known.begin(), segment);
        decision_.changes.receipt_keys.push_back({std::move(id), segment, facts_.wall_now + receipt_keys_kept});
        ++segment.part;
    }
}

/// Which segment a receipt is of: of the likeliest form of its id that is known, the newest; one of another number is
/// somebody else's, for the forms of two ids may be the same.
const store::Segment* Batch::find_segment(const PeerReceipt& receipt) const {
    for (const std::string& id : receipt.ids) {
        const auto found = segments_.find({receipt.peer_group, id});
        if (found == segments_.end()) continue;
        for (const store::Segment& segment : found->second) {
            const Request* row = find(segment.key);
            if (row != nullptr && same_subscriber(receipt.number, row->number)) return &segment;
        }
    }
    return nullptr;
}

Result<PeerReceipt::Answer> Batch::operator()(PeerReceipt& receipt) {
    const store::Segment* segment = find_segment(receipt);
    if (segment == nullptr) return PeerReceipt::Answer{};
    const Request& row = *find(segment->key);
    if (segment->event >= row.events.size()) return PeerReceipt::Answer{};
    const verification::Event& event = row.events[segment->event];
    const bool delivered_before = event.state == verification::EventState::delivered;
    PeerReceipt::Answer answer{
        .matched = true, .route = event.route, .network = row.network, .delivered_after = std::nullopt};
    const bool another = !receipt.delivered && receipt.another_route && receipt.another_route(row, segment->event);
    apply(segment->key, verification::Receipt{.event = segment->event,
                                              .attempt = segment->attempt,
                                              .part = segment->part,
                                              .parts = segment->parts,
                                              .delivered = receipt.delivered,
                                              .at = facts_.now,
                                              .reason = receipt.reason.substr(0, peer_reason_bytes_max),
                                              .another_route = another});
    const verification::Event& after = find(segment->key)->events[segment->event];
    if (!delivered_before && after.state == verification::EventState::delivered && after.handed_over) {
        answer.delivered_after = *after.receipted - *after.handed_over;
    }
    return answer;
}

Result<Report::Answer> Batch::operator()(Report& report) {
    auto* outcome = std::get_if<verification::Outcome>(&report.what);
    if (outcome != nullptr) keep_in_bounds(*outcome);
    if (auto* receipt = std::get_if<verification::Receipt>(&report.what); receipt != nullptr && report.another_route) {
        const Request* const row = find(report.key);
        if (row != nullptr && receipt->event < row->events.size()) {
            receipt->another_route = report.another_route(*row, receipt->event);
        }
    }
    if (outcome != nullptr && !outcome->receipt_keys.empty()) promise_receipts(report.key, *outcome);
    std::visit([&](const auto& what) { apply(report.key, what); }, report.what);
    return Report::Answer{};
}

Result<ChangeAccount::Answer> Batch::operator()(ChangeAccount& change) {
    const account::Account* current = nullptr;
    if (const auto changed = accounts_.find(change.key); changed != accounts_.end()) {
        current = &changed->second;
    } else if (const auto known = facts_.accounts.find(change.key); known != facts_.accounts.end()) {
        current = known->second.get();
    }
    auto result = change.change(current);
    if (result) {
        ROGER_ASSERT(result->key == change.key, "an account's key never changes");
        accounts_[change.key] = *result;
        tell(change.note);
    }
    return result;
}

Result<SaveSetting::Answer> Batch::operator()(SaveSetting& save) {
    decision_.changes.settings.emplace_back(save.name, save.value);
    tell(save.note);
    return SaveSetting::Answer{};
}

Result<Note::Answer> Batch::operator()(Note& note) {
    decision_.effects.notes.push_back(note.note);
    return Note::Answer{};
}

Result<Blank::Answer> Batch::operator()(Blank& blank) {
    Blank::Answer answer;
    for (const RowKey key : blank.keys) {
        const Request* row = find(key);
        if (row == nullptr || row->number.empty() || (blank.number && row->number != *blank.number)) continue;
        if (row->status == Status::in_progress) {
            if (!blank.number) continue;
            apply(key, verification::Cancel{.lenient = true});
            ++answer.cancelled;
        }
        Request blanked = *find(key);
        verification::blank(blanked);
        changed_.insert_or_assign(key, std::move(blanked));
        ++answer.blanked;
    }
    tell(blank.note);
    return answer;
}

Decision Batch::finish() && {
    decision_.effects.works.reserve(claims_.size());
    for (const auto& [key, claim] : claims_) decision_.effects.works.push_back({changed_.at(key), claim});
    // Keys are sorted, not rows: a row is half a kilobyte to move.
    std::vector<RowKey> keys;
    keys.reserve(changed_.size());
    for (const auto& [key, row] : changed_) keys.push_back(key);
    std::ranges::sort(keys);
    decision_.changes.rows.reserve(keys.size());
    decision_.changes.forget_receipts_before = facts_.wall_now;
    for (const RowKey key : keys) decision_.changes.rows.push_back(std::move(changed_.at(key)));
    decision_.effects.changed = std::move(keys);
    for (auto& [key, account] : accounts_) decision_.changes.accounts.push_back(std::move(account));
    return std::move(decision_);
}

}  // namespace

Wanted wanted(std::span<Command* const> commands, Vault& vault, TimePoint now) {
    Wanted wanted;
    wanted.due_by = now;
    for (Command* command : commands) {
        if (const auto* start = std::get_if<Start>(command)) {
            wanted.subscribers.push_back({start->draft.account, start->draft.number});
        } else if (const auto* check = std::get_if<Check>(command)) {
            wanted.live.push_back(vault.open_id(check->id).key);
        } else if (const auto* control = std::get_if<Control>(command)) {
            wanted.live.push_back(vault.open_id(control->id).key);
        } else if (const auto* report = std::get_if<Report>(command)) {
            wanted.any.push_back(report->key);
        } else if (const auto* blank = std::get_if<Blank>(command)) {
            wanted.any.insert(wanted.any.end(), blank->keys.begin(), blank->keys.end());
        } else if (const auto* receipt = std::get_if<PeerReceipt>(command)) {
            for (const std::string& id : receipt->ids) wanted.receipts.push_back({receipt->peer_group, id});
        }
    }
    return wanted;
}

Decision decide(std::span<Command* const> commands,
                const Loaded& loaded,
                const Facts& facts,
                Vault& vault,
                verification::KeyMaker& keys) {
    Batch batch(loaded, facts, vault, keys);
    batch.run_due();
    std::vector<Answer> answers;
    answers.reserve(commands.size());
    for (Command* command : commands) {
        std::visit([&](auto& concrete) { answers.emplace_back(batch(concrete)); }, *command);
    }
    Decision decision = std::move(batch).finish();
    decision.effects.answers = std::move(answers);
    return decision;
}

}  // namespace roger::engine
