#include "app/peers.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace roger::app {
namespace {

namespace asio = boost::asio;

/// Writes down when it is started and stopped; stops when it is told that its window has drained.
class Channel final : public channel::Channel {
public:
    Channel(const asio::any_io_executor& executor, std::string name, std::vector<std::string>& diary)
        : name_(std::move(name)), diary_(diary), window_(executor) {
        window_.expires_at(asio::steady_timer::time_point::max());
    }
    asio::awaitable<Result<channel::Accepted>> submit(channel::Outbound, SteadyTime) override {
        co_return fail(Errc::unavailable, "nothing is sent here");
    }
    asio::awaitable<void> stop() override {
        diary_.push_back(name_ + " stops");
        boost::system::error_code ignored;
        if (holds) co_await window_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        diary_.push_back(name_ + " stopped");
    }
    void drain() {
        holds = false;
        window_.cancel();
    }
    void start() { diary_.push_back(name_ + " starts"); }
    bool holds = false;

private:
    std::string name_;
    std::vector<std::string>& diary_;
    asio::steady_timer window_;
};

using Diary = std::vector<std::string>;

class PeersTest : public testing::Test {
protected:
    Result<Peer> make(const RouteConfig& config) {
        if (config.smpp.ca_file == "none") return fail(Errc::invalid_argument, "no such file");
        const std::string name = config.route.name + std::to_string(config.smpp.window);
        auto channel = std::make_shared<Channel>(io.get_executor(), name, diary);
        made[name] = channel;
        return Peer{channel, [channel] { channel->start(); }};
    }
    static RouteConfig route(const std::string& name, std::int64_t window = 1) {
        RouteConfig config;
        config.route.name = name;
        config.smpp.window = window;
        return config;
    }
    /// What is ready now; a window that holds is not.
    Diary told() {
        io.restart();
        io.poll();
        return std::exchange(diary, {});
    }
    void stop() {
        asio::co_spawn(io, peers.stop(), [this](const std::exception_ptr&) { diary.emplace_back("all stopped"); });
    }

    asio::io_context io;
    Diary diary;
    std::map<std::string, std::weak_ptr<Channel>> made;
    Peers peers{io.get_executor(), [this](const RouteConfig& config) { return make(config); }};
};

TEST_F(PeersTest, NobodyIsReachedForBeforeTheStart) {
    EXPECT_EQ(peers.set({route("a"), route("b")})->size(), 2U);
    EXPECT_EQ(told(), Diary{});
    peers.start();
    EXPECT_EQ(told(), (Diary{"a1 starts", "b1 starts"}));
    (void)peers.set({route("a"), route("b"), route("c")});
    EXPECT_EQ(told(), Diary{"c1 starts"});
}

TEST_F(PeersTest, AReloadThatDoesNotConcernAPeerKeepsItsChannel) {
    const auto first = peers.set({route("a")});
    peers.start();
    RouteConfig dearer = route("a");
    dearer.route.price = Micros{7};
    const auto second = peers.set({dearer});
    EXPECT_EQ(&first->at(0).channel, &second->at(0).channel);
    EXPECT_EQ(second->at(0).route.price, Micros{7});
    EXPECT_EQ(told(), Diary{"a1 starts"});
}

TEST_F(PeersTest, AChangedPeerIsReachedForWhenTheOldWindowHasDrained) {
    (void)peers.set({route("a")});
    peers.start();
    made["a1"].lock()->holds = true;
    (void)peers.set({route("a", 2)});
    EXPECT_EQ(told(), (Diary{"a1 starts", "a1 stops"}));
    (void)peers.set({route("a", 3)});
    EXPECT_EQ(told(), (Diary{"a2 stops", "a2 stopped"})) << "it never bound, so that nobody waits for it";
    made["a1"].lock()->drain();
    EXPECT_EQ(told(), (Diary{"a1 stopped", "a3 starts"}));
    EXPECT_TRUE(made["a1"].expired());
}

TEST_F(PeersTest, APeerThatCannotBeMadeChangesNothing) {
    (void)peers.set({route("a")});
    peers.start();
    RouteConfig broken = route("b");
    broken.smpp.ca_file = "none";
    const auto changed = peers.set({route("a", 2), broken});
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().detail, "route 'b': no such file");
    EXPECT_EQ(told(), Diary{"a1 starts"});
    EXPECT_FALSE(made["a1"].expired());
}

TEST_F(PeersTest, ARouteThatIsGoneIsStopped) {
    (void)peers.set({route("a"), route("b")});
    peers.start();
    EXPECT_EQ(told(), (Diary{"a1 starts", "b1 starts"}));
    (void)peers.set({route("b")});
    EXPECT_EQ(told(), (Diary{"a1 stops", "a1 stopped"}));
}

TEST_F(PeersTest, TheEndWaitsForAllAndStartsNobody) {
    (void)peers.set({route("a"), route("b")});
    peers.start();
    made["a1"].lock()->holds = true;
    (void)peers.set({route("a", 2), route("b")});
    EXPECT_EQ(told(), (Diary{"a1 starts", "b1 starts", "a1 stops"}));
    stop();
    EXPECT_EQ(told(), (Diary{"a2 stops", "a2 stopped", "b1 stops", "b1 stopped"}));
    made["a1"].lock()->drain();
    EXPECT_EQ(told(), (Diary{"a1 stopped", "all stopped"}));
}

}  // namespace
}  // namespace roger::app
