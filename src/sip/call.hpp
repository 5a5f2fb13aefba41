// One call, on the agent's thread: an INVITE dialogue (RFC 3261 §12–15) over libre's transactions.
//
//   inviting ──2xx, ACK──▶ talking ──BYE──▶ leaving ──its answer──▶ gone
//      │ hang_up, no answer: CANCEL            ▲
//      └────▶ cancelling ──2xx came first──────┘
//                  └──487──▶ gone
//
// The sink hears `ended` when the subscriber cannot hear us any more; the rest is between us and the trunk.
#pragma once
#include <optional>

#include "sip/trunk.hpp"

namespace roger::sip {

class Call {
public:
    Call(Trunk& trunk, std::uint64_t id, CallRequest request, CallSink sink);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    void start();
    void hang_up(Ended how, std::string reason);
    void on_media(MediaEvent event);

    [[nodiscard]] bool is_of(const sip_msg& message) const;        ///< the same Call-ID
    [[nodiscard]] bool in_dialogue(const sip_msg& message) const;  ///< and the same tags
    void on_bye();
    /// A 2xx once more, or of another branch of a fork: is acknowledged, and the other branch hung up.
    void on_stray_answer(const sip_msg& response);

private:
    static constexpr int targets_max = 3;  ///< of those that DNS names
    enum class State : std::uint8_t { inviting, cancelling, talking, leaving, gone };

    [[nodiscard]] Result<void> prepare();
    [[nodiscard]] Result<void> begin_dialogue();
    [[nodiscard]] int invite();
    void watch_for_response();
    void on_no_response();
    void on_invite_answer(int error, const sip_msg* response);
    void on_final(const sip_msg& response);
    void answered(const sip_msg& response);
    [[nodiscard]] Ref<sip_dialog> branch_of(const sip_msg& response) const;
    [[nodiscard]] Result<void> talk(const sip_msg& response);
    int acknowledge(sip_dialog& dialogue, const sip_msg& response);
    void bye();
    void on_bye_answer(int error, const sip_msg* response);
    void end(Ended how, std::string reason);
    void gone();
    void tell(Progress progress);

    static int send_handler(sip_transp transport, const sa* from, const sa* to, mbuf* buffer, void* self);
    static int send_for_trunk(sip_transp transport, const sa* from, const sa* to, mbuf* buffer, void* trunk);

    Trunk& trunk_;
    std::uint64_t id_;
    CallRequest request_;
    CallSink sink_;
    State state_ = State::inviting;
    bool ended_ = false;  ///< the sink has been told
    bool rings_ = false;  ///< likewise
    std::string uri_;
    Offer offer_;
    RtpSocket socket_;
    std::optional<std::uint64_t> stream_;
    Authorization authorization_;
    int authorizations_left_ = 2;
    sa target_{};  ///< where the INVITE went to last
    int targets_left_ = targets_max;
    Ref<sip_dialog> origin_;         ///< of the INVITE: what each branch of a fork makes a dialogue of
    Ref<sip_dialog> dialogue_;       ///< with the branch that answered first
    SipRequest* pending_ = nullptr;  ///< libre's own, while it is under way
    tmr no_response_{};
    tmr too_long_{};  ///< until the answer, then until the end
};

}  // namespace roger::sip
