// From raw bytes to one Request after another, within Limits. No socket, no clock: the connection reads into prepare(),
// says commit() and asks step(). Grammar and framing are Beast's; what Beast 1.74 lets through although two readers
// could understand it differently (request smuggling) is refused here: see the table in request_reader_test.cpp.
//
//     idle ──first byte──▶ header ──empty line──▶ body ──last byte──▶ complete ──next()──▶ idle or header
//                             └──────────┴──▶ broken, for good
// Source: RFC 9112 §2.2, §3, §5, §6, §7.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "http/message.hpp"
#include "http/server.hpp"

namespace roger::http {

/// What an idle connection may keep of each of its buffers: 20 000 of them must stay small.
inline constexpr std::size_t idle_bytes_max = 4096;

class RequestReader {
public:
    enum class Step { need_more, complete, broken };
    enum class Phase { idle, header, body };

    /// @param limits  must outlive the reader
    explicit RequestReader(const Limits& limits);
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    /// Room for more bytes, never empty; valid until the next call of anything but commit().
    [[nodiscard]] std::span<char> prepare();
    void commit(std::size_t bytes);
    /// Reads as far as the bytes go. After `complete`, call next() before the next step().
    [[nodiscard]] Step step();
    /// Forgets the request that is complete; bytes of a pipelined one stay.
    void next();

    /// Where step() returned need_more.
    [[nodiscard]] Phase phase() const;
    /// True once for each request whose client waits for `100 Continue` before it sends its body.
    [[nodiscard]] bool take_continue();
    [[nodiscard]] Request& request() { return request_; }
    /// After complete: whether the client expects the connection to stay open.
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] bool is_http_1_0() const;
    /// Whether bytes beyond the complete request have been read.
    [[nodiscard]] bool has_more() const { return begin_ != end_; }
    /// After broken: 400, 413, 414 or 431.
    [[nodiscard]] unsigned status() const { return status_; }
    /// The path as far as it could be read, also of a broken request; "" if it was not.
    [[nodiscard]] std::string_view path() const;

private:
    struct Parser;
    Step read_header();
    Step finish_scan(std::size_t block);
    Step read_body();
    Step broken(unsigned status);
    [[nodiscard]] std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }
    [[nodiscard]] std::string_view raw_target() const;

    const Limits& limits_;
    std::vector<char> buffer_;  // [begin_, end_) is unread
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t line_ = 0;        // of the header block, relative to begin_: where the line under way starts,
    std::size_t scanned_ = 0;     // how far there is no further '\n',
    std::size_t first_line_ = 0;  // and the length of the request line, once it is there
    std::size_t fields_ = 0;
    bool skipped_empty_line_ = false;
    bool in_body_ = false;
    unsigned status_ = 0;
    Request request_;
    std::unique_ptr<Parser> parser_;
};

}  // namespace roger::http
