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

Micros messages_price(const Request& row) {
    Micros sum;
    for (const Event& event : row.events) sum += event.price;
    return sum;
}

}  // namespace roger::verification
