// What subscribers write to us. Each message is counted and logged without its text; STOP and START are kept in the
// store, and looked at before anything is sent. One thread: the dispatcher's executor.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "channel/channel.hpp"
#include "engine/engine.hpp"
#include "guard/opt_outs.hpp"
#include "observe/metrics.hpp"

namespace roger::dispatch {

class Inbox {
public:
    /// Settings of this prefix, then SENDER/NUMBER, say "on" while the subscriber is opted out.
    static constexpr std::string_view setting_prefix = "opt_out/";

    /// The engine and the metrics outlive it.
    Inbox(engine::Engine& engine, observe::Metrics& metrics) : engine_(engine), metrics_(metrics) {}

    /// At start, for each setting of the prefix.
    void restore(std::string_view name, std::string_view value);
    /// An InboundSink: acknowledged when it is stored, or of no consequence.
    void take(channel::InboundMessage message, std::function<void(bool stored)> done);
    [[nodiscard]] bool opted_out(std::string_view sender, std::string_view number) const {
        return outs_.contains(sender, number);
    }

private:
    engine::Engine& engine_;
    observe::Metrics& metrics_;
    guard::OptOuts outs_;
};

}  // namespace roger::dispatch
