// Programs as they should not be: they hang, die, write without end, leave children behind.
#include "voice/program.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <thread>

#include "tests/support/real_time.hpp"
#include "tests/support/scripts.hpp"

namespace roger::voice {
namespace {

using testing_support::complete;

class ProgramTest : public testing::Test {
protected:
    ~ProgramTest() override { complete(io, programs.stop()); }

    SteadyTime in(milliseconds time) { return clock.steady_now() + time; }
    Result<std::string> run(const std::string& lines,
                            std::string input = "",
                            milliseconds limit = milliseconds(30'000)) {
        return complete(io,
                        programs.run({scripts.script("program", lines), "one", "two"}, std::move(input), in(limit)));
    }
    /// Waits until the process whose number a script wrote there is gone, or is a corpse that somebody else has to
    /// bury.
    bool gone(const std::string& file) {
        const std::string pid = std::to_string(std::stoi(scripts.read(file)));
        complete(io, programs.stop());
        for (const SteadyTime hung = in(seconds(20)); clock.steady_now() < hung; std::this_thread::yield()) {
            std::ifstream stat("/proc/" + pid + "/stat");
            const std::string line(std::istreambuf_iterator<char>(stat), {});
            if (line.empty() || line.find(") Z ") != std::string::npos) return true;
        }
        return false;
    }

    testing_support::Scripts scripts;
    testing_support::RealClock clock;
    boost::asio::io_context io{1};
    Programs programs{io.get_executor(), {.at_once = 2, .waiting_max = 3, .output_max = 100'000}};
};

TEST_F(ProgramTest, GetsTheTextOnItsInputAndGivesItsOutput) {
    EXPECT_EQ(run("cat", "Grüße").value_or("-"), "Grüße");
    EXPECT_EQ(run("cat", std::string(4'096, 'x')).value_or("-"), std::string(4'096, 'x'));
    EXPECT_EQ(run("echo \"$1 $2\"").value_or("-"), "one two\n");
    EXPECT_EQ(run("head -c 100000 /dev/zero").value_or("-"), std::string(100'000, '\0'));
}

TEST_F(ProgramTest, OneThatDoesNotReadIsNoHarm) { EXPECT_EQ(run("echo done", "text").value_or("-"), "done\n"); }

TEST_F(ProgramTest, SeesNothingOfOurs) {
    ::setenv("ROGER_TEST_SECRET", "hush", 1);
    const auto environment = run("env; ls /proc/self/fd | wc -w");
    ::unsetenv("ROGER_TEST_SECRET");
    ASSERT_TRUE(environment);
    EXPECT_EQ(environment->find("hush"), std::string::npos);
    EXPECT_NE(environment->find("LANG=C.UTF-8"), std::string::npos);

    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);  // as Asio's sockets: open over exec
    const auto files = run("for f in /proc/$$/fd/*; do readlink $f; done; true");
    ASSERT_TRUE(files);
    EXPECT_EQ(files->find("socket:"), std::string::npos) << *files;
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_F(ProgramTest, OneThatHangsIsKilledAtTheDeadline) {
    const auto result = run("echo $$ >$DIR/pid; exec sleep 600", "", milliseconds(300));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::unavailable);
    EXPECT_NE(result.error().detail.find("was not done in time"), std::string::npos);
    EXPECT_TRUE(gone("pid"));
}

TEST_F(ProgramTest, OneThatClosesItsOutputAndHangsIsKilledToo) {
    ASSERT_FALSE(run("echo $$ >$DIR/pid; exec sleep 600 >/dev/null", "", milliseconds(300)));
    EXPECT_TRUE(gone("pid"));
}

TEST_F(ProgramTest, ItsChildrenGoWithIt) {
    ASSERT_FALSE(run("sleep 600 & echo $! >$DIR/child; wait", "", milliseconds(300)));
    EXPECT_TRUE(gone("child"));
}

// A child in the background keeps nobody waiting when it does not hold the output, and is swept up when we are done.
TEST_F(ProgramTest, WhatItLeavesBehindIsSweptUp) {
    EXPECT_EQ(run("sleep 600 >/dev/null & echo $! >$DIR/child; echo done").value_or("-"), "done\n");
    EXPECT_TRUE(gone("child"));
}

TEST_F(ProgramTest, OneThatWritesWithoutEndIsStopped) {
    const auto result = run("echo $$ >$DIR/pid; exec cat /dev/zero");
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().detail.find("wrote too much"), std::string::npos);
    EXPECT_TRUE(gone("pid"));
}

TEST_F(ProgramTest, OneThatFailsDiesOrSaysNothingIsUnavailable) {
    for (const auto* lines : {"echo half; exit 1", "echo half; kill -9 $$", "exit 0"}) {
        const auto result = run(lines);
        ASSERT_FALSE(result) << lines;
        EXPECT_EQ(result.error().code, Errc::unavailable);
    }
    const auto missing = complete(io, programs.run({"no-such-program"}, "the text", in(seconds(30))));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().detail, "no-such-program cannot be started: No such file or directory");
}

TEST_F(ProgramTest, NoMoreThanItsPlacesRunAndNoMoreThanItsLimitWait) {
    // Each waits until the test lets it go; which are running at a time is written down.
    const std::string program =
        scripts.script("program", "echo $$ >>$DIR/running; while [ ! -e $DIR/go ]; do sleep 0.01; done; echo done");
    std::vector<Result<std::string>> results;
    for (int i = 0; i < 6; ++i) {
        boost::asio::co_spawn(
            io, programs.run({program}, "", in(seconds(60))),
            [&](const std::exception_ptr&, Result<std::string> got) { results.push_back(std::move(got)); });
    }
    while (results.empty()) io.run_one();
    EXPECT_FALSE(results[0]) << "two run, three wait, the sixth finds no room";
    const auto lines = [&] {
        const auto text = scripts.read("running");
        return std::ranges::count(text, '\n');
    };
    while (lines() < 2) io.poll();
    scripts.write("go", "");
    while (results.size() < 6) io.run_one();
    for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(results[i].value_or("-"), "done\n");
    EXPECT_EQ(lines(), 5);
}

TEST_F(ProgramTest, StoppingKillsWhatRunsAndRefusesWhatWaits) {
    const std::string program = scripts.script("program", "echo $$ >>$DIR/pids; exec sleep 600");
    std::vector<Result<std::string>> results;
    for (int i = 0; i < 4; ++i) {
        boost::asio::co_spawn(
            io, programs.run({program}, "", in(seconds(60))),
            [&](const std::exception_ptr&, Result<std::string> got) { results.push_back(std::move(got)); });
    }
    while (scripts.read("pids").find('\n') == std::string::npos) io.poll();
    complete(io, programs.stop());
    while (results.size() < 4) io.run_one();
    for (const auto& result : results) EXPECT_FALSE(result);
    EXPECT_TRUE(gone("pids"));
    EXPECT_FALSE(run("echo done"));
}

TEST(CanRunTest, FindsProgramsByPathAndByName) {
    EXPECT_TRUE(can_run("/bin/sh"));
    EXPECT_TRUE(can_run("sh"));
    EXPECT_FALSE(can_run("/etc/passwd"));
    EXPECT_FALSE(can_run("no-such-program"));
}

}  // namespace
}  // namespace roger::voice
