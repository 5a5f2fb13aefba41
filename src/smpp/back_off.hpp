// When to connect again, and to which host. Pure: time and randomness come in.
#pragma once
#include <cstddef>
#include <cstdint>

#include "pdu/status.hpp"
#include "smpp/options.hpp"

namespace roger::smpp {

/// How a connection, or the attempt to make one, ended.
enum class Ended : std::uint8_t {
    after_bound,    ///< it was bound and is lost
    unreachable,    ///< name, TCP, TLS, or no answer to the bind
    credentials,    ///< the bind was refused for its password or account: somebody must act
    already_bound,  ///< the peer still holds our old session
};
[[nodiscard]] Ended ended_by(pdu::BindError error) noexcept;

class BackOff {
public:
    /// @param hosts  how many there are; @param first  which to begin with
    BackOff(const Timing& timing, std::size_t hosts, std::size_t first)
        : timing_(timing), hosts_(hosts), host_(first) {}

    [[nodiscard]] std::size_t host() const noexcept { return host_; }
    /// Moves on to the next host, except after a refusal, which the others would repeat.
    /// @param chance  any number: the jitter, drawn evenly
    /// @return how long to wait. The first failure of each host in a round leads to the next host in a tenth of
    ///         back_off_min; after a whole round the wait doubles; a bind that was up begins anew.
    [[nodiscard]] milliseconds after(Ended how, std::uint64_t chance) noexcept;

private:
    Timing timing_;
    std::size_t hosts_;
    std::size_t host_;
    std::size_t failures_ = 0;
};

}  // namespace roger::smpp
