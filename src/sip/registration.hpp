// Keeps us registered with a trunk that wants it (RFC 3261 §10), on the agent's thread.
#pragma once
#include "sip/trunk.hpp"

namespace roger::sip {

class Registration {
public:
    static constexpr unsigned expires_s = 600;  ///< asked for; the registrar decides
    static constexpr unsigned retry_s = 30;     ///< after a failure
    static constexpr unsigned expires_s_min = 30;

    explicit Registration(Trunk& trunk);
    ~Registration();
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

    void start() { send(expires_s); }
    /// Withdraws it.
    void stop();
    /// After stop(): nobody waits for an answer.
    [[nodiscard]] bool withdrawn() const noexcept { return asked_ == 0 && pending_ == nullptr; }

private:
    void send(unsigned expires);
    void on_answer(int error, const sip_msg* response);
    void again_after(unsigned seconds);

    Trunk& trunk_;
    std::string call_id_;
    std::string tag_;
    std::uint32_t sequence_ = 0;
    Authorization authorization_;
    int authorizations_left_ = 0;
    unsigned asked_ = 0;
    SipRequest* pending_ = nullptr;
    tmr again_{};
};

}  // namespace roger::sip
