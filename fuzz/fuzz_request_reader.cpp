// Requests from raw bytes. The first byte says in which pieces they arrive: the same bytes must be understood in the
// same way however the network cuts them, or somebody can make two readers disagree.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "http/request_reader.hpp"

namespace {

using roger::http::RequestReader;

/// Every request that was understood, as text. A broken end and a missing one count alike: how many bytes it takes to
/// see that a request is broken may depend on how they arrive.
std::string read_all(std::string_view bytes, std::size_t piece) {
    roger::http::Limits limits;
    limits.header_bytes_max = 1024;
    limits.target_bytes_max = 128;
    limits.fields_max = 8;
    limits.body_bytes_max = 256;
    RequestReader reader(limits);
    std::string seen;
    for (;;) {
        switch (reader.step()) {
            case RequestReader::Step::broken: return seen;
            case RequestReader::Step::complete: {
                const roger::http::Request& request = reader.request();
                ROGER_ASSERT(request.path.starts_with('/'), "other targets are refused");
                ROGER_ASSERT(request.body.size() <= limits.body_bytes_max, "larger bodies are refused");
                seen +=
                    fmt::format("{}|{}|{}|{}|{}|{}|{}\n", static_cast<int>(request.method), request.path, request.query,
                                request.content_type, request.authorization, request.body, reader.keep_alive());
                reader.next();
                break;
            }
            case RequestReader::Step::need_more: {
                (void)reader.take_continue();
                if (bytes.empty()) return seen;
                const std::span<char> room = reader.prepare();
                const std::size_t size = std::min({piece, room.size(), bytes.size()});
                std::memcpy(room.data(), bytes.data(), size);
                reader.commit(size);
                bytes.remove_prefix(size);
            }
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string whole = read_all(bytes, bytes.size() + 1);
    const std::string pieces = read_all(bytes, static_cast<std::size_t>(data[0] % 16) + 1);
    ROGER_ASSERT(whole == pieces, "requests do not depend on how they arrive");
    return 0;
}
