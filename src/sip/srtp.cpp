#include "sip/srtp.hpp"

#include "base/assert.hpp"
#include "sip/libre.hpp"

namespace roger::sip {

struct Srtp::Impl {
    Ref<srtp> context;
    Ref<mbuf> buffer{mbuf_alloc(2048)};
};

Srtp::Srtp(const SrtpKey& key) : impl_(std::make_unique<Impl>()) {
    srtp* made = nullptr;
    const auto suite = key.short_tag ? SRTP_AES_CM_128_HMAC_SHA1_32 : SRTP_AES_CM_128_HMAC_SHA1_80;
    const int error = srtp_alloc(&made, suite, key.value.data(), key.value.size(), 0);
    ROGER_ASSERT(error == 0, "a key of the suite's length");
    impl_->context.reset(made);
}
Srtp::~Srtp() = default;
Srtp::Srtp(Srtp&&) noexcept = default;
Srtp& Srtp::operator=(Srtp&&) noexcept = default;

bool Srtp::seal(std::vector<std::uint8_t>& packet) {
    mbuf* const buffer = impl_->buffer.get();
    mbuf_rewind(buffer);
    if (mbuf_write_mem(buffer, packet.data(), packet.size()) != 0) return false;
    mbuf_set_pos(buffer, 0);
    if (srtp_encrypt(impl_->context.get(), buffer) != 0) return false;
    packet.assign(mbuf_buf(buffer), mbuf_buf(buffer) + mbuf_get_left(buffer));
    return true;
}

std::span<const std::uint8_t> Srtp::open(std::span<std::uint8_t> datagram) {
    mbuf view{.buf = datagram.data(), .size = datagram.size(), .pos = 0, .end = datagram.size()};
    if (srtp_decrypt(impl_->context.get(), &view) != 0) return {};
    return datagram.subspan(view.pos, view.end - view.pos);
}

}  // namespace roger::sip
