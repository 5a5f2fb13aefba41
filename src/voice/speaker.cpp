#include "voice/speaker.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "observe/log.hpp"
#include "voice/clip_cache.hpp"
#include "voice/script.hpp"

namespace roger::voice {
namespace {

namespace asio = boost::asio;

/// Pauses, in samples. Those around the PIN are the longest (inner_silence_max): they tell where it is.
constexpr std::size_t between_characters = sample_rate * 3 / 10;
constexpr std::size_t around_pin = sample_rate * 7 / 10;
constexpr std::size_t before_first_word = sample_rate / 10;

constexpr std::string_view digits = "0123456789";
constexpr std::string_view digit_prefix = "digit_";
constexpr std::string_view media_locale = "media";  ///< no locale: recordings are kept beside what is spoken

using Media = decltype(Utterance::media);

/// The id of a recording, "" when there is none.
std::string id_of(const Media& media, std::string_view name) {
    const auto found = std::ranges::find(media, name, &Media::value_type::first);
    return found == media.end() ? "" : found->second;
}

/// A welcome, the PIN once, a farewell, each piece by its id.
/// @return nullopt when no PIN is spelt, or one of its characters was not recorded
std::optional<Script> recorded_script(const Script& spoken, const Media& media) {
    if (media.empty() || spoken.pin_end == 0) return std::nullopt;
    std::size_t first = spoken.pin_end;
    while (first > 0 && spoken.pieces[first - 1].spelt) --first;
    Script script;
    const auto add = [&script](std::string id, bool spelt) {
        if (!id.empty()) script.pieces.push_back({.text = std::move(id), .spelt = spelt, .keep = true});
        return script.pieces.size();
    };
    std::size_t count = add(id_of(media, "welcome_message"), false);
    for (std::size_t i = first; i < spoken.pin_end; ++i) {
        const std::size_t before = count;
        count = add(id_of(media, fmt::format("{}{}", digit_prefix, spoken.pieces[i].text)), true);
        if (count == before) return std::nullopt;
    }
    script.pin_end = count;
    (void)add(id_of(media, "bye_message"), false);
    return script;
}

/// A piece that is being made, or was; everybody who wants it waits for the same one.
struct Work {
    std::optional<Result<Clip>> result;
    std::vector<asio::steady_timer*> waiting;  // bounded by the calls under way

    void finish(Result<Clip> made) {
        result = std::move(made);
        for (asio::steady_timer* timer : waiting) timer->cancel();
    }
};

std::size_t pause_before(const std::vector<Script::Piece>& pieces, std::size_t index) {
    if (index == 0) return before_first_word;
    return pieces[index].spelt && pieces[index - 1].spelt ? between_characters : around_pin;
}

std::shared_ptr<const Audio> join(const Script& script, const std::vector<Clip>& clips) {
    auto audio = std::make_shared<Audio>();
    for (std::size_t i = 0; i < clips.size(); ++i) {
        audio->samples.insert(audio->samples.end(), pause_before(script.pieces, i), 0);
        audio->samples.insert(audio->samples.end(), clips[i]->begin(), clips[i]->end());
        if (i + 1 == script.pin_end) audio->pin_spoken_at = audio->samples.size();
    }
    if (audio->pin_spoken_at == 0) audio->pin_spoken_at = audio->samples.size();
    return audio;
}

}  // namespace

struct Speaker::State {
    asio::any_io_executor executor;
    const Clock& clock;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Engine> media;
    ClipCache kept;
    std::map<std::string, std::shared_ptr<Work>> under_way;  ///< by key
    std::size_t making = 0;
    asio::steady_timer idle;  ///< cancelled when nothing is being made
    bool stopping = false;
    bool broken = false;  ///< the last piece failed: said once

    State(asio::any_io_executor context,
          const Clock& time,
          std::unique_ptr<Engine> speaks,
          std::unique_ptr<Engine> plays,
          std::size_t bytes_max)
        : executor(std::move(context)),
          clock(time),
          engine(std::move(speaks)),
          media(std::move(plays)),
          kept(bytes_max),
          idle(executor) {}

    void note(const Result<Clip>& made);
};

void Speaker::State::note(const Result<Clip>& made) {
    if (stopping || made.has_value() == !broken) return;
    broken = !made;
    if (made) return observe::info("speech is back");
    observe::error("speech fails: calls have nothing to say", {{"error", made.error().detail}});
}

namespace {

/// The piece from what is kept, from whoever is making it, or made now.
/// @param keep  whether it may be kept: not what may hold a PIN
template <class State>
std::shared_ptr<Work> want(const std::shared_ptr<State>& state, Engine& engine, Piece piece, bool keep) {
    const bool spoken = &engine == state->engine.get();
    const std::string key = fmt::format("{}\n{}\n{}", piece.locale, to_string(piece.voice), piece.text);
    auto work = std::make_shared<Work>();
    if (keep) {
        if (Clip clip = state->kept.find(key)) {
            work->result = std::move(clip);
            return work;
        }
        const auto [place, fresh] = state->under_way.try_emplace(key, work);
        if (!fresh) return place->second;
    }
    ++state->making;
    asio::co_spawn(state->executor, engine.say(std::move(piece), state->clock.steady_now() + piece_max),
                   [state, work, key, keep, spoken](const std::exception_ptr& error, Result<Samples> said) {
                       if (error) said = fail(Errc::unavailable, "the speech engine failed within");
                       auto made = std::move(said).map(
                           [](Samples samples) -> Clip { return std::make_shared<const Samples>(std::move(samples)); });
                       if (keep) state->under_way.erase(key);
                       if (keep && made) state->kept.put(key, *made);
                       if (spoken) state->note(made);
                       work->finish(std::move(made));
                       if (--state->making == 0) state->idle.cancel();
                   });
    return work;
}

asio::awaitable<Result<Clip>> wait_for(asio::any_io_executor executor,
                                       std::shared_ptr<Work> work,
                                       SteadyTime deadline) {
    asio::steady_timer timer(executor, deadline);
    while (!work->result) {
        boost::system::error_code error;
        work->waiting.push_back(&timer);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
        std::erase(work->waiting, &timer);
        if (!error && !work->result) co_return fail(Errc::unavailable, "the speech engine was not done in time");
    }
    co_return *work->result;
}

struct Part {
    Engine& engine;
    Script script;
    std::string locale;
    verification::Voice voice = verification::Voice::female;
    std::vector<std::string> whatever_the_pin = {};  ///< pieces that are made too, behind those that are waited for
};

template <class State>
asio::awaitable<Result<std::shared_ptr<const Audio>>> say(std::shared_ptr<State> state,
                                                          Part part,
                                                          SteadyTime deadline) {
    const auto piece = [&](std::string text) { return Piece{part.locale, part.voice, std::move(text)}; };
    std::vector<std::shared_ptr<Work>> works;
    for (const Script::Piece& each : part.script.pieces) {
        works.push_back(want(state, part.engine, piece(each.text), each.keep));
    }
    for (const std::string& each : part.whatever_the_pin) (void)want(state, part.engine, piece(each), true);
    std::vector<Clip> clips;
    for (const auto& work : works) {
        auto clip = co_await wait_for(state->executor, work, deadline);
        if (!clip) co_return tl::unexpected<Error>(clip.error());
        clips.push_back(std::move(*clip));
    }
    co_return join(part.script, clips);
}

}  // namespace

Speaker::Speaker(asio::any_io_executor executor,
                 const Clock& clock,
                 std::unique_ptr<Engine> engine,
                 std::unique_ptr<Engine> media,
                 std::size_t cache_bytes_max)
    : state_(
          std::make_shared<State>(std::move(executor), clock, std::move(engine), std::move(media), cache_bytes_max)) {}
Speaker::~Speaker() = default;

void Speaker::look() {
    const std::string trouble = state_->engine->trouble();
    if (trouble.empty()) return;
    state_->broken = true;
    observe::warning("calls have nothing to say", {{"why", trouble}});
}

asio::awaitable<Result<std::shared_ptr<const Audio>>> Speaker::speak(Utterance utterance, SteadyTime deadline) {
    const auto state = state_;
    if (state->stopping) co_return fail(Errc::unavailable, "the server stops");
    const auto script = read_script(utterance.text);
    if (!script) co_return tl::unexpected<Error>(script.error());
    if (state->media) {
        if (const auto recorded = recorded_script(*script, utterance.media)) {
            Part part{.engine = *state->media, .script = *recorded, .locale = std::string(media_locale)};
            for (const auto& [name, id] : utterance.media) {
                if (name.starts_with(digit_prefix)) part.whatever_the_pin.push_back(id);
            }
            auto played = co_await say(state, std::move(part), deadline);
            if (played) co_return played;
            observe::warning("the words are spoken in place of an account's recordings",
                             {{"why", played.error().detail}});
        }
    }
    Part part{
        .engine = *state->engine, .script = *script, .locale = std::move(utterance.locale), .voice = utterance.voice};
    if (script->pin_end > 0) {
        for (const char digit : digits) part.whatever_the_pin.emplace_back(1, digit);
    }
    co_return co_await say(state, std::move(part), deadline);
}

asio::awaitable<void> Speaker::stop() {
    const auto state = state_;
    state->stopping = true;
    co_await state->engine->stop();
    if (state->media) co_await state->media->stop();
    state->idle.expires_after(piece_max);
    while (state->making > 0) {
        boost::system::error_code woken;
        co_await state->idle.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        if (!woken) co_return;
    }
}

std::size_t Speaker::kept_bytes() const noexcept { return state_->kept.bytes(); }

}  // namespace roger::voice
