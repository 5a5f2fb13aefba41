#include "store/memory.hpp"

#include "tests/contract/knowledge_contract.hpp"

namespace roger::store::contract {
namespace {

class MemoryPlace {
public:
    std::unique_ptr<Store> open() { return make_memory_store(disk_); }
    void crash() {}  // what is on the disk is durable at once

private:
    std::shared_ptr<MemoryDisk> disk_ = make_memory_disk();
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, MemoryPlace);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, KnowledgeContract, MemoryPlace);

TEST(MemoryStoreTest, AFaultMeetsOneTransactionThatWrites) {
    const auto disk = make_memory_disk();
    const auto store = make_memory_store(disk);
    set_fault(*disk, MemoryFault::unavailable);
    EXPECT_TRUE(save(*store, Changes{}));
    EXPECT_EQ(save(*store, {live_row(1)}).error().code, Errc::unavailable);
    EXPECT_EQ(store->live(), 0U);
    EXPECT_TRUE(save(*store, {live_row(1)}));
    EXPECT_EQ(store->live(), 1U);
}

TEST(MemoryStoreTest, AfterACommitInDoubtTheStoreRefusesAndTheNextOneKnows) {
    for (const auto [fault, kept] :
         {std::pair(MemoryFault::timed_out_lost, 0U), std::pair(MemoryFault::timed_out_kept, 1U)}) {
        const auto disk = make_memory_disk();
        auto store = make_memory_store(disk);
        set_fault(*disk, fault);
        EXPECT_EQ(save(*store, {live_row(1)}).error().code, Errc::timed_out);
        EXPECT_EQ(save(*store, {live_row(2)}).error().code, Errc::timed_out);
        store = make_memory_store(disk);
        EXPECT_EQ(store->live(), kept);
    }
}

}  // namespace
}  // namespace roger::store::contract
