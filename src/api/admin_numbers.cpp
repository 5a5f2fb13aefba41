#include "api/admin_numbers.hpp"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include "api/body.hpp"
#include "api/problem.hpp"
#include "http/parameters.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using nlohmann::json;
using verification::RowKey;

constexpr std::size_t keys_of_a_command = 256;
/// A reader of the store keeps its log from being emptied for the length of a page.
constexpr int scrubs_max = 100;
constexpr milliseconds scrub_pause{200};

}  // namespace

asio::awaitable<http::Response> AdminNumbers::handle(const http::Request& request,
                                                     std::string_view rest,
                                                     const Actor& actor) {
    if (rest.size() < 2) co_return no_such_admin_call();
    if (request.method != http::Method::del) co_return method_not_allowed("DELETE");
    std::string text = http::decode_form(rest.substr(1)).value_or("");
    if (text == "-") {
        Body body(request);
        text = body.needed("number", "is a number in international form", [](const std::string&) { return true; });
        if (auto wrong = body.wrong()) co_return std::move(*wrong);
    }
    const auto facts = numbering::parse_number(text, "");
    if (!facts) co_return problem(400, "Bad Request", "A number is in international form, as +447700900123.");
    if (std::exchange(erasing_, true)) {
        co_return problem(429, "Too Many Requests", "Another number is being erased; try again when it is done.");
    }
    const auto erased = co_await erase(facts->number.digits(), actor.note("number.erase", facts->number.masked()));
    erasing_ = false;
    if (!erased) co_return problem(erased.error());
    co_return json_answer(200, json{{"requests", erased->requests},
                                    {"cancelled", erased->cancelled},
                                    {"refusals", erased->refusals},
                                    {"accounts", erased->accounts}}
                                   .dump());
}

asio::awaitable<Result<AdminNumbers::Erased>> AdminNumbers::erase(std::string number, store::AuditNote note) {
    Erased erased;
    engine::Note told{.note = std::move(note), .reply = {}};
    if (const auto noted = co_await ask(context_.engine, std::move(told)); !noted)
        co_return tl::unexpected<Error>(noted.error());
    // Twice: a start of this moment may have come behind the first.
    for (int round = 0; round < 2; ++round) {
        const auto keys = co_await rows_of(number);
        if (!keys) co_return tl::unexpected<Error>(keys.error());
        if (const auto done = co_await blank(*keys, number, erased); !done)
            co_return tl::unexpected<Error>(done.error());
    }
    if (const auto done = co_await unapprove(number, erased); !done) co_return tl::unexpected<Error>(done.error());
    if (context_.history != nullptr) {
        const auto refusals =
            co_await run_on(context_, context_.readers, [this, number] { return context_.history->forget(number); });
        if (!refusals) co_return tl::unexpected<Error>(refusals.error());
        erased.refusals = *refusals;
    }
    if (const auto done = co_await scrub(); !done) co_return tl::unexpected<Error>(done.error());
    co_return erased;
}

/// Over all rows: the index may be behind, and this must miss none.
asio::awaitable<Result<std::vector<RowKey>>> AdminNumbers::rows_of(const std::string& number) {
    std::vector<RowKey> keys;
    store::Query query{.number = number, .limit = 200};
    while (true) {
        const auto page = co_await read_page(context_, query);
        if (!page) co_return tl::unexpected<Error>(page.error());
        for (const auto& row : page->rows) keys.push_back(row.key);
        if (!page->last) co_return keys;
        query.before = page->last;
    }
}

asio::awaitable<Result<void>> AdminNumbers::blank(const std::vector<RowKey>& keys,
                                                  const std::string& number,
                                                  Erased& erased) {
    for (std::size_t from = 0; from < keys.size(); from += keys_of_a_command) {
        const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(from);
        const auto end = begin + static_cast<std::ptrdiff_t>(std::min(keys_of_a_command, keys.size() - from));
        engine::Blank command{.keys = {begin, end}, .number = number, .reply = {}};
        const auto blanked = co_await ask(context_.engine, std::move(command));
        if (!blanked) co_return tl::unexpected<Error>(blanked.error());
        erased.requests += blanked->blanked;
        erased.cancelled += blanked->cancelled;
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> AdminNumbers::unapprove(const std::string& number, Erased& erased) {
    const auto book = context_.engine.accounts();
    for (const auto& [key, account] : *book) {
        if (std::ranges::find(account->approved, number) == account->approved.end()) continue;
        engine::ChangeAccount command{.key = key,
                                      .change = [number](const account::Account* current) -> Result<account::Account> {
                                          if (current == nullptr) return fail(Errc::not_found, "the account has gone");
                                          account::Account changed = *current;
                                          std::erase(changed.approved, number);
                                          return changed;
                                      },
                                      .reply = {}};
        if (const auto changed = co_await ask(context_.engine, std::move(command)); !changed) {
            co_return tl::unexpected<Error>(changed.error());
        }
        ++erased.accounts;
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> AdminNumbers::scrub() {
    asio::steady_timer timer(context_.executor);
    for (int tries = 0; tries < scrubs_max; ++tries) {
        const auto scrubbed = co_await ask(context_.engine, engine::Scrub{});
        if (!scrubbed) co_return tl::unexpected<Error>(scrubbed.error());
        if (scrubbed->clean) co_return Result<void>{};
        boost::system::error_code ignored;
        timer.expires_after(scrub_pause);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return fail(Errc::unavailable, "the number is erased, but the database's log could not be emptied; try again");
}

}  // namespace roger::api
