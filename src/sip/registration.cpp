#include "sip/registration.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace roger::sip {
namespace {

constexpr int authorizations = 2;  ///< a stale nonce, and its successor

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end == text.data()) return std::nullopt;
    return value;
}

/// For how long the registrar keeps us: of the Contact, else of the header, else as asked.
unsigned granted(const sip_msg& response, unsigned asked) {
    if (const sip_hdr* const contact = sip_msg_hdr(&response, SIP_HDR_CONTACT)) {
        constexpr std::string_view name = ";expires=";
        const std::string_view value = view(contact->val);
        if (const std::size_t at = value.find(name); at != std::string_view::npos) {
            if (const auto seconds = number(value.substr(at + name.size()))) return *seconds;
        }
    }
    return number(view(response.expires)).value_or(asked);
}

}  // namespace

Registration::Registration(Trunk& trunk) : trunk_(trunk), call_id_(random_word()), tag_(random_word()) {
    tmr_init(&again_);
}

Registration::~Registration() {
    tmr_cancel(&again_);
    mem_deref(pending_);
}

void Registration::stop() {
    tmr_cancel(&again_);
    send(0);
}

void Registration::send(unsigned expires) {
    pending_ = static_cast<SipRequest*>(mem_deref(pending_));
    asked_ = expires;
    authorizations_left_ = authorizations;
    on_answer(0, nullptr);
}

/// @param response  none: the first time
void Registration::on_answer(int error, const sip_msg* response) {
    if (error != 0) {
        trunk_.registered(false, fmt::format("REGISTER: {}", std::strerror(error)));
        return again_after(retry_s);
    }
    if (response != nullptr) {
        if (response->scode < 200) return;
        if (response->scode < 300) {
            trunk_.registered(asked_ > 0, "");
            if (asked_ > 0) again_after(std::max(granted(*response, asked_), expires_s_min) * 9 / 10);
            return;
        }
        const bool challenged = response->scode == 401 || response->scode == 407;
        if (!challenged || authorizations_left_-- <= 0 || !authorization_.take(*response)) {
            trunk_.registered(false, fmt::format("REGISTER was answered {}", response->scode));
            return again_after(retry_s);
        }
    }
    const std::string registrar = trunk_.uri_of("");
    const std::string self = trunk_.name_of(trunk_.options().user);
    const std::string rest = fmt::format(
        "To: <{0}>\r\nFrom: <{0}>;tag={1}\r\nCall-ID: {2}\r\nCSeq: {3} REGISTER\r\nExpires: {4}\r\n{5}"
        "Content-Length: 0\r\n\r\n",
        self, tag_, call_id_, ++sequence_, asked_, authorization_.line(trunk_.options(), "REGISTER", registrar));
    const int failed = sip_requestf(
        &pending_, trunk_.stack(), true, "REGISTER", registrar.c_str(), nullptr, nullptr,
        [](sip_transp transport, const sa* from, const sa* to, mbuf* buffer, void* registration) {
            return static_cast<Registration*>(registration)->trunk_.on_send(transport, *from, *to, *buffer);
        },
        [](int why, const sip_msg* message, void* registration) {
            static_cast<Registration*>(registration)->on_answer(why, message);
        },
        this, "%b", rest.data(), rest.size());
    if (failed != 0) {
        trunk_.registered(false, fmt::format("REGISTER could not be sent: {}", std::strerror(failed)));
        again_after(retry_s);
    }
}

void Registration::again_after(unsigned seconds) {
    if (asked_ == 0) return;  // withdrawn, or nearly so
    tmr_start(
        &again_, std::uint64_t{1000} * seconds, [](void* self) { static_cast<Registration*>(self)->send(expires_s); },
        this);
}

}  // namespace roger::sip
