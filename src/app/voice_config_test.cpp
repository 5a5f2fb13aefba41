#include "app/voice_config.hpp"

#include <gtest/gtest.h>

#include "app/config.hpp"
#include "app/live_config.hpp"

namespace roger::app {
namespace {

Result<VoiceConfig> read(const std::string& text) {
    return parse_config("[voice]\n" + text, "roger.toml").map([](const Config& config) { return config.voice; });
}
std::string refusal(const std::string& text) {
    const auto config = read(text);
    return config ? "" : config.error().detail;
}

TEST(VoiceConfigTest, TheDefaultIsEspeakThatSaysTheMessageTwice) {
    const auto config = read("");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->engine, voice::EngineKind::espeak);
    EXPECT_EQ(config->repeat, 2);
    EXPECT_FALSE(config->gate);
}

TEST(VoiceConfigTest, EveryKeyIsRead) {
    const auto config = read(R"(
engine = "command"
command = ["/usr/bin/flite", "-voice", "${voice}", "-o", "/dev/stdout"]
recordings = "/var/lib/recordings"
repeat = 3
gate = true
)");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->engine, voice::EngineKind::command);
    EXPECT_EQ(config->command.size(), 5U);
    EXPECT_EQ(config->engine_options().command, config->command);
    EXPECT_EQ(config->engine_options().recordings, "/var/lib/recordings");
    EXPECT_EQ(config->repeat, 3);
    EXPECT_TRUE(config->gate);
}

TEST(VoiceConfigTest, MistakesAreNamed) {
    EXPECT_NE(refusal("engine = \"festival\"").find("roger.toml:2: voice.engine"), std::string::npos);
    EXPECT_NE(refusal("engine = \"command\"").find("voice.command is needed by engine"), std::string::npos);
    EXPECT_NE(refusal("engine = \"command\"\ncommand = [\"flite\"]").find("absolute path"), std::string::npos);
    EXPECT_NE(refusal("command = [\"/bin/say\", \"${text}\"]").find("standard input"), std::string::npos);
    EXPECT_NE(refusal("engine = \"recordings\"").find("voice.recordings is needed"), std::string::npos);
    EXPECT_NE(refusal("repeat = 0").find("voice.repeat"), std::string::npos);
    EXPECT_NE(refusal("repeat = 6").find("voice.repeat"), std::string::npos);
    EXPECT_NE(refusal("gate = 1").find("voice.gate"), std::string::npos);
    EXPECT_NE(refusal("repeats = 2").find("'voice.repeat'"), std::string::npos);
}

TEST(VoiceConfigTest, AnotherEngineNeedsAStartAnotherRepeatDoesNot) {
    Config running;
    Config fresh;
    fresh.voice.repeat = 1;
    fresh.voice.gate = true;
    EXPECT_TRUE(keys_for_restart(running, fresh).empty());
    fresh.voice.engine = voice::EngineKind::recordings;
    EXPECT_EQ(keys_for_restart(running, fresh), std::vector<std::string>{"voice.engine"});
}

}  // namespace
}  // namespace roger::app
