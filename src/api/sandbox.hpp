// The sandbox's own calls: what the virtual phones show, live, and the clock that makes a workflow pass in an instant.
// On a live data directory none of this exists (404).
#pragma once
#include <map>
#include <set>

#include "api/context.hpp"
#include "api/v1.hpp"

namespace roger::api {

class Sandbox {
public:
    /// @param v1  whose credentials are asked for
    Sandbox(Context& context, v1::Api& v1) : context_(context), v1_(v1) {}
    /// A path below /sandbox.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request);
    /// Something of that account was handed over and is durable: streams look again.
    void notify(const std::string& account);
    /// Ends every stream: the server stops.
    void stop();
    /// Opens the page without key and secret, once. @return the token for /handset?once=TOKEN
    [[nodiscard]] std::string make_once_token(std::string account);
    /// Trades a token for a cookie. @return nullopt when it is not, or no longer, good
    [[nodiscard]] std::optional<std::string> take_once_token(const std::string& token);
    /// Whether a page has that phone open, so that a person is to answer its calls.
    [[nodiscard]] bool attended(const std::string& account, const std::string& number) const {
        return open_phones_.contains({account, number});
    }

private:
    /// How long a list waits for outcomes under way, so that it is current.
    static constexpr seconds settle_max{1};
    struct Filter {
        std::string account;
        std::optional<std::string> number;
        std::optional<verification::IdParts> request;
        std::size_t limit = 100;
        bool page = false;  ///< a stream: of calls too, and a person answers those of the number
    };
    /// An event that is a spoken call.
    struct Call {
        verification::Request row;
        std::size_t event = 0;
    };
    struct Message {
        TimePoint at;
        verification::RowKey key;
        std::size_t event;
        std::string event_id;
        std::string state;  ///< of a call; "" for a message, which has none
        std::string json;
    };
    [[nodiscard]] std::shared_ptr<const account::Account> authenticate(const http::Request& request,
                                                                       const http::Parameters& parameters);
    [[nodiscard]] Result<Filter> read_filter(const http::Parameters& parameters, const std::string& account);
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<verification::Request>>> rows(Filter filter);
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<Message>>> messages(Filter filter);
    static void keep_newest(std::vector<Message>& found, std::size_t limit);
    void add_messages(const verification::Request& row, std::vector<Message>& out);
    [[nodiscard]] boost::asio::awaitable<http::Response> list(Filter filter, bool of_calls);
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<Message>>> calls(Filter filter);
    void add_calls(const verification::Request& row, std::vector<Message>& out);
    [[nodiscard]] std::string audio_url(const verification::Request& row, std::size_t event);
    [[nodiscard]] boost::asio::awaitable<http::Response> handle_call(const http::Request& request,
                                                                     const http::Parameters& parameters,
                                                                     Filter filter);
    [[nodiscard]] boost::asio::awaitable<Result<Call>> find_call(Filter filter, std::string event_id);
    [[nodiscard]] http::Response act(const Call& call, const http::Parameters& parameters);
    [[nodiscard]] boost::asio::awaitable<http::Response> audio(Call call);
    [[nodiscard]] http::Response stream(Filter filter);
    class Shown;
    [[nodiscard]] boost::asio::awaitable<std::string> new_frames(const Filter& filter,
                                                                 Shown& messages_shown,
                                                                 Shown& calls_shown);
    [[nodiscard]] boost::asio::awaitable<void> run_stream(Filter filter, http::StreamWriter& writer);
    [[nodiscard]] boost::asio::awaitable<http::Response> verify(const http::Request& request,
                                                                std::shared_ptr<const account::Account> account);
    [[nodiscard]] bool may_move_clock(const account::Account& account) const;
    [[nodiscard]] http::Response clock_now(const account::Account& account);
    [[nodiscard]] boost::asio::awaitable<http::Response> clock(const http::Parameters& parameters,
                                                               const account::Account& account);

    Context& context_;
    v1::Api& v1_;
    std::multimap<std::string, boost::asio::steady_timer*> listeners_;  ///< by account; bounded by connections
    std::multiset<std::pair<std::string, std::string>> open_phones_;    ///< account and number; likewise
    bool stopping_ = false;
    std::map<std::string, std::string> once_tokens_;  ///< to accounts; one a process start
    std::map<std::string, std::string> cookies_;      ///< likewise
};

}  // namespace roger::api
