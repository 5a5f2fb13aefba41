#include "http/request_reader.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/ascii.hpp"
#include "base/assert.hpp"

namespace roger::http {
namespace {

namespace beast = boost::beast;
using ErrorCode = beast::error_code;
using Text = beast::string_view;

constexpr std::size_t buffer_bytes_first = 2048;
/// Beast 1.74 asserts this many bytes when the last chunk arrives in pieces ("0\r\n\r" aborts a debug build). Waiting
/// for them costs nothing: as long as a chunked body is not over, "0\r\n\r\n" at least is still to come.
constexpr std::size_t chunk_bytes_min = 5;
constexpr std::size_t x_fields_max = 16;

std::string_view view(Text text) { return {text.data(), text.size()}; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view text, std::string_view lower_case) {
    return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                      [](char a, char b) { return lower(a) == b; });
}

bool is_token_char(char c) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
}

Method method_of(beast::http::verb verb) {
    switch (verb) {
        case beast::http::verb::get: return Method::get;
        case beast::http::verb::post: return Method::post;
        case beast::http::verb::put: return Method::put;
        case beast::http::verb::patch: return Method::patch;
        case beast::http::verb::delete_: return Method::del;
        case beast::http::verb::head: return Method::head;
        case beast::http::verb::options: return Method::options;
        default: return Method::other;
    }
}

/// "Application/JSON; charset=UTF-8" → "application/json"
void set_media_type(std::string_view value, std::string& out) {
    out = value.substr(0, value.find(';'));
    while (!out.empty() && (out.back() == ' ' || out.back() == '\t')) out.pop_back();
    std::transform(out.begin(), out.end(), out.begin(), lower);
}

/// Beast's parser with only the fields that Request has, taken as they pass: no list of fields is ever built.
class FieldReader final : public beast::http::basic_parser<true> {
public:
    explicit FieldReader(Request& request) : request_(request) {}
    [[nodiscard]] bool acceptable() const { return !refused_ && (http_1_0_ || hosts_ == 1); }
    [[nodiscard]] bool http_1_0() const { return http_1_0_; }
    [[nodiscard]] bool take_continue() { return std::exchange(expects_continue_, false) && !http_1_0_; }

private:
    using Field = beast::http::field;

    void refuse_unless(bool condition) { refused_ = refused_ || !condition; }
    /// A field that two readers could pick differently when it is there twice.
    void set_once(std::string& out, std::string_view value) {
        refuse_unless(out.empty());
        out = value;
    }

    void on_request_impl(beast::http::verb verb, Text, Text target, int version, ErrorCode& ec) override {
        ec = {};
        request_.method = method_of(verb);
        http_1_0_ = version == 10;
        const std::string_view text = view(target);
        // Absolute, authority and asterisk forms are for proxies; a fragment never travels (RFC 9112 §3.2).
        if (!text.starts_with('/') || text.find('#') != std::string_view::npos) {
            ec = beast::http::error::bad_target;
            return;
        }
        const std::size_t question = text.find('?');
        request_.path = text.substr(0, question);
        if (question != std::string_view::npos) request_.query = text.substr(question + 1);
    }
    void on_response_impl(int, Text, int, ErrorCode& ec) override { ec = beast::http::error::bad_version; }

    void on_field_impl(Field field, Text name, Text raw, ErrorCode& ec) override {
        ec = {};
        if (in_body_) return;  // a trailer: never part of the request (RFC 9110 §6.5.1)
        const std::string_view value = view(raw);
        switch (field) {
            case Field::host:
                refuse_unless(++hosts_ == 1 && value.find_first_of(" \t,/\\?#@") == std::string_view::npos);
                request_.host = value;
                break;
            case Field::origin: set_once(request_.origin, value); break;
            case Field::content_length:
                refuse_unless(++lengths_ + encodings_ == 1 && std::all_of(value.begin(), value.end(), roger::is_digit));
                break;
            case Field::transfer_encoding:
                refuse_unless(++encodings_ + lengths_ == 1 && !http_1_0_ && same_word(value, "chunked"));
                break;
            case Field::expect: expects_continue_ = same_word(value, "100-continue"); break;
            case Field::content_type:
                refuse_unless(request_.content_type.empty());
                set_media_type(value, request_.content_type);
                break;
            case Field::content_encoding: append_list(request_.content_encoding, value, ", "); break;
            case Field::authorization: set_once(request_.authorization, value); break;
            case Field::cookie: append_list(request_.cookie, value, "; "); break;
            case Field::accept: append_list(request_.accept, value, ", "); break;
            case Field::accept_encoding: append_list(request_.accept_encoding, value, ", "); break;
            case Field::if_none_match: append_list(request_.if_none_match, value, ", "); break;
            default:
                if (same_word(view(name), "idempotency-key")) set_once(request_.idempotency_key, value);
                if (same_word(view(name), "x-forwarded-for")) {
                    append_list(request_.forwarded_for, value, ", ");
                } else if (same_word(view(name).substr(0, 2), "x-")) {
                    keep_x_field(view(name), value);
                }
        }
    }
    void keep_x_field(std::string_view name, std::string_view value) {
        if (request_.x_fields.size() == x_fields_max) return;
        auto& kept = request_.x_fields.emplace_back(name, value);
        std::transform(name.begin(), name.end(), kept.first.begin(), lower);
    }
    static void append_list(std::string& out, std::string_view value, std::string_view separator) {
        if (!out.empty()) out += separator;
        out += value;
    }

    void on_header_impl(ErrorCode& ec) override {
        ec = {};
        in_body_ = true;
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& ec) override {
        ec = {};
        if (length) request_.body.reserve(static_cast<std::size_t>(*length));  // body_limit() was checked before
    }
    std::size_t on_body_impl(Text body, ErrorCode& ec) override {
        ec = {};
        expects_continue_ = false;
        request_.body.append(body.data(), body.size());
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, Text extension, ErrorCode& ec) override {
        ec = {};
        expects_continue_ = false;
        // Beast lets any byte stand in a quoted value; a line feed there is where other readers end the line.
        const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
        if (std::any_of(extension.begin(), extension.end(), is_control)) ec = beast::http::error::bad_chunk_extension;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode& ec) override { return on_body_impl(body, ec); }
    void on_finish_impl(ErrorCode& ec) override { ec = {}; }

    Request& request_;
    unsigned hosts_ = 0;
    unsigned lengths_ = 0;
    unsigned encodings_ = 0;
    bool http_1_0_ = false;
    bool refused_ = false;
    bool expects_continue_ = false;
    bool in_body_ = false;
};

}  // namespace

struct RequestReader::Parser {
    std::optional<FieldReader> of_request;  // made anew for each request: Beast's parser has no reset
};

RequestReader::RequestReader(const Limits& limits) : limits_(limits), parser_(std::make_unique<Parser>()) {}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::prepare() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == buffer_.size() && begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    // Bounded: step() breaks a request whose unread part is longer than a header block may be.
    if (end_ == buffer_.size()) buffer_.resize(std::max(buffer_bytes_first, buffer_.size() * 2));
    return {buffer_.data() + end_, buffer_.size() - end_};
}

void RequestReader::commit(std::size_t bytes) {
    ROGER_ASSERT(bytes <= buffer_.size() - end_, "no more was read than there was room for");
    end_ += bytes;
}

RequestReader::Step RequestReader::step() {
    if (status_ != 0) return Step::broken;
    return in_body_ ? read_body() : read_header();
}

RequestReader::Step RequestReader::broken(unsigned status) {
    status_ = status;
    return Step::broken;
}

// Walks over the lines before Beast sees any: Beast would wait for CR LF where a client only sends LF, and joins folded
// lines.
RequestReader::Step RequestReader::read_header() {
    std::string_view bytes = unread();
    if (line_ == 0 && !skipped_empty_line_ && bytes.starts_with("\r\n")) {
        skipped_empty_line_ = true;  // one is forgiven: RFC 9112 §2.2
        begin_ += 2;
        bytes.remove_prefix(2);
        scanned_ = 0;
    }
    if (bytes.empty()) return Step::need_more;
    if (!is_token_char(bytes.front()) && bytes != "\r") return broken(400);  // not HTTP: TLS, a stray line
    while (const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_)) {
        const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
        if (end == 0 || bytes[end - 1] != '\r') return broken(400);
        const std::size_t length = end - 1 - line_;
        if (length == 0) return finish_scan(end + 1);
        if (line_ == 0) {
            first_line_ = length;
            if (raw_target().size() > limits_.target_bytes_max) return broken(414);
        } else if (bytes[line_] == ' ' || bytes[line_] == '\t') {
            return broken(400);
        } else if (++fields_ > limits_.fields_max) {
            return broken(431);
        }
        line_ = scanned_ = end + 1;
    }
    scanned_ = bytes.size();
    if (bytes.size() >= limits_.header_bytes_max) return broken(first_line_ == 0 ? 414 : 431);
    return Step::need_more;
}

RequestReader::Step RequestReader::finish_scan(std::size_t block) {
    if (block > limits_.header_bytes_max) return broken(431);
    FieldReader& parser = parser_->of_request.emplace(request_);
    parser.header_limit(
        static_cast<std::uint32_t>(std::min<std::size_t>(block + 1, std::numeric_limits<std::uint32_t>::max())));
    parser.body_limit(limits_.body_bytes_max);
    ErrorCode ec;
    const std::size_t used = parser.put(boost::asio::const_buffer(unread().data(), block), ec);
    if (ec == beast::http::error::body_limit && parser.acceptable()) return broken(413);
    if (ec || used != block || !parser.is_header_done() || !parser.acceptable()) return broken(400);
    begin_ += block;
    line_ = scanned_ = first_line_ = 0;
    if (parser.is_done()) return Step::complete;
    in_body_ = true;
    parser.eager(true);
    return read_body();
}

// What Beast takes only as a whole, the line of a chunk or the trailers with the last chunk, it sees at most
// header_bytes_max of, however much has arrived: a request is refused for its bytes and not for how they were cut.
RequestReader::Step RequestReader::read_body() {
    FieldReader& parser = *parser_->of_request;
    const std::size_t needed = parser.chunked() ? chunk_bytes_min : 1;
    while (unread().size() >= needed) {
        const std::size_t shown = std::min(unread().size(), limits_.header_bytes_max);
        ErrorCode ec;
        const std::size_t used = parser.put(boost::asio::const_buffer(unread().data(), shown), ec);
        begin_ += used;
        if (ec && ec != beast::http::error::need_more) {
            return broken(ec == beast::http::error::body_limit ? 413 : 400);
        }
        if (parser.is_done()) return Step::complete;
        if (used == 0) return shown == limits_.header_bytes_max ? broken(431) : Step::need_more;
    }
    return Step::need_more;
}

void RequestReader::next() {
    in_body_ = false;
    skipped_empty_line_ = false;
    fields_ = 0;
    parser_->of_request.reset();
    request_.x_fields.clear();
    for (std::string* text :
         {&request_.path, &request_.query, &request_.content_type, &request_.content_encoding, &request_.authorization,
          &request_.idempotency_key, &request_.cookie, &request_.host, &request_.origin, &request_.accept,
          &request_.accept_encoding, &request_.if_none_match, &request_.forwarded_for, &request_.body}) {
        text->clear();
        if (text->capacity() > idle_bytes_max) text->shrink_to_fit();
    }
    if (!has_more() && buffer_.size() > idle_bytes_max) {
        begin_ = end_ = 0;
        buffer_ = {};
    }
}

RequestReader::Phase RequestReader::phase() const {
    if (in_body_) return Phase::body;
    return has_more() ? Phase::header : Phase::idle;
}

bool RequestReader::take_continue() { return in_body_ && parser_->of_request->take_continue(); }
bool RequestReader::keep_alive() const { return parser_->of_request->keep_alive(); }
bool RequestReader::is_http_1_0() const { return parser_->of_request && parser_->of_request->http_1_0(); }

std::string_view RequestReader::raw_target() const {
    std::string_view line = unread();
    line = line.substr(0, first_line_ != 0 ? first_line_ : line.find_first_of("\r\n"));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return {};
    line.remove_prefix(space + 1);
    return line.substr(0, line.find(' '));
}

std::string_view RequestReader::path() const {
    if (!request_.path.empty()) return request_.path;
    if (in_body_) return {};
    const std::string_view target = raw_target();
    return target.starts_with('/') ? target.substr(0, target.find('?')) : std::string_view();
}

}  // namespace roger::http
