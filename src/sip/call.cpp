#include "sip/call.hpp"

#include <cstring>

#include <fmt/format.h>

#include "base/crypto.hpp"
#include "observe/log.hpp"
#include "sip/text.hpp"

namespace roger::sip {
namespace {

/// "486 Busy Here": a peer's words, cut and without what does not belong into a log.
std::string words_of(const sip_msg& response) {
    std::string words(view(response.reason).substr(0, 60));
    for (char& c : words) {
        if (c < ' ' || c == '\x7f' || (c >= '0' && c <= '9')) c = '.';  // some name the number there
    }
    return fmt::format("{} {}", response.scode, words);
}

std::optional<unsigned> cause_of(const sip_msg& response) {
    const sip_hdr* const reason = sip_msg_hdr(&response, SIP_HDR_REASON);
    return reason == nullptr ? std::nullopt : read_q850(view(reason->val));
}

Codes encode(const std::shared_ptr<const voice::Audio>& audio, voice::G711 law) {
    return audio == nullptr ? Codes{} : voice::encode(law, audio->samples);
}

}  // namespace

Call::Call(Trunk& trunk, std::uint64_t id, CallRequest request, CallSink sink)
    : trunk_(trunk), id_(id), request_(std::move(request)), sink_(std::move(sink)) {
    tmr_init(&no_response_);
    tmr_init(&too_long_);
}

Call::~Call() {
    tmr_cancel(&no_response_);
    tmr_cancel(&too_long_);
    if (stream_) trunk_.surroundings().media.remove(*stream_);
    mem_deref(pending_);
    wipe(std::as_writable_bytes(std::span(offer_.key)));
}

/// @return an error where libre is to take the next address
int Call::send_handler(sip_transp transport, const sa* from, const sa* to, mbuf* buffer, void* self) {
    Call& call = *static_cast<Call*>(self);
    if (call.state_ == State::inviting) {
        if (call.trunk_.is_passed_over(*to)) return EHOSTUNREACH;
        call.target_ = *to;
    }
    return call.trunk_.on_send(transport, *from, *to, *buffer);
}

int Call::send_for_trunk(sip_transp transport, const sa* from, const sa* to, mbuf* buffer, void* trunk) {
    return static_cast<Trunk*>(trunk)->on_send(transport, *from, *to, *buffer);
}

void Call::start() {
    if (const auto prepared = prepare(); !prepared) {
        end(Ended::trunk_failed, prepared.error().detail);
        return gone();
    }
    const TrunkOptions& options = trunk_.options();
    watch_for_response();
    tmr_start(
        &too_long_, static_cast<std::uint64_t>(options.answer_max.count()),
        [](void* self) { static_cast<Call*>(self)->hang_up(Ended::no_answer, "nobody answered"); }, this);
    if (const int error = invite(); error != 0) {
        end(Ended::trunk_failed, fmt::format("INVITE could not be sent: {}", std::strerror(error)));
        gone();
    }
}

void Call::watch_for_response() {
    tmr_start(
        &no_response_, static_cast<std::uint64_t>(trunk_.options().no_response_max.count()),
        [](void* self) { static_cast<Call*>(self)->on_no_response(); }, this);
}

/// The next address of those that DNS names (RFC 3263 §4.3), for libre itself waits half a minute for each.
void Call::on_no_response() {
    if (--targets_left_ == 0 || !trunk_.pass_over(target_)) {
        return hang_up(Ended::no_response, "no answer to INVITE");
    }
    // Without an owner it is cancelled as soon as it is answered; under another Call-ID it is no branch of what
    // follows.
    pending_ = static_cast<SipRequest*>(mem_deref(pending_));
    watch_for_response();
    if (begin_dialogue() && invite() == 0) return;
    trunk_.pass_over_none();
    end(Ended::no_response, "no answer to INVITE");
    gone();
}

Result<void> Call::prepare() {
    auto socket = trunk_.ports().take();
    if (!socket) return tl::unexpected<Error>(socket.error());
    socket_ = std::move(*socket);
    const TrunkOptions& options = trunk_.options();
    offer_ = {.address = trunk_.media_address(),
              .port = socket_.port(),
              .codecs = options.codecs,
              .session = rand_u64() >> 1U,
              .srtp = options.srtp};
    if (offer_.srtp != SrtpMode::off) rand_bytes(offer_.key.data(), offer_.key.size());
    uri_ = trunk_.uri_of(request_.number);
    return begin_dialogue();
}

Result<void> Call::begin_dialogue() {
    const std::string& shown = request_.caller_id.empty() ? trunk_.options().user : request_.caller_id;
    const std::string from = trunk_.name_of(shown.empty() ? "anonymous" : shown);
    sip_dialog* made = nullptr;
    const int error = sip_dialog_alloc(&made, uri_.c_str(), trunk_.name_of(request_.number).c_str(), nullptr,
                                       from.c_str(), nullptr, 0);
    if (error != 0) return fail(Errc::unavailable, fmt::format("no dialogue: {}", std::strerror(error)));
    origin_.reset(made);
    return {};
}

int Call::invite() {
    const std::string sdp = write_offer(offer_);
    std::string rest = authorization_.line(trunk_.options(), "INVITE", uri_);
    if (!request_.caller_id.empty()) {
        rest += fmt::format("P-Asserted-Identity: <{}>\r\n", trunk_.name_of(request_.caller_id));
    }
    rest +=
        fmt::format("{}Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}", allow_header, sdp.size(), sdp);
    return sip_drequestf(
        &pending_, trunk_.stack(), true, "INVITE", origin_.get(), 0, nullptr, send_handler,
        [](int error, const sip_msg* response, void* self) {
            static_cast<Call*>(self)->on_invite_answer(error, response);
        },
        this, "%b", rest.data(), rest.size());
}

void Call::on_invite_answer(int error, const sip_msg* response) {
    if (error != 0 || response == nullptr) {
        trunk_.pass_over_none();
        if (targets_left_ < targets_max) {
            end(Ended::no_response, "no answer to INVITE");
        } else {
            end(Ended::trunk_failed, fmt::format("no way to the trunk: {}", std::strerror(error)));
        }
        return gone();
    }
    tmr_cancel(&no_response_);
    if (response->scode >= 200) return response->scode < 300 ? answered(*response) : on_final(*response);
    if (state_ != State::inviting) return;
    if (response->scode == 100) return tell(Progress::trying);
    if (!rings_) tell(Progress::ringing);
    rings_ = true;
}

void Call::on_final(const sip_msg& response) {
    if (state_ == State::cancelling) return gone();
    const bool challenged = response.scode == 401 || response.scode == 407;
    if (challenged && authorizations_left_-- > 0 && authorization_.take(response)) {
        if (invite() == 0) return;
    }
    const Ended how = challenged ? Ended::misconfigured : outcome_of(response.scode, cause_of(response));
    end(how, words_of(response));
    gone();
}

void Call::answered(const sip_msg& response) {
    tmr_cancel(&too_long_);
    const bool too_late = state_ == State::cancelling;
    dialogue_ = branch_of(response);
    if (!dialogue_) {
        // Without Contact or tag there is nobody to send ACK or BYE to.
        end(Ended::trunk_failed, "an answer that makes no dialogue");
        return gone();
    }
    (void)acknowledge(*dialogue_, response);
    state_ = State::talking;
    if (too_late) return bye();
    tell(Progress::answered);
    if (const auto talks = talk(response); !talks) {
        end(Ended::misconfigured, talks.error().detail);
        return bye();
    }
    tmr_start(
        &too_long_, static_cast<std::uint64_t>(trunk_.options().call_max.count()),
        [](void* self) { static_cast<Call*>(self)->hang_up(Ended::completed, "the call became too long"); }, this);
}

/// @return nullptr when the answer names nobody to speak with
Ref<sip_dialog> Call::branch_of(const sip_msg& response) const {
    sip_dialog* made = nullptr;
    return Ref<sip_dialog>(sip_dialog_fork(&made, origin_.get(), &response) == 0 ? made : nullptr);
}

Result<void> Call::talk(const sip_msg& response) {
    const std::string_view body(reinterpret_cast<const char*>(mbuf_buf(response.mb)), mbuf_get_left(response.mb));
    auto answer = read_answer(body, offer_);
    if (!answer) return tl::unexpected<Error>(answer.error());
    const voice::G711 law = answer->codec;
    MediaStream stream;
    stream.socket = std::move(socket_);
    if (answer->key) stream.own_key = SrtpKey{.value = offer_.key, .short_tag = answer->key->short_tag};
    stream.answer = std::move(*answer);
    stream.plan = {.law = law,
                   .message = encode(request_.message, law),
                   .pin_spoken_at = request_.message->pin_spoken_at,
                   .repeat = request_.repeat,
                   .prompt = encode(request_.prompt, law)};
    stream.source = rand_u32();
    stream.sequence = static_cast<std::uint16_t>(rand_u32());
    stream.timestamp = rand_u32();
    // The sound holds the PIN: from here on only the stream has it.
    request_.message.reset();
    request_.prompt.reset();
    stream.sink = [post = trunk_.surroundings().post, id = id_](MediaEvent event) {
        post([id, event](Trunk& trunk) { trunk.media_event(id, event); });
    };
    stream_ = trunk_.surroundings().media.add(std::move(stream));
    return {};
}

void Call::on_media(MediaEvent event) {
    if (state_ != State::talking) return;
    switch (event) {
        case MediaEvent::pin_spoken: return tell(Progress::pin_spoken);
        case MediaEvent::over: return hang_up(Ended::completed, "");
        case MediaEvent::no_key: return hang_up(Ended::no_key, "no key was pressed");
    }
}

int Call::acknowledge(sip_dialog& dialogue, const sip_msg& response) {
    return sip_drequestf(nullptr, trunk_.stack(), false, "ACK", &dialogue, response.cseq.num, nullptr, send_for_trunk,
                         nullptr, &trunk_, "Content-Length: 0\r\n\r\n");
}

void Call::hang_up(Ended how, std::string reason) {
    switch (state_) {
        case State::inviting:
            tmr_cancel(&no_response_);
            tmr_cancel(&too_long_);
            state_ = State::cancelling;
            // Before the first answer CANCEL must wait for one (RFC 3261 §9.1); libre does.
            sip_request_cancel(pending_);
            return end(how, std::move(reason));
        case State::talking: end(how, std::move(reason)); return bye();
        case State::cancelling:
        case State::leaving:
        case State::gone: return;
    }
}

void Call::bye() {
    tmr_cancel(&too_long_);
    if (stream_) trunk_.surroundings().media.remove(*stream_);
    stream_.reset();
    state_ = State::leaving;
    const std::string rest = authorization_.line(trunk_.options(), "BYE", uri_) + "Content-Length: 0\r\n\r\n";
    const int error = sip_drequestf(
        &pending_, trunk_.stack(), true, "BYE", dialogue_.get(), 0, nullptr, send_handler,
        [](int failed, const sip_msg* response, void* self) {
            static_cast<Call*>(self)->on_bye_answer(failed, response);
        },
        this, "%b", rest.data(), rest.size());
    if (error != 0) gone();
}

void Call::on_bye_answer(int error, const sip_msg* response) {
    if (error == 0 && response != nullptr) {
        if (response->scode < 200) return;
        const bool challenged = response->scode == 401 || response->scode == 407;
        if (challenged && authorizations_left_-- > 0 && authorization_.take(*response)) return bye();
    }
    gone();
}

bool Call::is_of(const sip_msg& message) const {
    const char* const ours = origin_ ? sip_dialog_callid(origin_.get()) : nullptr;
    return ours != nullptr && view(message.callid) == ours;
}

bool Call::in_dialogue(const sip_msg& message) const { return dialogue_ && sip_dialog_cmp(dialogue_.get(), &message); }

void Call::on_bye() {
    if (state_ != State::talking) return;
    end(Ended::hung_up, "the other side hung up");
    gone();
}

void Call::on_stray_answer(const sip_msg& response) {
    if (state_ == State::inviting || state_ == State::cancelling) return;
    if (in_dialogue(response)) {
        (void)acknowledge(*dialogue_, response);
        return;
    }
    const auto other = branch_of(response);
    if (!other) return;
    (void)acknowledge(*other, response);
    (void)sip_drequestf(nullptr, trunk_.stack(), true, "BYE", other.get(), 0, nullptr, send_for_trunk, nullptr, &trunk_,
                        "Content-Length: 0\r\n\r\n");
}

void Call::tell(Progress progress) {
    if (!ended_) sink_({.progress = progress, .reason = {}});
}

void Call::end(Ended how, std::string reason) {
    if (ended_) return;
    ended_ = true;
    sink_({.progress = Progress::ended, .how = how, .reason = std::move(reason)});
}

void Call::gone() {
    state_ = State::gone;
    tmr_cancel(&no_response_);
    tmr_cancel(&too_long_);
    if (stream_) trunk_.surroundings().media.remove(*stream_);
    stream_.reset();
    trunk_.forget(id_);
}

}  // namespace roger::sip
