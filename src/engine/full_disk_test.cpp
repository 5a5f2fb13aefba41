// What the engine does with the room that was set aside for a full disk.
#include <sstream>

#include <gtest/gtest.h>

#include "engine/engine_fixture_test.hpp"

namespace roger::engine {
namespace {

/// A store on a disk that others fill: each transaction that writes takes a block, and so many are set aside.
class SmallDisk final : public store::Store {
public:
    static constexpr int set_aside = 4;
    explicit SmallDisk(std::unique_ptr<store::Store> store) : store_(std::move(store)) {}

    Result<void> transact(const store::Wanted& wanted,
                          FunctionRef<store::Changes(const store::Loaded&)> decide) override {
        bool full = false;
        const auto saved = store_->transact(wanted, [&](const store::Loaded& loaded) {
            store::Changes changes = decide(loaded);
            if (changes.empty()) return changes;
            full = free_blocks == 0;
            free_blocks -= full ? 0 : 1;
            return full ? store::Changes{} : changes;
        });
        if (full) return fail(Errc::unavailable, "full");
        return saved;
    }
    bool give_up_reserve() override {
        free_blocks += whole ? set_aside : 0;
        return std::exchange(whole, false);
    }
    Result<void> restore_reserve() override {
        if (!whole && free_blocks < set_aside) return fail(Errc::unavailable, "not that much");
        free_blocks -= whole ? 0 : set_aside;
        whole = true;
        return {};
    }
    Result<store::Page> page(const store::Query& query) const override { return store_->page(query); }
    Result<std::vector<store::AuditEntry>> audit(const store::AuditQuery& query) const override {
        return store_->audit(query);
    }
    std::optional<TimePoint> next_due() const override { return store_->next_due(); }
    std::size_t live() const override { return store_->live(); }
    const store::Opened& opened() const override { return store_->opened(); }

    int free_blocks = 1000;
    bool whole = false;

private:
    std::unique_ptr<store::Store> store_;
};

class FullDiskTest : public EngineTest {
protected:
    FullDiskTest() {
        auto small = std::make_unique<SmallDisk>(store::make_memory_store(disk));
        room = small.get();
        restart_on(std::move(small));
        engine->prepare();
    }
    verification::EventState event_of(const Work& work) {
        return store->read({.key = work.row.key})->at(0).events[0].state;
    }
    [[nodiscard]] std::string gauges() const {
        std::string found;
        std::istringstream lines(metrics.text());
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("roger_store_writable") || line.starts_with("roger_reserve_whole"))
                found += line + ' ';
        }
        return found;
    }

    SmallDisk* room = nullptr;
};

TEST_F(FullDiskTest, OutcomesAreSavedInTheReserveAndNothingElseIs) {
    ASSERT_TRUE(room->whole);
    const RequestId first = *start("447700900101")->id;
    (void)start("447700900102");
    const auto works = sender.works;
    room->free_blocks = 0;
    EXPECT_EQ(start("447700900103").error().code, Errc::unavailable);
    EXPECT_TRUE(room->whole) << "a client is not worth it";
    EXPECT_EQ(engine->condition(), Condition::unwritable);

    EXPECT_TRUE(accept(works[0]));
    EXPECT_EQ(event_of(works[0]), verification::EventState::submitted);
    EXPECT_EQ(engine->condition(), Condition::on_reserve);
    EXPECT_EQ(gauges(), "roger_store_writable 0 roger_reserve_whole 0 ");
    EXPECT_EQ(start("447700900103").error().code, Errc::unavailable);
    EXPECT_EQ(check(first, pin_of(first)).error().code, Errc::unavailable);
    clock.advance(seconds(200));
    (void)start("447700900103");
    EXPECT_EQ(sender.works.size(), 2U) << "no message goes out while its check could not be saved";
    EXPECT_TRUE(accept(works[1]));
    EXPECT_EQ(room->free_blocks, SmallDisk::set_aside - 2);
}

TEST_F(FullDiskTest, ServiceResumesOnceTheReserveIsWholeAgain) {
    (void)start("447700900101");
    const auto works = sender.works;
    room->free_blocks = 0;
    ASSERT_TRUE(accept(works[0]));
    room->free_blocks = SmallDisk::set_aside - 1;
    clock.advance(seconds(1));
    EXPECT_EQ(start("447700900103").error().code, Errc::unavailable) << "that little is kept for outcomes";
    room->free_blocks = SmallDisk::set_aside + 10;
    EXPECT_EQ(start("447700900103").error().code, Errc::unavailable) << "looked for each second";
    clock.advance(seconds(1));
    EXPECT_TRUE(start("447700900103"));
    EXPECT_TRUE(room->whole);
    EXPECT_TRUE(engine->writable());
    EXPECT_EQ(gauges(), "roger_store_writable 1 roger_reserve_whole 1 ");
    clock.advance(seconds(200));
    run();
    EXPECT_GT(sender.works.size(), 2U) << "timers run again";
}

TEST_F(FullDiskTest, OutcomesThatEvenTheReserveCannotHoldAreKept) {
    (void)start("447700900101");
    (void)start("447700900102");
    const auto works = sender.works;
    room->free_blocks = 0;
    ASSERT_TRUE(accept(works[0]));
    room->free_blocks = 0;
    EXPECT_FALSE(accept(works[1]));
    clock.advance(seconds(1));
    run();
    EXPECT_EQ(event_of(works[1]), verification::EventState::sending);
    room->free_blocks = 1;
    clock.advance(seconds(1));
    run();
    EXPECT_EQ(event_of(works[1]), verification::EventState::submitted);
    EXPECT_EQ(engine->condition(), Condition::on_reserve);
}

TEST_F(FullDiskTest, AStartWithoutRoomForTheReserveRefusesClientsAndSendsNothing) {
    (void)start("447700900101");
    auto small = std::make_unique<SmallDisk>(store::make_memory_store(disk));
    room = small.get();
    room->free_blocks = SmallDisk::set_aside - 1;
    restart_on(std::move(small));
    engine->prepare();
    EXPECT_EQ(start("447700900103").error().code, Errc::unavailable);
    EXPECT_TRUE(sender.works.empty());
    EXPECT_EQ(engine->condition(), Condition::on_reserve);
    room->free_blocks = 100;
    clock.advance(seconds(1));
    EXPECT_TRUE(start("447700900103"));
    clock.advance(seconds(200));
    run();
    EXPECT_GT(sender.works.size(), 1U) << "the claim of the last process ran out by itself";
}

}  // namespace
}  // namespace roger::engine
