#include "verification/workflow.hpp"

#include <array>

#include "base/assert.hpp"

namespace roger::verification {
namespace {

struct Workflow {
    std::array<Channel, events_max> channels;
    std::array<int, events_max> waits;  ///< seconds; 0: as long as the PIN lives
    std::size_t events;
};

constexpr auto sms = Channel::sms;
constexpr auto tts = Channel::tts;
constexpr std::array<Workflow, 7> workflows{{
    {{sms, tts, tts}, {125, 180, 300}, 3},
    {{sms, sms, tts}, {125, 180, 300}, 3},
    {{tts, tts}, {150, 150}, 2},
    {{sms, sms}, {120, 180}, 2},
    {{sms, tts}, {120, 180}, 2},
    {{sms}, {0}, 1},
    {{tts}, {0}, 1},
}};

const Workflow& workflow(const Plan& plan) {
    ROGER_ASSERT(plan.workflow_id >= 1 && plan.workflow_id <= workflows.size(), "checked where the plan was made");
    return workflows[plan.workflow_id - 1U];
}

}  // namespace

Plan make_plan(std::uint8_t workflow_id, std::optional<seconds> pin_expiry, std::optional<seconds> next_event_wait) {
    Plan plan{.workflow_id = workflow_id,
              .pin_expiry = pin_expiry.value_or(pin_expiry_default),
              .next_event_wait = next_event_wait};
    if (next_event_wait) {
        const bool mismatch =
            pin_expiry ? plan.pin_expiry % *next_event_wait != seconds{0} : *next_event_wait > pin_expiry_default;
        if (mismatch) plan.pin_expiry = *next_event_wait;
    }
    return plan;
}

std::span<const Channel> channels(const Plan& plan) {
    const Workflow& w = workflow(plan);
    return std::span(w.channels).first(w.events);
}

seconds wait_after(const Plan& plan, std::size_t index) {
    const Workflow& w = workflow(plan);
    ROGER_ASSERT(index < w.events, "only events of the plan have a wait");
    if (w.waits[index] == 0) return plan.pin_expiry;
    return plan.next_event_wait.value_or(seconds{w.waits[index]});
}

}  // namespace roger::verification
