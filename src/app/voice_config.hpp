// [voice]: who speaks, and how a call goes.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "app/table_reader.hpp"
#include "voice/engine.hpp"

namespace roger::app {

struct VoiceConfig {
    voice::EngineKind engine = voice::EngineKind::espeak;
    std::vector<std::string> command;  ///< of engine "command"
    std::string recordings;            ///< the directory of engine "recordings"
    std::int64_t repeat = 2;           ///< how often a call says its message, 1…5
    bool gate = false;                 ///< whether key 1 must be pressed to hear the PIN
    bool allow_private = false;        ///< accounts' recordings may be fetched from our own network

    [[nodiscard]] voice::EngineOptions engine_options() const;
    /// Whether the same engine speaks: a change of it takes effect at the next start.
    [[nodiscard]] bool same_engine(const VoiceConfig& other) const;
};

/// The table [voice] of a file; the first mistake goes to `file`.
[[nodiscard]] VoiceConfig read_voice(ReadFile& file, const toml::table& root);

}  // namespace roger::app
