// The clients: everything that the API lets people do, in any order, right and wrong.
#include "tests/sim/world.hpp"

namespace roger::sim {
namespace {

constexpr std::array accounts{"acme", "bolt"};

template <class Command>
void send(World& world, Command command, const AskPtr& ask, std::string_view words) {
    world.trace("client {} asks: {}", ask->account, words);
    world.oracle.asked(ask);
    command.reply = [&world, ask](const Result<typename Command::Answer>& answer) {
        world.oracle.answered(ask, answer);
        if (!answer) return world.trace("  answered: refused, {}", answer.error().detail);
        if constexpr (requires { answer->kind; }) {
            world.trace("  answered: start {}", static_cast<int>(answer->kind));
        } else {
            world.trace("  answered: verdict {}", static_cast<int>(answer->verdict));
        }
    };
    world.process->engine->submit(std::move(command));
}

Wishes wishes_of(Dice& dice) {
    Wishes wishes;
    wishes.workflow = static_cast<int>(dice.below(7)) + 1;
    constexpr std::array lives{60, 120, 240, 300, 900, 3600};
    constexpr std::array waits{60, 90, 120, 240, 900};
    if (dice.chance(400)) wishes.expiry = seconds(dice.pick(lives));
    if (dice.chance(400)) wishes.wait = seconds(dice.pick(waits));
    if (dice.chance(200)) wishes.caller_pin = fmt::format("own{:04}", dice.below(10'000));
    if (dice.chance(300)) wishes.idempotency_key = dice.chance(500) ? "k1" : "k2";
    if (dice.chance(200)) wishes.amount = "48.50";
    return wishes;
}

void start(World& world) {
    Dice& dice = world.dice;
    auto ask = std::make_shared<Ask>();
    ask->kind = Ask::Kind::start;
    ask->at = world.clock.service_now();
    ask->account = dice.pick(accounts);
    ask->number = fmt::format("44770090010{}", dice.below(3));
    ask->wishes = wishes_of(dice);
    const Wishes& wishes = ask->wishes;

    engine::Start command;
    command.draft.account = ask->account;
    command.draft.number = ask->number;
    command.draft.country = "GB";
    command.draft.brand = "Acme";
    command.draft.locale = "en-gb";
    command.draft.code_length = 10;  // so long that no code is right by chance
    command.draft.idempotency_key = wishes.idempotency_key;
    command.draft.price = price_of_a_success;
    constexpr Micros enough{price_of_a_segment * 16};
    command.draft.meter = verification::Meter{.sms = enough, .tts = enough};
    command.draft.plan =
        verification::make_plan(static_cast<std::uint8_t>(wishes.workflow), wishes.expiry, wishes.wait);
    if (!wishes.amount.empty()) command.draft.payment = verification::Payment{"Acme", wishes.amount};
    if (!wishes.caller_pin.empty()) command.caller_pin = verification::Pin::parse(wishes.caller_pin);
    command.random = dice.next();
    command.entropy = dice.next();
    const auto words =
        fmt::format("start {} workflow {} life {} wait {}{}", ask->number, wishes.workflow, wishes.pin_life().count(),
                    wishes.wait.value_or(seconds(0)).count(), wishes.caller_pin.empty() ? "" : " own PIN");
    send(world, std::move(command), ask, words);
}

/// The request's own id, or now and then one that is wrong in its secret half.
RequestId id_for(World& world, const Story& story, bool& exact) {
    verification::Vault vault(world.keyring);
    const auto parts = vault.open_id(*story.id);
    exact = !world.dice.chance(30);
    return exact ? *story.id : vault.id_of(verification::IdParts{parts.key, parts.random ^ 1U});
}

std::string code_for(World& world, const Story& story) {
    Dice& dice = world.dice;
    const auto kind = dice.below(10);
    if (!story.wishes.caller_pin.empty() && story.wishes.caller_pin != "?" && kind < 5) return story.wishes.caller_pin;
    std::vector<std::string> read;
    for (const SeenPin& pin : story.pins) {
        if (pin.on_phone) read.push_back(pin.text);
    }
    if (kind < 5 && !read.empty()) return read.back();
    if (kind < 7 && read.size() > 1) return read.front();
    if (kind == 7) {
        // What came for another request.
        const Story& other = world.oracle.story(dice.pick(world.oracle.known()));
        if (&other != &story && other.wishes.caller_pin.empty() && !other.pins.empty()) return other.pins.back().text;
    }
    return "wr0ng";
}

void check(World& world, const Story& story) {
    Dice& dice = world.dice;
    const std::string code = code_for(world, story);
    const auto times = dice.chance(150) ? 1 + dice.below(4) : 1;
    for (std::uint64_t i = 0; i < times; ++i) {
        auto ask = std::make_shared<Ask>();
        ask->kind = Ask::Kind::check;
        ask->at = world.clock.service_now();
        ask->key = story.key;
        ask->code = code;
        const bool own_account = !dice.chance(30);
        ask->account = own_account ? story.account : story.account == "acme" ? "bolt" : "acme";
        bool exact = true;
        engine::Check command{
            id_for(world, story, exact), ask->account, *verification::Pin::parse(code), dice.next(), {}};
        ask->owner = own_account && exact;
        send(world, std::move(command), ask, fmt::format("check {} code {}", story.key.value, code));
    }
}

void control(World& world, const Story& story) {
    Dice& dice = world.dice;
    auto ask = std::make_shared<Ask>();
    ask->kind = dice.chance(500) ? Ask::Kind::cancel : Ask::Kind::trigger;
    ask->at = world.clock.service_now();
    ask->key = story.key;
    ask->account = story.account;
    ask->lenient = ask->kind == Ask::Kind::cancel && dice.chance(400);
    bool exact = true;
    engine::Control command{id_for(world, story, exact), ask->account, verification::TriggerNext{}, {}};
    if (ask->kind == Ask::Kind::cancel) command.what = verification::Cancel{ask->lenient};
    ask->owner = exact;
    const std::string_view what = ask->kind == Ask::Kind::trigger ? "trigger"
                                  : ask->lenient                  ? "lenient cancel"
                                                                  : "cancel";
    send(world, std::move(command), ask, fmt::format("{} {}", what, story.key.value));
}

}  // namespace

void act(World& world, std::optional<RowKey> about) {
    const auto& known = world.oracle.known();
    Dice& dice = world.dice;
    if (!about && (known.empty() || dice.chance(300))) return start(world);
    if (!about) {
        const auto recent = std::min<std::size_t>(known.size(), 4);
        about = known[known.size() - 1 - dice.below(dice.chance(800) ? recent : known.size())];
    }
    const Story& story = world.oracle.story(*about);
    if (!story.id) return;
    const auto kind = dice.below(10);
    if (kind < 7) check(world, story);
    if (kind >= 6) control(world, story);  // now and then both at once
}

}  // namespace roger::sim
