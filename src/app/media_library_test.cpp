#include "app/media_library.hpp"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "account/templates.hpp"
#include "http/scripted_server_test.hpp"
#include "tests/support/real_time.hpp"
#include "tests/support/temp_directory.hpp"
#include "voice/wav.hpp"

namespace roger::app {
namespace {

namespace fs = std::filesystem;
using testing_support::complete;

/// A tone of so many samples, at 8 kHz.
std::string tone(std::size_t length, double pitch = 0.5) {
    voice::Samples samples(length);
    for (std::size_t i = 0; i < length; ++i) {
        samples[i] = static_cast<std::int16_t>(8'000 * std::sin(pitch * static_cast<double>(i)));
    }
    return voice::write_wav(samples);
}

class MediaLibraryTest : public testing::Test {
protected:
    MediaLibraryTest() { library.set_allow_private(true); }
    ~MediaLibraryTest() override {
        server.stop();
        readers.join();
    }
    Result<std::string> fetch(const std::string& wav) {
        server.script = [wav](auto& connection, const auto&) { connection.answer(200, wav); };
        return complete(io, library.fetch(server.url()));
    }
    Result<voice::Samples> play(const std::string& id) {
        return complete(io, library.say({.locale = "media", .text = id}, SteadyTime::max()));
    }
    std::string refusal() {
        const auto fetched = complete(io, library.fetch(server.url()));
        if (fetched) return "";
        EXPECT_EQ(fetched.error().code, Errc::invalid_argument);
        return fetched.error().detail;
    }
    std::size_t kept() const {
        if (!fs::exists(directory)) return 0;
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
    }

    testing_support::TempDirectory temp;
    std::string directory = (temp.path() / "media").string();
    testing_support::RealClock clock;
    boost::asio::io_context io{1};
    boost::asio::thread_pool readers{1};
    http::ScriptedServer server{io};
    http::Client client{{.executor = io.get_executor(), .clock = clock}};
    MediaLibrary library{{.executor = io.get_executor(), .readers = readers, .client = client, .clock = clock},
                         directory};
};

TEST_F(MediaLibraryTest, ARecordingIsKeptByItsContentAndPlayed) {
    const auto id = fetch(tone(8'000));
    ASSERT_TRUE(id) << id.error().detail;
    EXPECT_TRUE(account::is_media_id(*id));
    EXPECT_TRUE(server.requests.at(0).head.starts_with("GET / HTTP/1.1"));
    const auto samples = play(*id);
    ASSERT_TRUE(samples);
    EXPECT_NEAR(static_cast<double>(samples->size()), 8'000, 400);
    EXPECT_EQ(fs::status(directory + "/" + *id + ".wav").permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(*fetch(tone(8'000)), *id) << "the same sound";
    EXPECT_EQ(kept(), 1U);
    EXPECT_NE(*fetch(tone(8'000, 0.6)), *id);
    EXPECT_EQ(kept(), 2U);
    library.keep_only({*id});
    EXPECT_EQ(kept(), 1U);
    EXPECT_TRUE(play(*id));
}

TEST_F(MediaLibraryTest, WhatIsNoRecordingIsRefusedWithASentence) {
    const std::string whole = tone(8'000);
    const std::pair<std::string, std::string> rows[] = {
        {"ID3 an mp3", "not a WAV file"},
        {"", "not a WAV file"},
        {"<html>Log in</html>", "not a WAV file"},
        {whole.substr(0, whole.size() / 2), "cut off"},
        {whole.substr(0, 30), "cut off"},
        {whole.substr(0, 40), "without sound"},
        {voice::write_wav(voice::Samples(8'000, 0)), "nothing can be heard"},
        {tone(8'000 * 25), "more than 20 seconds"},
    };
    for (const auto& [bytes, why] : rows) {
        const auto id = fetch(bytes);
        ASSERT_FALSE(id) << why;
        EXPECT_EQ(id.error().code, Errc::invalid_argument);
        EXPECT_NE(id.error().detail.find(why), std::string::npos) << id.error().detail;
    }
    std::string absurd = whole;
    absurd[27] = '\x7f';  // 2 GHz
    EXPECT_NE(fetch(absurd).error().detail.find("rate"), std::string::npos);
    EXPECT_EQ(kept(), 0U);
}

TEST_F(MediaLibraryTest, WhatAServerDoesInsteadIsRefusedWithASentence) {
    server.script = [](auto& connection, const auto&) { connection.answer(404, ""); };
    EXPECT_EQ(refusal(), "the recording could not be fetched: its server answered 404.");
    server.script = [](auto& connection, const auto&) { connection.answer(302, "", "Location: /other.wav\r\n"); };
    EXPECT_EQ(refusal(), "the address leads to another one; give the one where the recording itself is.");
    EXPECT_EQ(server.requests.size(), 2U) << "it was not followed";
    server.script = [](auto& connection, const auto&) {
        connection.send("HTTP/1.1 200 OK\r\n\r\n" + std::string(MediaLibrary::bytes_max + 1, 'x'));
    };
    EXPECT_EQ(refusal(), "the recording could not be fetched: its answer is too large.");
    server.script = [](auto& connection, const auto&) { connection.close(); };
    EXPECT_NE(refusal(), "");
    EXPECT_EQ(client.under_way(), 0U);
    EXPECT_EQ(kept(), 0U);
}

TEST_F(MediaLibraryTest, NothingIsFetchedFromOurOwnNetwork) {
    library.set_allow_private(false);
    EXPECT_NE(refusal().find("not public"), std::string::npos);
    EXPECT_TRUE(server.requests.empty());
}

TEST_F(MediaLibraryTest, WhatIsNotKeptIsNotPlayed) {
    for (const std::string& id : {std::string(32, 'a'), std::string("../roger.db"), std::string()}) {
        EXPECT_EQ(play(id).error().code, Errc::unavailable) << id;
    }
}

TEST_F(MediaLibraryTest, OnlySoManyAreFetchedAtATime) {
    server.script = [](auto&, const auto&) {};
    int refused = 0;
    for (std::size_t i = 0; i <= MediaLibrary::at_once_max; ++i) {
        boost::asio::co_spawn(io, library.fetch(server.url()),
                              [&refused](const std::exception_ptr&, const Result<std::string>& id) {
                                  if (!id && id.error().code == Errc::unavailable) ++refused;
                              });
    }
    io.restart();
    io.poll();
    EXPECT_EQ(refused, 1);
    client.stop();
    io.restart();
    io.poll();
    EXPECT_TRUE(fetch(tone(8'000)).error().code == Errc::invalid_argument) << "the client is stopped; there is room";
}

}  // namespace
}  // namespace roger::app
