// libre, for the sources of this room only: it is C, and its objects belong to the agent's thread.
// Source: libre 1.1.0 (Debian's libre-dev). HAVE_INET6 is how Debian builds it, and pkg-config does not say so: without
// it a `struct sa` means something else here than there.
#pragma once
#include <cstdarg>
#include <cstdint>
#include <memory>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifndef HAVE_INET6
#define HAVE_INET6 1  // NOLINT(readability-identifier-naming): libre's word
#endif
#ifndef HAVE_STDBOOL_H
#define HAVE_STDBOOL_H 1  // NOLINT(readability-identifier-naming)
#endif
#ifndef HAVE_INTTYPES_H
#define HAVE_INTTYPES_H 1  // NOLINT(readability-identifier-naming)
#endif
#ifndef USE_OPENSSL
#define USE_OPENSSL 1  // NOLINT(readability-identifier-naming)
#endif
extern "C" {
#include <re.h>
}

namespace roger::sip {

// Names of libre's that also mean something else here: this namespace, and a function.
using SipStack = struct ::sip;
using SipRequest = struct ::sip_request;

inline std::string_view view(const pl& text) {
    return text.p == nullptr ? std::string_view() : std::string_view(text.p, text.l);
}

struct Deref {
    void operator()(void* object) const { mem_deref(object); }
};
/// One reference to an object of libre's.
template <class T>
using Ref = std::unique_ptr<T, Deref>;

}  // namespace roger::sip
