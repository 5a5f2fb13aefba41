#include "tests/sim/world.hpp"

namespace roger::sim {

Peer::Mood Peer::roll() {
    auto die = static_cast<unsigned>(world_.dice.below(1000));
    const Weather& weather = world_.weather;
    const std::pair<unsigned, Mood> moods[] = {{weather.refused, Mood::refuses},
                                               {weather.unavailable, Mood::unavailable},
                                               {weather.throttled, Mood::throttles},
                                               {weather.lost, Mood::loses}};
    for (const auto& [share, mood] : moods) {
        if (die < share) return mood;
        die -= share;
    }
    return Mood::accepts;
}

boost::asio::awaitable<Result<channel::Accepted>> Peer::submit(channel::Outbound message, SteadyTime deadline) {
    const Mood mood = roll();
    Dice& dice = world_.dice;
    Reach reach = Reach::none;
    if (mood == Mood::accepts) reach = Reach::phone;
    if (mood == Mood::refuses) reach = Reach::refused;
    if (mood == Mood::loses) reach = dice.chance(500) ? Reach::phone : Reach::lost;
    const channel::Reference reference = message.reference;
    constexpr const char* names[] = {"accepts", "refuses", "is not bound", "throttles", "is silent"};
    world_.trace("{} {} {} event {} attempt {}{}: {}", name_, names[static_cast<std::size_t>(mood)],
                 reference.key.value, reference.event, reference.attempt, reach == Reach::phone ? "" : " (not taken)",
                 message.text);
    const std::size_t handing = world_.oracle.handed(name_, message, reach);
    world_.nudge(reference.key);

    // A late answer is none: it comes when the deadline has passed.
    const milliseconds left = std::chrono::duration_cast<milliseconds>(deadline - world_.clock.steady_now());
    milliseconds answer_after = left;
    if (mood != Mood::loses) answer_after = dice.between(milliseconds(0), milliseconds(dice.chance(800) ? 200 : 2500));
    const SubmissionPtr taken = take(message, handing);
    if (reach == Reach::phone) plan_receipts(taken, answer_after);
    const bool delivered = mood == Mood::accepts && dice.chance(150);
    if (answer_after > milliseconds(0)) co_await world_.wait(answer_after);

    channel::Accepted accepted;
    switch (mood) {
        case Mood::refuses: co_return fail(Errc::blocked, "refused");
        case Mood::unavailable: co_return fail(Errc::unavailable, "not bound");
        case Mood::throttles: co_return fail(Errc::rate_limited, "throttled");
        case Mood::loses: co_return fail(Errc::timed_out, "no answer");
        case Mood::accepts: break;
    }
    world_.oracle.accepted_in_time(taken->first, delivered);
    accepted.peer_ids = taken->ids;
    accepted.segments = static_cast<std::uint8_t>(taken->ids.size());
    accepted.price = Micros{price_of_a_segment * accepted.segments};
    if (delivered) accepted.delivered = world_.clock.service_now();
    if (!group_.empty()) {
        for (const std::string& id : taken->ids) accepted.receipt_keys.push_back({group_, id});
    }
    co_return accepted;
}

SubmissionPtr Peer::take(const channel::Outbound& message, std::size_t handing) {
    const std::size_t segments = group_.empty() || world_.dice.chance(700) ? 1 : 2 + world_.dice.below(2);
    Submission taken{.group = group_, .number = message.number, .first = {message.reference, handing}, .ids = {}};
    for (std::size_t i = 0; i < segments; ++i) taken.ids.push_back(world_.new_id(group_, message.number));
    taken.first.parts = static_cast<unsigned>(segments);
    return std::make_shared<const Submission>(std::move(taken));
}

/// The same of each segment, now and then but for one.
void Peer::plan(const SubmissionPtr& taken, milliseconds after, bool delivered) {
    for (unsigned part = 0; part < taken->ids.size(); ++part) {
        const bool otherwise = taken->ids.size() > 1 && world_.dice.chance(world_.weather.receipt_odd / 2);
        const Notice notice{taken, part, delivered != otherwise};
        const milliseconds apart = part == 0 ? milliseconds(0) : world_.dice.between(milliseconds(0), seconds(2));
        world_.later(after + apart, [this, notice] { world_.tell(notice); });
    }
}

/// Receipts outlive the process: the peer sends them to the next.
void Peer::plan_receipts(const SubmissionPtr& taken, milliseconds answer_after) {
    Dice& dice = world_.dice;
    const auto soon = [&] { return answer_after + dice.between(milliseconds(1), seconds(20)); };
    if (!dice.chance(world_.weather.receipt_odd)) {
        if (dice.chance(800)) plan(taken, soon(), true);
        return;
    }
    switch (dice.below(6)) {
        case 0: return plan(taken, soon(), false);
        case 1:  // twice
            plan(taken, soon(), true);
            return plan(taken, soon(), true);
        case 2:  // one or the other, in any order
            plan(taken, soon(), true);
            return plan(taken, soon(), false);
        case 3:  // before the answer
            return plan(taken, dice.between(milliseconds(0), answer_after), dice.chance(700));
        case 4: return plan(taken, dice.between(seconds(60), std::chrono::hours(10)), dice.chance(500));
        default: plan(taken, soon(), false); return plan(taken, soon(), false);
    }
}

}  // namespace roger::sim
