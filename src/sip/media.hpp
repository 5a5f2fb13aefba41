// The speech of all calls: one thread sends a frame of each every 20 ms, and hears the keys that come back.
//
//   add() ──▶ 20 slots of 1 ms ──▶ Playback ─▶ RTP [─▶ SRTP] ─▶ sendto
//                                   ▲ key ◀── events or tones ◀── recvmmsg, from the address of the answer only
//
// The calls are spread over the slots, so that the thread does little at a time. A frame that is late goes out at once,
// and the next one is due at its own time; what was missed by more than a second is left out.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "sip/playback.hpp"
#include "sip/rtp_socket.hpp"
#include "sip/sdp.hpp"

namespace roger::sip {

enum class MediaEvent : std::uint8_t {
    pin_spoken,  ///< for the first time
    over,        ///< all is said; silence goes on until remove()
    no_key,      ///< likewise, because none was pressed
};
/// Called on the media thread: hand it on, and come back.
using MediaSink = std::function<void(MediaEvent)>;

struct MediaStream {
    RtpSocket socket;
    MediaAnswer answer;
    Playback::Plan plan;
    std::optional<SrtpKey> own_key;  ///< when the answer has one
    std::uint32_t source = 0;        ///< SSRC; it and the next two are random (RFC 3550 §5.1)
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    MediaSink sink;
};

class Media {
public:
    struct Stats {
        std::uint64_t frames = 0;  ///< sent, of all calls
        std::uint64_t late = 0;    ///< of these, more than 10 ms after their time
    };

    Media();
    ~Media();  ///< ends the thread and every stream
    Media(const Media&) = delete;
    Media& operator=(const Media&) = delete;

    /// Any thread. @return what remove() takes
    std::uint64_t add(MediaStream stream);
    /// Any thread. An event under way may still come.
    void remove(std::uint64_t stream);
    [[nodiscard]] Stats stats() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace roger::sip
