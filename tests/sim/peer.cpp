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
    if (reach == Reach::phone) plan_receipts(reference, answer_after);
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
    world_.oracle.accepted_in_time(reference, handing);
    accepted.peer_ids = {"p"};
    accepted.price = Micros{10};
    if (delivered) accepted.delivered = world_.clock.service_now();
    co_return accepted;
}

/// Receipts outlive the process: the peer sends them to the next.
void Peer::plan_receipts(const channel::Reference& reference, milliseconds answer_after) {
    Dice& dice = world_.dice;
    const auto plan = [&](milliseconds after, bool delivered) {
        world_.later(after, [this, reference, delivered] {
            world_.receipt({reference, delivered, delivered ? "" : "UNDELIV"});
        });
    };
    const auto soon = [&] { return answer_after + dice.between(milliseconds(1), seconds(20)); };
    if (!dice.chance(world_.weather.receipt_odd)) {
        if (dice.chance(800)) plan(soon(), true);
        return;
    }
    switch (dice.below(6)) {
        case 0: return plan(soon(), false);
        case 1:  // twice
            plan(soon(), true);
            return plan(soon(), true);
        case 2:  // one or the other, in any order
            plan(soon(), true);
            return plan(soon(), false);
        case 3:  // before the answer
            return plan(dice.between(milliseconds(0), answer_after), dice.chance(700));
        case 4: return plan(dice.between(seconds(60), std::chrono::hours(10)), dice.chance(500));
        default: plan(soon(), false); return plan(soon(), false);
    }
}

}  // namespace roger::sim
