// Verification requests for tests: a usual one, the fullest that the API admits, and arbitrary ones.
#pragma once
#include <string>

#include <rapidcheck.h>

#include "verification/request.hpp"

namespace roger::testing_support {

using verification::Check;
using verification::Event;
using verification::EventState;
using verification::Request;
using verification::RowKey;
using verification::Status;

/// A request in progress whose first SMS is being sent, as a start leaves it.
inline Request usual_request(RowKey key, std::string account, std::string number) {
    Request row;
    row.key = key;
    row.random = 0x0123'4567'89AB'CDEFU ^ static_cast<std::uint64_t>(key.value);
    row.account = std::move(account);
    row.number = std::move(number);
    row.country = "GB";
    row.network = "23415";
    row.number_type = numbering::NumberType::mobile;
    row.brand = "Acme Market";
    row.locale = "en-gb";
    row.kid = 1;
    row.submitted = verification::made_at(key) + milliseconds(3);
    row.pin_made = row.submitted;
    row.due = row.submitted + seconds(125);
    row.price = Micros{100'000};
    Event event;
    event.pin_minutes = 5;
    event.begun = row.submitted;
    event.claimed = row.submitted;
    event.lease_until = row.submitted + seconds(10);
    row.events.push_back(event);
    return row;
}

/// The same after the peer took the message, the handset got it and the PIN came back right.
inline Request ended_request(RowKey key, std::string account, std::string number) {
    Request row = usual_request(key, std::move(account), std::move(number));
    Event& event = row.events.front();
    event.state = EventState::delivered;
    event.segments = 1;
    event.handed_over = event.begun + milliseconds(40);
    event.receipted = event.begun + seconds(4);
    event.route = "smsc-a";
    event.peer_ids = {"5f3a9c01"};
    event.price = Micros{35'000};
    row.checks.push_back(Check{.at = row.submitted + seconds(20), .sealed_code = Bytes(44), .valid = true});
    row.status = Status::success;
    row.finalized = row.submitted + seconds(20);
    row.due.reset();
    return row;
}

/// Every text as long as the API and the configuration admit, every list full.
inline Request fullest_request(RowKey key) {
    Request row = usual_request(key, std::string(32, 'a'), std::string(15, '9'));
    for (int i = 0; i < 18; ++i) row.brand += "\U0001D11E";  // 18 code points of 4 bytes
    row.brand.erase(0, row.brand.size() - 72);
    row.payment = verification::Payment{.payee = row.brand, .amount = "999999999.99"};
    row.sender = std::string(15, '1');
    row.idempotency_key = std::string(64, 'k');
    row.domain = std::string(100, 'd');
    row.sms_template = row.tts_template = UINT32_MAX;
    row.sealed_pin = Bytes(50);
    row.caller_pin = true;
    row.plan = {.workflow_id = 1, .pin_expiry = seconds(3600), .next_event_wait = seconds(900)};
    row.kid = UINT16_MAX;
    row.finalized = row.submitted + seconds(4000);
    row.events.resize(verification::events_max, row.events.front());
    int made = 0;
    for (Event& event : row.events) {
        event.state = EventState::failed;
        event.node = 1023;
        event.begun = row.submitted + seconds(900) * made;
        event.claimed = event.begun + seconds(60);
        event.lease_until = event.claimed + seconds(10);
        event.handed_over = event.begun + seconds(61);
        event.receipted = event.begun + std::chrono::hours(72);
        event.route = "carrier-number-three";
        event.tried = {"carrier-number-one-a", "carrier-number-two-b", "carrier-number-three"};
        event.reason = "no route left for this number";
        for (int part = 0; part < 3; ++part)
            event.peer_ids.push_back("0123456789abcde" + std::to_string(made * 3 + part));
        event.price = Micros{9'999'999};
        event.open = 7;
        event.parts_delivered = (std::uint64_t{1} << 48U) - 1;
        ++made;
    }
    for (int i = 0; i < 8; ++i)
        row.checks.push_back(Check{.at = row.submitted + seconds(3000 + i), .sealed_code = Bytes(50)});
    return row;
}

namespace detail {

template <class T>
rc::Gen<T> enumerator(int last) {
    return rc::gen::map(rc::gen::inRange(0, last + 1), [](int value) { return static_cast<T>(value); });
}
inline rc::Gen<TimePoint> time() {
    return rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                        [](std::int64_t ms) { return TimePoint(milliseconds(ms)); });
}
inline rc::Gen<Bytes> bytes() { return rc::gen::container<Bytes>(enumerator<std::byte>(255)); }
template <class T>
std::optional<T> maybe(const rc::Gen<T>& gen) {
    return *rc::gen::arbitrary<bool>() ? std::optional<T>(*gen) : std::nullopt;
}
template <class T>
T any() {
    return *rc::gen::arbitrary<T>();
}

inline Event event() {
    Event event;
    event.channel = *enumerator<verification::Channel>(1);
    event.state = *enumerator<EventState>(3);
    event.attempt = any<std::uint8_t>();
    event.generation = any<std::uint8_t>();
    event.pin_minutes = any<std::uint8_t>();
    event.segments = any<std::uint8_t>();
    event.node = any<std::uint16_t>();
    event.ambiguous = any<bool>();
    event.begun = *time();
    event.claimed = *time();
    event.lease_until = *time();
    event.handed_over = maybe(time());
    event.receipted = maybe(time());
    event.route = any<std::string>();
    event.tried = any<std::vector<std::string>>();
    event.reason = any<std::string>();
    event.peer_ids = any<std::vector<std::string>>();
    event.price = Micros{any<std::int64_t>()};
    event.open = any<std::uint8_t>();
    event.parts_delivered = any<std::uint64_t>();
    return event;
}

}  // namespace detail

/// Any request that the store can keep: nothing in it need make sense. To be called inside a property.
inline Request any_request() {
    using namespace detail;
    Request row;
    row.key = RowKey{any<std::int64_t>()};
    row.random = any<std::uint64_t>();
    for (std::string* text : {&row.account, &row.number, &row.country, &row.network, &row.brand, &row.sender,
                              &row.locale, &row.idempotency_key, &row.currency, &row.app_hash, &row.domain}) {
        *text = any<std::string>();
    }
    row.sms_template = any<std::uint32_t>();
    row.tts_template = any<std::uint32_t>();
    row.number_type = *enumerator<numbering::NumberType>(11);
    if (any<bool>()) {
        row.payment =
            verification::Payment{.payee = any<bool>() ? row.brand : any<std::string>(), .amount = any<std::string>()};
    }
    row.voice = *enumerator<verification::Voice>(1);
    row.plan.workflow_id = any<std::uint8_t>();
    row.plan.pin_expiry = seconds(any<std::int64_t>());
    if (any<bool>()) row.plan.next_event_wait = seconds(any<std::int64_t>());
    row.code_length = any<std::uint8_t>();
    row.kid = any<std::uint16_t>();
    row.generation = any<std::uint8_t>();
    row.pin_made = *time();
    row.sealed_pin = *bytes();
    row.caller_pin = any<bool>();
    row.wrong_checks = any<std::uint8_t>();
    row.status = *enumerator<Status>(4);
    row.submitted = *time();
    row.finalized = maybe(time());
    row.due = maybe(time());
    row.price = Micros{any<std::int64_t>()};
    row.events.resize(*rc::gen::inRange<std::size_t>(0, verification::events_max + 1));
    for (Event& each : row.events) each = event();
    row.checks.resize(*rc::gen::inRange<std::size_t>(0, 9));
    for (Check& check : row.checks) check = Check{*time(), *bytes(), any<bool>()};
    return row;
}

}  // namespace roger::testing_support
