#include "voice/engine.hpp"

#include <functional>

#include "voice/clip.hpp"
#include "voice/espeak.hpp"
#include "voice/program.hpp"
#include "voice/recordings.hpp"

namespace roger::voice {
namespace {

namespace asio = boost::asio;

struct Order {
    std::vector<std::string> arguments;
    std::string text;
};
using MakeOrder = std::function<Order(Piece)>;

std::string replaced(std::string text, std::string_view name, std::string_view value) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
        text.replace(at, name.size(), value);
    }
    return text;
}

Order for_espeak(Piece piece) {
    const bool character = piece.text.size() == 1;
    return {.arguments = espeak_command(piece.locale, piece.voice),
            .text = character ? espeak_character(piece.locale, piece.text) : std::move(piece.text)};
}

MakeOrder for_command(std::vector<std::string> command) {
    return [command = std::move(command)](Piece piece) {
        Order order{.arguments = command, .text = std::move(piece.text)};
        for (std::string& argument : order.arguments) {
            argument = replaced(std::move(argument), "${voice}", to_string(piece.voice));
            argument = replaced(std::move(argument), "${locale}", piece.locale);
        }
        return order;
    };
}

class ProgramEngine final : public Engine {
public:
    ProgramEngine(asio::any_io_executor executor, const EngineOptions& options, std::string program, MakeOrder order)
        : programs_(std::move(executor), {.at_once = options.programs_at_once, .output_max = wav_bytes_max}),
          program_(std::move(program)),
          order_(std::move(order)) {}

    asio::awaitable<Result<Samples>> say(Piece piece, SteadyTime deadline) override {
        Order order = order_(std::move(piece));
        auto wav = co_await programs_.run(std::move(order.arguments), std::move(order.text), deadline);
        if (!wav) co_return tl::unexpected<Error>(wav.error());
        auto clip = read_wav(*wav).and_then(make_clip);
        if (!clip) co_return fail(Errc::unavailable, program_ + " wrote " + clip.error().detail);
        co_return std::move(*clip);
    }
    asio::awaitable<void> stop() override { co_await programs_.stop(); }
    std::string trouble() const override {
        return can_run(program_) ? "" : program_ + " is not installed, or may not be executed";
    }

private:
    Programs programs_;
    std::string program_;
    MakeOrder order_;
};

class RecordingsEngine final : public Engine {
public:
    explicit RecordingsEngine(Recordings recordings) : recordings_(std::move(recordings)) {}

    asio::awaitable<Result<Samples>> say(Piece piece, SteadyTime /*deadline*/) override {
        const Samples* clip = recordings_.find(piece);
        if (clip == nullptr) co_return fail(Errc::unavailable, "no recording " + Recordings::name_of(piece));
        co_return *clip;
    }
    asio::awaitable<void> stop() override { co_return; }
    std::string trouble() const override { return ""; }

private:
    Recordings recordings_;
};

}  // namespace

std::string_view to_string(verification::Voice voice) noexcept {
    return voice == verification::Voice::male ? "male" : "female";
}

Result<std::unique_ptr<Engine>> make_engine(asio::any_io_executor executor, const EngineOptions& options) {
    if (options.kind == EngineKind::recordings) {
        auto recordings = Recordings::load(options.recordings);
        if (!recordings) return tl::unexpected<Error>(recordings.error());
        return std::make_unique<RecordingsEngine>(std::move(*recordings));
    }
    if (options.kind == EngineKind::command) {
        if (options.command.empty()) return fail(Errc::invalid_argument, "the speech engine has no command");
        return std::make_unique<ProgramEngine>(std::move(executor), options, options.command[0],
                                               for_command(options.command));
    }
    return std::make_unique<ProgramEngine>(std::move(executor), options, "espeak-ng", for_espeak);
}

}  // namespace roger::voice
