#include "app/voice_config.hpp"

#include <array>
#include <tuple>

#include "app/config_checks.hpp"

namespace roger::app {
namespace {

constexpr std::array<std::pair<std::string_view, voice::EngineKind>, 3> engines = {{
    {"espeak", voice::EngineKind::espeak},
    {"command", voice::EngineKind::command},
    {"recordings", voice::EngineKind::recordings},
}};

/// PINs come by standard input only, for everybody on a machine can read the arguments of its processes.
Result<std::string> check_command_word(const std::string& text) {
    if (text.find("${text}") != std::string::npos) {
        return fail(Errc::invalid_argument,
                    "no ${text}: the text comes on standard input, where it does not stand in ps");
    }
    return check_program_word(text);
}

}  // namespace

voice::EngineOptions VoiceConfig::engine_options() const {
    return {.kind = engine, .command = command, .recordings = recordings};
}

bool VoiceConfig::same_engine(const VoiceConfig& other) const {
    return std::tie(engine, command, recordings) == std::tie(other.engine, other.command, other.recordings);
}

VoiceConfig read_voice(ReadFile& file, const toml::table& root) {
    VoiceConfig config;
    TableReader table(file, root, "voice");
    table.word<voice::EngineKind>("engine", config.engine, engines);
    table.list("command", config.command, check_command_word);
    table.text("recordings", config.recordings);
    table.whole("repeat", config.repeat, 1, 5);
    table.boolean("gate", config.gate);
    table.boolean("allow_private", config.allow_private);
    if (config.engine == voice::EngineKind::command) {
        if (!is_program(config.command)) {
            table.complain("command",
                           "is needed by engine \"command\": the absolute path of a program, and at most 31 "
                           "arguments");
        }
    }
    if (config.engine == voice::EngineKind::recordings && config.recordings.empty()) {
        table.complain("recordings", "is needed by engine \"recordings\": the directory of the recordings");
    }
    table.end();
    return config;
}

}  // namespace roger::app
