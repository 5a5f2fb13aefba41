// What callers of the admin port send before they are let in, and what stands in settings and files of the operator's
// door: cookies, bearer tokens, JSON bodies, queries, kept tokens and users, recorded heads, lines of the index.
#include <cstdint>
#include <string_view>

#include "api/admin_query.hpp"
#include "api/body.hpp"
#include "api/sessions.hpp"
#include "base/assert.hpp"
#include "history/line.hpp"

using namespace roger;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);

    const std::string_view cookie = api::cookie_value(text, "__Host-roger");
    ROGER_ASSERT(cookie.find(';') == std::string_view::npos, "a cookie ends at its semicolon");
    ROGER_ASSERT(api::bearer_token(text).size() < size + 1, "a token is part of its header");

    http::Request request;
    request.body = text;
    request.query = text;
    api::Body body(request);
    const std::string name =
        body.needed("user", "is a name", [](const std::string& word) { return api::is_staff_name(word); });
    (void)body.text("password", "is a text", [](const std::string& word) { return word.size() <= 128; });
    (void)body.flag("numbers", false);
    const auto days = body.number("expires_days", 1, 3650);
    if (!body.wrong()) {
        ROGER_ASSERT(api::is_staff_name(name), "what was not complained of is good");
        ROGER_ASSERT(!days || (*days >= 1 && *days <= 3650), "and in range");
    }
    if (const auto parameters = api::read_query_parameters(request)) {
        (void)api::read_number(*parameters);
        const auto time = api::read_time(*parameters, "from");
        if (time && *time) ROGER_ASSERT(parse_rfc3339(to_rfc3339(**time)) == *time, "a time is written as it was read");
        const auto limit = api::read_limit(*parameters);
        ROGER_ASSERT(!limit || (*limit >= 1 && *limit <= 200), "a page is bounded");
    }

    api::Staff staff(Key32{});
    const bool token = staff.restore("admin_token/x", text);
    (void)staff.restore("admin_user/x", text);
    ROGER_ASSERT(token || staff.tokens().empty(), "what cannot be read opens nothing");

    store::AuditChain chain(Key32{});
    if (const auto head = chain.read(text))
        ROGER_ASSERT(chain.read(chain.record(*head)) == head, "a head is read back");

    const auto events = history::decode_events(text);
    ROGER_ASSERT(history::decode_events(history::encode_events(events)) == events, "what was read is written back");
    return 0;
}
