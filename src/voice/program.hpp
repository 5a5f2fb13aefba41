// Other programs, run once each: text in, bytes out. Nothing waits for them but the coroutine that asked: not for one
// that hangs, dies, or writes without end.
//
// A program gets its text on standard input, writes to standard output, and sees nothing of ours: no other open file,
// no environment but PATH and LANG, standard error to nowhere (it could quote the text). It leads a process group of
// its own, which is killed, with whatever it started, as soon as its answer is there or too late.
// Everything runs on one executor, whose context one thread runs.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"

namespace roger::voice {

class Programs {
public:
    struct Limits {
        std::size_t at_once = 4;        ///< processes: an espeak-ng is a core for 20–40 ms
        std::size_t waiting_max = 512;  ///< for one of them to end; beyond that, nothing is said
        std::size_t output_max = std::size_t{4} << 20U;
        bool may_be_silent = false;  ///< a program that writes nothing has not failed
    };
    Programs(boost::asio::any_io_executor executor, Limits limits);
    ~Programs();

    /// Runs a program and takes what it wrote.
    /// @param arguments  the program first: a path, or a name that is looked for in PATH
    /// @param input      at most 4,096 bytes, so that it fits into a pipe whatever the machine's settings
    /// @return unavailable with the reason, without input or output in it: it cannot be started, ended badly, wrote too
    ///         much or nothing, or was not done by the deadline
    [[nodiscard]] boost::asio::awaitable<Result<std::string>> run(std::vector<std::string> arguments,
                                                                  std::string input,
                                                                  SteadyTime deadline);
    /// Kills what runs and refuses what waits; comes back when no process is left, or none but unkillable ones.
    [[nodiscard]] boost::asio::awaitable<void> stop();

private:
    struct Run;
    struct State;
    [[nodiscard]] Result<std::shared_ptr<Run>> start(std::vector<std::string> arguments,
                                                     const std::string& input,
                                                     SteadyTime deadline);

    std::shared_ptr<State> state_;  // with those who ask, and with the processes that have yet to be buried
};

/// Whether there is such a program: a path that may be executed, or a name found in PATH.
[[nodiscard]] bool can_run(const std::string& program);

}  // namespace roger::voice
