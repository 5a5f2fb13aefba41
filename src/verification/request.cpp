#include "verification/request.hpp"

namespace roger::verification {

std::string_view to_string(Status status) noexcept {
    switch (status) {
        case Status::in_progress: return "in_progress";
        case Status::success: return "success";
        case Status::failed: return "failed";
        case Status::expired: return "expired";
        case Status::cancelled: return "cancelled";
    }
    return "unknown";
}

std::string_view to_string(EventState state) noexcept {
    switch (state) {
        case EventState::sending: return "sending";
        case EventState::submitted: return "submitted";
        case EventState::delivered: return "delivered";
        case EventState::failed: return "failed";
    }
    return "unknown";
}

namespace {

/// What a peer says of a message may name its number, in whatever form.
bool may_hold_number(std::string_view text) {
    constexpr std::size_t digits_min = 6;
    std::size_t run = 0;
    for (const char c : text) {
        run = c >= '0' && c <= '9' ? run + 1 : 0;
        if (run >= digits_min) return true;
    }
    return false;
}

}  // namespace

void blank(Request& row) {
    for (std::string* text : {&row.number, &row.brand, &row.idempotency_key}) text->clear();
    row.payment.reset();
    row.sealed_pin.clear();
    for (Check& check : row.checks) check.sealed_code.clear();
    for (Event& event : row.events) {
        event.peer_ids.clear();
        if (may_hold_number(event.reason)) event.reason.clear();
    }
}

Micros messages_price(const Request& row) {
    Micros sum;
    for (const Event& event : row.events) sum += event.price;
    return sum;
}

}  // namespace roger::verification
