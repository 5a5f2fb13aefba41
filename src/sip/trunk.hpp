// One trunk, and the calls over it, on the agent's thread. Not for other rooms: it is made of libre's objects.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sip/agent.hpp"
#include "sip/digest.hpp"
#include "sip/libre.hpp"

namespace roger::sip {

class Call;
class Registration;
class Trunk;

/// @return nullptr without servers
[[nodiscard]] Ref<dnsc> make_resolver(std::span<const sa> servers);

/// What a trunk needs of the agent.
struct Surroundings {
    dnsc* resolver;  ///< the system's; nullptr: no nameserver is known, hosts must be addresses
    Media& media;
    /// Into the mailbox: runs on the agent's thread unless the trunk is gone by then. Any thread.
    std::function<void(std::function<void(Trunk&)>)> post;
};

/// 64 random bits as hexadecimal digits.
[[nodiscard]] std::string random_word();

/// The challenges answered so far by one sequence of requests.
class Authorization {
public:
    /// Takes the challenges of a 401 or 407.
    /// @return false when they cannot be answered, or were and the answer was not taken
    [[nodiscard]] bool take(const sip_msg& refusal);
    /// The header line for a request, or "" while nobody has asked.
    [[nodiscard]] std::string line(const TrunkOptions& options, std::string_view method, std::string_view uri);

private:
    std::optional<Challenge> challenge_;
    std::uint32_t count_ = 0;  ///< answers to the nonce
};

class Trunk {
public:
    /// What is given outlives the trunk.
    Trunk(const Surroundings& surroundings, TrunkOptions options, TrunkSink sink);
    ~Trunk();
    Trunk(const Trunk&) = delete;
    Trunk& operator=(const Trunk&) = delete;

    void place(std::uint64_t id, CallRequest request, CallSink sink);
    /// @return whether there is such a call
    bool hang_up(std::uint64_t id);
    void media_event(std::uint64_t id, MediaEvent event);
    /// Ends everything that can be heard; answers to the last requests still come in.
    void close();
    /// Closed, and nothing is to be heard any more.
    [[nodiscard]] bool quiet() const;

    // For its calls and its registration:
    [[nodiscard]] const TrunkOptions& options() const noexcept { return options_; }
    [[nodiscard]] SipStack* stack() const noexcept { return stack_.get(); }
    [[nodiscard]] const Surroundings& surroundings() const noexcept { return surroundings_; }
    [[nodiscard]] RtpPorts& ports() noexcept { return *ports_; }
    [[nodiscard]] const std::string& media_address() const noexcept { return media_address_; }
    /// "sip:USER@HOST:PORT;transport=tls"; without user the host's alone.
    [[nodiscard]] std::string uri_of(std::string_view user) const;
    /// The same without parameters: for headers that name somebody.
    [[nodiscard]] std::string name_of(std::string_view user) const;
    void registered(bool done, const std::string& reason);
    /// An address that does not answer is passed over for half a minute where DNS names another one.
    /// @return whether there may be another one
    [[nodiscard]] bool pass_over(const sa& silent);
    [[nodiscard]] bool is_passed_over(const sa& address) const;
    /// None is left, so all may be tried again.
    void pass_over_none() { silent_.clear(); }
    /// Deletes the call, later.
    void forget(std::uint64_t id);
    /// What libre calls for each request as it leaves: notes where to, and says where we are.
    int on_send(sip_transp transport, const sa& from, const sa& to, mbuf& buffer);

private:
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> find_nameservers();
    [[nodiscard]] Result<void> open_transports(const sa& local);
    [[nodiscard]] Result<sa> local_address() const;
    void filter_datagrams(const sa& local);
    [[nodiscard]] bool hears(const sa& from) const;
    [[nodiscard]] Call* find(const sip_msg& message);
    bool on_request(const sip_msg& request);
    bool on_response(const sip_msg& response);
    void reply(const sip_msg& request, std::uint16_t status, const char* reason);

    Surroundings surroundings_;
    TrunkOptions options_;
    TrunkSink sink_;
    std::string media_address_;
    std::string probe_;  ///< Call-ID of the message that we send to ourselves
    std::optional<RtpPorts> ports_;
    Ref<dnsc> resolver_;     ///< its own, when it has servers of its own
    std::vector<sa> known_;  ///< the trunk's addresses, as far as requests went there
    struct Silent {
        sa address;
        std::uint64_t until;  ///< libre's clock
    };
    std::vector<Silent> silent_;
    Ref<SipStack> stack_;
    sip_lsnr* requests_ = nullptr;  ///< libre keeps the addresses of these two, and clears what is there
    sip_lsnr* responses_ = nullptr;
    Ref<udp_helper> filter_;
    std::unique_ptr<Registration> registration_;
    std::map<std::uint64_t, std::unique_ptr<Call>> calls_;
    bool usable_ = false;
    bool closing_ = false;
};

/// A context for TLS that checks certificate and name. libre 1.1.0 checks neither by itself.
[[nodiscard]] Result<Ref<tls>> make_tls(const TrunkOptions& options);

}  // namespace roger::sip
