#include "sip/trunk.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "base/assert.hpp"
#include "observe/log.hpp"
#include "sip/call.hpp"
#include "sip/registration.hpp"
#include "sip/text.hpp"

namespace roger::sip {
namespace {

constexpr std::uint32_t transactions = 1024;  ///< buckets, a power of two: for as many calls
constexpr std::size_t known_max = 32;         ///< addresses of one trunk; over it the oldest is forgotten
constexpr std::uint64_t silent_ms = 30'000;   ///< for so long an address that did not answer is passed over

std::string text_of(const sa& address) {
    std::array<char, 64> text{};
    return sa_ntop(&address, text.data(), static_cast<int>(text.size())) == 0 ? text.data() : "";
}

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

sip_transp libre_of(Transport transport) {
    switch (transport) {
        case Transport::udp: return SIP_TRANSP_UDP;
        case Transport::tcp: return SIP_TRANSP_TCP;
        case Transport::tls: return SIP_TRANSP_TLS;
    }
    return SIP_TRANSP_UDP;
}

/// The address that datagrams to `there` leave from: a connected socket knows.
bool source_towards(const sa& there, sa& source) {
    const int descriptor = ::socket(sa_af(&there), SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return false;
    sockaddr_storage own{};
    socklen_t size = sizeof(own);
    const bool found = ::connect(descriptor, &there.u.sa, there.len) == 0 &&
                       ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
                       sa_set_sa(&source, reinterpret_cast<const sockaddr*>(&own)) == 0;
    ::close(descriptor);
    return found;
}

tl::unexpected<Error> libre_failed(const std::string& what, int error) {
    return fail(Errc::unavailable, fmt::format("{}: {}", what, std::strerror(error)));
}

}  // namespace

std::string random_word() {
    std::array<std::byte, 8> bytes{};
    const int done = RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    ROGER_ASSERT(done == 1, "OpenSSL has a source of randomness, or nothing here works");
    return to_hex(bytes);
}

bool Authorization::take(const sip_msg& refusal) {
    const bool proxy = refusal.scode == 407;
    std::vector<Challenge> challenges;
    (void)sip_msg_hdr_apply(
        &refusal, true, proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE,
        [](const sip_hdr* header, const sip_msg*, void* found) {
            if (auto challenge = read_challenge(view(header->val))) {
                static_cast<std::vector<Challenge>*>(found)->push_back(std::move(*challenge));
            }
            return false;
        },
        &challenges);
    const Challenge* const best = best_of(challenges);
    if (best == nullptr) return false;
    // The same nonce again: it was the password that was wrong.
    if (challenge_ && challenge_->nonce == best->nonce && !best->stale) return false;
    challenge_ = *best;
    challenge_->proxy = proxy;
    count_ = 0;
    return true;
}

std::string Authorization::line(const TrunkOptions& options, std::string_view method, std::string_view uri) {
    if (!challenge_) return "";
    const std::string own_nonce = random_word();
    return answer(*challenge_, options.user, options.password,
                  {.method = method, .uri = uri, .count = ++count_, .own_nonce = own_nonce});
}

Trunk::Trunk(const Surroundings& surroundings, TrunkOptions options, TrunkSink sink)
    : surroundings_(surroundings), options_(std::move(options)), sink_(std::move(sink)) {
    if (const auto opened = open(); !opened) {
        sink_(false, opened.error().detail);
    } else if (options_.registers) {
        registration_ = std::make_unique<Registration>(*this);
        registration_->start();
    } else {
        usable_ = true;
        sink_(true, "");
    }
}

Trunk::~Trunk() {
    calls_.clear();
    registration_.reset();
    filter_.reset();
    mem_deref(requests_);
    mem_deref(responses_);
    if (stack_) sip_close(stack_.get(), true);
}

Result<sa> Trunk::local_address() const {
    sa local{};
    if (!options_.bind_address.empty()) {
        if (sa_set_str(&local, options_.bind_address.c_str(), options_.bind_port) == 0) return local;
        return fail(Errc::invalid_argument, "network.bind is no address");
    }
    sa there{};
    const bool literal = sa_set_str(&there, options_.host.c_str(), SIP_PORT) == 0;
    // Elsewhere than at a literal address the trunk may be anywhere: then the address of the default route serves.
    const bool found = literal ? source_towards(there, local) : net_default_source_addr_get(AF_INET, &local) == 0;
    if (!found) return fail(Errc::unavailable, "this machine has no address towards the trunk; set network.bind");
    sa_set_port(&local, options_.bind_port);
    return local;
}

Result<void> Trunk::open() {
    const auto local = local_address();
    if (!local) return tl::unexpected<Error>(local.error());
    if (auto found = find_nameservers(); !found) return found;
    SipStack* made = nullptr;
    dnsc* const resolver = resolver_ ? resolver_.get() : surroundings_.resolver;
    if (const int error =
            sip_alloc(&made, resolver, transactions, transactions, transactions, "Roger", nullptr, nullptr);
        error != 0) {
        return libre_failed("no SIP stack", error);
    }
    stack_.reset(made);
    if (const auto opened = open_transports(*local); !opened) return opened;
    (void)sip_listen(
        &requests_, stack(), true,
        [](const sip_msg* message, void* self) { return static_cast<Trunk*>(self)->on_request(*message); }, this);
    (void)sip_listen(
        &responses_, stack(), false,
        [](const sip_msg* message, void* self) { return static_cast<Trunk*>(self)->on_response(*message); }, this);
    media_address_ = options_.external_address.empty() ? text_of(*local) : options_.external_address;
    ports_.emplace(text_of(*local), options_.rtp_low, options_.rtp_high);
    sa literal{};
    if (sa_set_str(&literal, options_.host.c_str(), 0) == 0) known_.push_back(literal);
    filter_datagrams(*local);
    return {};
}

Result<void> Trunk::find_nameservers() {
    std::vector<sa> servers;
    for (const std::string& text : options_.dns_servers) {
        sa server{};
        if (sa_decode(&server, text.c_str(), text.size()) != 0) {
            return fail(Errc::invalid_argument, "network.dns_servers has something that is no address with its port");
        }
        servers.push_back(server);
    }
    resolver_ = make_resolver(servers);
    return {};
}

Result<void> Trunk::open_transports(const sa& local) {
    const auto add = [&](Transport transport, tls* context) -> Result<void> {
        const int error = sip_transp_add(stack(), libre_of(transport), &local, context);
        if (error != 0) return libre_failed(fmt::format("SIP at {}", text_of(local)), error);
        return {};
    };
    if (options_.transport == Transport::tls) {
        const auto context = make_tls(options_);
        if (!context) return tl::unexpected<Error>(context.error());
        return add(Transport::tls, context->get());  // which keeps a reference of its own
    }
    if (options_.transport) return add(*options_.transport, nullptr);
    return add(Transport::udp, nullptr).and_then([&] { return add(Transport::tcp, nullptr); });
}

/// Datagrams of strangers, and what is no SIP, are dropped before libre looks at them. Its socket is found by a message
/// to ourselves, for libre shows it only to those who get one.
void Trunk::filter_datagrams(const sa& local) {
    sa here{};
    if (sip_transp_laddr(stack(), &here, SIP_TRANSP_UDP, &local) != 0) return;
    probe_ = random_word();
    const std::string probe = fmt::format(
        "OPTIONS sip:probe SIP/2.0\r\nVia: SIP/2.0/UDP probe;branch=z9hG4bK{0}\r\nMax-Forwards: 0\r\nTo: "
        "<sip:probe>\r\n"
        "From: <sip:probe>;tag={0}\r\nCall-ID: {0}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
        probe_);
    const Ref<mbuf> buffer(mbuf_alloc(probe.size()));
    (void)mbuf_write_mem(buffer.get(), reinterpret_cast<const std::uint8_t*>(probe.data()), probe.size());
    mbuf_set_pos(buffer.get(), 0);
    (void)udp_send_anon(&here, buffer.get());
}

bool Trunk::hears(const sa& from) const {
    return std::ranges::any_of(known_, [&from](const sa& known) { return sa_cmp(&known, &from, SA_ADDR); });
}

int Trunk::on_send(sip_transp transport, const sa& from, const sa& to, mbuf& buffer) {
    if (!hears(to)) {
        if (known_.size() == known_max) known_.erase(known_.begin());
        known_.push_back(to);
    }
    const std::string host = bracketed(options_.external_address.empty() ? text_of(from) : options_.external_address);
    const std::string contact =
        fmt::format("Contact: <sip:{}@{}:{}{}>\r\n", options_.user.empty() ? "roger" : options_.user, host,
                    sa_port(&from), sip_transp_param(transport));
    return mbuf_write_str(&buffer, contact.c_str());
}

bool Trunk::pass_over(const sa& silent) {
    sa literal{};
    if (!sa_isset(&silent, SA_ADDR) || sa_set_str(&literal, options_.host.c_str(), 0) == 0) return false;
    if (!is_passed_over(silent)) silent_.push_back({silent, tmr_jiffies() + silent_ms});
    if (silent_.size() > known_max) silent_.erase(silent_.begin());
    return true;
}

bool Trunk::is_passed_over(const sa& address) const {
    const std::uint64_t now = tmr_jiffies();
    return std::ranges::any_of(
        silent_, [&](const Silent& each) { return each.until > now && sa_cmp(&each.address, &address, SA_ALL); });
}

std::string Trunk::uri_of(std::string_view user) const {
    std::string uri = fmt::format("sip:{}{}{}", user, user.empty() ? "" : "@", bracketed(options_.host));
    if (options_.port != 0) uri += fmt::format(":{}", options_.port);
    sa literal{};
    const bool named = sa_set_str(&literal, options_.host.c_str(), 0) != 0;
    // UDP is what a URI without the parameter means, but for a name that is looked up by protocol.
    if (options_.transport == Transport::tcp) uri += ";transport=tcp";
    if (options_.transport == Transport::tls) uri += ";transport=tls";
    if (options_.transport == Transport::udp && named && options_.port == 0) uri += ";transport=udp";
    return uri;
}

std::string Trunk::name_of(std::string_view user) const {
    return fmt::format("sip:{}{}{}", user, user.empty() ? "" : "@", bracketed(options_.host));
}

void Trunk::registered(bool done, const std::string& reason) {
    if (closing_ || (done == usable_ && !reason.empty())) return;
    usable_ = done;
    sink_(done, reason);
}

void Trunk::place(std::uint64_t id, CallRequest request, CallSink sink) {
    if (!usable_ || closing_) {
        return sink({.progress = Progress::ended, .how = Ended::trunk_failed, .reason = "the trunk is down"});
    }
    auto& call = calls_[id];
    call = std::make_unique<Call>(*this, id, std::move(request), std::move(sink));
    call->start();
}

bool Trunk::hang_up(std::uint64_t id) {
    const auto call = calls_.find(id);
    if (call == calls_.end()) return false;
    call->second->hang_up(Ended::stopped, "ended by us");
    return true;
}

void Trunk::media_event(std::uint64_t id, MediaEvent event) {
    if (const auto call = calls_.find(id); call != calls_.end()) call->second->on_media(event);
}

void Trunk::forget(std::uint64_t id) {
    surroundings_.post([id](Trunk& trunk) { trunk.calls_.erase(id); });
}

void Trunk::close() {
    if (closing_) return;
    closing_ = true;
    for (const auto& [id, call] : calls_) call->hang_up(Ended::stopped, "ended by us");
    if (registration_) registration_->stop();
}

bool Trunk::quiet() const { return closing_ && calls_.empty() && (!registration_ || registration_->withdrawn()); }

Call* Trunk::find(const sip_msg& message) {
    const auto call = std::ranges::find_if(calls_, [&](const auto& each) { return each.second->is_of(message); });
    return call == calls_.end() ? nullptr : call->second.get();
}

void Trunk::reply(const sip_msg& request, std::uint16_t status, const char* reason) {
    (void)sip_replyf(stack(), &request, status, reason, "%bContent-Length: 0\r\n\r\n", allow_header.data(),
                     allow_header.size());
}

bool Trunk::on_request(const sip_msg& request) {
    if (!probe_.empty() && view(request.callid) == probe_ && request.tp == SIP_TRANSP_UDP) {
        probe_.clear();
        udp_helper* helper = nullptr;
        (void)udp_register_helper(
            &helper, static_cast<udp_sock*>(request.sock), 0, nullptr,
            [](sa* from, mbuf* datagram, void* self) {
                if (!static_cast<Trunk*>(self)->hears(*from)) return true;
                const std::size_t begin = datagram->pos;
                sip_msg* message = nullptr;
                const bool broken = sip_msg_decode(&message, datagram) != 0;
                mem_deref(message);
                mbuf_set_pos(datagram, begin);
                return broken;
            },
            this);
        filter_.reset(helper);
        return true;
    }
    if (!hears(request.src)) return true;
    const std::string_view method = view(request.met);
    if (method == "ACK") return true;
    if (method == "OPTIONS") {
        reply(request, 200, "OK");
    } else if (method == "BYE") {
        Call* const call = find(request);
        const bool ours = call != nullptr && call->in_dialogue(request);
        (void)sip_treply(nullptr, stack(), &request, ours ? 200 : 481, ours ? "OK" : "Call Does Not Exist");
        if (ours) call->on_bye();
    } else if (method == "INVITE") {
        // An offer within the call would move its sound elsewhere; refused, the call goes on as it is.
        const bool ours = find(request) != nullptr;
        (void)sip_treply(nullptr, stack(), &request, ours ? 488 : 603, ours ? "Not Acceptable Here" : "Decline");
    } else if (method == "CANCEL") {
        reply(request, 481, "Call Does Not Exist");
    } else {
        reply(request, 405, "Method Not Allowed");
    }
    return true;
}

bool Trunk::on_response(const sip_msg& response) {
    const bool answers = response.scode >= 200 && response.scode < 300 && view(response.cseq.met) == "INVITE";
    if (!answers || !hears(response.src)) return true;
    if (Call* const call = find(response)) call->on_stray_answer(response);
    return true;
}

}  // namespace roger::sip
