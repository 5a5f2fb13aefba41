#include "dispatch/inbox.hpp"

#include <gtest/gtest.h>

#include "store/memory.hpp"
#include "tests/support/fakes.hpp"

namespace roger::dispatch {
namespace {

class NoSender final : public engine::Sender {
public:
    void carry_out(engine::Work /*work*/) override {}
    void revoke(verification::RowKey /*key*/) override {}
};

/// One start of the house on a disk that outlives it.
struct Life {
    explicit Life(const std::shared_ptr<store::MemoryDisk>& disk) : store(store::make_memory_store(disk)) {
        keyring.add(1, Key32{}, true);
        engine = std::make_unique<engine::Engine>(
            engine::Engine::Parts{.store = *store,
                                  .clock = clock,
                                  .keyring = keyring,
                                  .metrics = metrics,
                                  .post = [](const std::function<void()>& work) { work(); },
                                  .fatal = [](const Error&) {}},
            engine::Options{});
        engine->set_sender(sender);
        inbox = std::make_unique<Inbox>(*engine, metrics);
        for (const auto& [name, value] : store->opened().settings) {
            if (name.starts_with(Inbox::setting_prefix)) inbox->restore(name, value);
        }
    }
    /// @return what the peer is told: "stored", "again", or "nothing yet"
    std::string take(const std::string& text, bool commit = true) {
        std::string told = "nothing yet";
        inbox->take({.route = "a", .number = "447700900001", .to = "+12015550123", .text = text},
                    [&told](bool stored) { told = stored ? "stored" : "again"; });
        while (commit && engine->run_once()) {
        }
        return told;
    }
    [[nodiscard]] bool opted_out() const { return inbox->opted_out("12015550123", "447700900001"); }

    testing_support::FakeClock clock;
    verification::Keyring keyring;
    observe::Metrics metrics;
    NoSender sender;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<engine::Engine> engine;
    std::unique_ptr<Inbox> inbox;
};

TEST(InboxTest, StopHoldsOverARestartUntilStart) {
    const auto disk = store::make_memory_disk();
    {
        Life life(disk);
        EXPECT_EQ(life.take("hello"), "stored");
        EXPECT_FALSE(life.opted_out());
        EXPECT_EQ(life.take("Stop"), "stored");
        EXPECT_TRUE(life.opted_out());
        EXPECT_FALSE(life.inbox->opted_out("ACME", "447700900001"));
    }
    {
        Life life(disk);
        EXPECT_TRUE(life.opted_out());
        EXPECT_EQ(life.take("UNSTOP"), "stored");
        EXPECT_FALSE(life.opted_out());
    }
    EXPECT_FALSE(Life(disk).opted_out());
}

TEST(InboxTest, ThePeerIsAnsweredWhenItsStopIsStored) {
    Life life(store::make_memory_disk());
    std::string told = "nothing yet";
    life.inbox->take({.route = "a", .number = "447700900001", .to = "1", .text = "STOP"},
                     [&told](bool stored) { told = stored ? "stored" : "again"; });
    EXPECT_EQ(told, "nothing yet");
    EXPECT_TRUE(life.engine->run_once());
    EXPECT_EQ(told, "stored");
}

TEST(InboxTest, EachMessageIsCountedWithoutItsText) {
    Life life(store::make_memory_disk());
    (void)life.take("my code is 1234");
    (void)life.take("stop");
    const std::string text = life.metrics.text();
    EXPECT_NE(text.find("roger_inbound_total{route=\"a\",word=\"none\"} 1"), std::string::npos) << text;
    EXPECT_NE(text.find("roger_inbound_total{route=\"a\",word=\"stop\"} 1"), std::string::npos);
    EXPECT_EQ(text.find("1234"), std::string::npos);
}

}  // namespace
}  // namespace roger::dispatch
