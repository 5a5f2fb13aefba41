#include "email/mailer.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include <fmt/format.h>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/assert.hpp"

namespace roger::email {
namespace {

namespace asio = boost::asio;

/// What of the mail libcurl has not taken yet.
std::size_t read_some(char* out, std::size_t size, std::size_t count, void* given) {
    auto& left = *static_cast<std::string_view*>(given);
    const std::size_t bytes = std::min(left.size(), size * count);
    std::memcpy(out, left.data(), bytes);
    left.remove_prefix(bytes);
    return bytes;
}

Result<void> judge(CURL* curl, CURLcode code) {
    if (code == CURLE_OK) return {};
    long reply = 0;
    curl_off_t uploaded = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    curl_easy_getinfo(curl, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    std::string why = curl_easy_strerror(code);
    if (reply >= 400) why += fmt::format(" (SMTP {})", reply);
    if (code == CURLE_LOGIN_DENIED) return fail(Errc::unavailable, std::move(why));
    if (reply >= 500 && reply < 600) return fail(Errc::blocked, std::move(why));
    if (reply >= 400 && reply < 500) return fail(Errc::rate_limited, std::move(why));
    return fail(uploaded > 0 ? Errc::timed_out : Errc::unavailable, std::move(why));
}

}  // namespace

struct Mailer::State {
    State(asio::any_io_executor given, MailerOptions wanted)
        : executor(std::move(given)), options(std::move(wanted)), curl(curl_easy_init(), &curl_easy_cleanup) {
        ROGER_ASSERT(curl, "a handle is memory alone");
        const char* scheme = options.tls == Tls::tls ? "smtps" : "smtp";
        const std::string url = fmt::format("{}://{}", scheme, options.server);
        curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
        curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, static_cast<long>(connect_max.count()));
        curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, static_cast<long>(send_max.count()));
        curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl.get(), CURLOPT_SASL_IR, 1L);
        // A kept one would be closed by the destructor, which would wait for the server's answer to QUIT.
        curl_easy_setopt(curl.get(), CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, &read_some);
        curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, this);
        curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &State::is_stopped);
        if (options.tls != Tls::off) {
            curl_easy_setopt(curl.get(), CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
        }
        if (!options.ca_file.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, options.ca_file.c_str());
        if (options.user.empty()) return;
        std::string password(options.password.reveal());
        curl_easy_setopt(curl.get(), CURLOPT_USERNAME, options.user.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, password.c_str());
        wipe(password);
    }

    /// What libcurl asks every now and then; other than 0 ends the transfer.
    static int is_stopped(void* given, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        return static_cast<State*>(given)->stopped ? 1 : 0;
    }

    Result<void> send(const Envelope& envelope) {
        if (stopped) return fail(Errc::unavailable, "the mailer has been stopped");
        const std::string sender = fmt::format("<{}>", envelope.sender);
        const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(
            curl_slist_append(nullptr, fmt::format("<{}>", envelope.recipient).c_str()), &curl_slist_free_all);
        std::string_view left = envelope.message;
        curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, sender.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
        curl_easy_setopt(curl.get(), CURLOPT_READDATA, &left);
        curl_easy_setopt(curl.get(), CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(envelope.message.size()));
        return judge(curl.get(), curl_easy_perform(curl.get()));
    }

    asio::any_io_executor executor;
    MailerOptions options;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl;  ///< on the mailer's thread
    std::atomic<bool> stopped = false;
    asio::thread_pool thread{1};
};

Mailer::Mailer(asio::any_io_executor executor, MailerOptions options)
    : state_(std::make_unique<State>(std::move(executor), std::move(options))) {}
Mailer::~Mailer() {
    stop();
    state_->thread.join();
}

void Mailer::stop() noexcept { state_->stopped = true; }

asio::awaitable<Result<void>> Mailer::send(Envelope envelope) {
    State* const state = state_.get();
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Result<void>)>(
        [state, &envelope](auto handler) {
            // std::function-like targets must be copyable; a handler of a coroutine can only be moved.
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            asio::post(state->thread, [state, shared, mail = std::move(envelope)] {
                auto sent = state->send(mail);
                asio::post(state->executor, [shared, sent = std::move(sent)] { (*shared)(sent); });
            });
        },
        asio::use_awaitable);
}

}  // namespace roger::email
