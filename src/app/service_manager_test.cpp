#include "app/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cstdlib>
#include <cstring>

#include <gtest/gtest.h>

namespace roger::app {
namespace {

/// Listens as systemd does.
class Listener {
public:
    explicit Listener(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name[0] == '@') address.sun_path[0] = '\0';
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0) << std::strerror(errno);
        if (name[0] != '@') path_ = name;
    }
    ~Listener() {
        ::close(socket_);
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::string heard() const {
        char bytes[256];
        const ssize_t count = ::recv(socket_, bytes, sizeof(bytes), MSG_DONTWAIT);
        return count < 0 ? "" : std::string(bytes, static_cast<std::size_t>(count));
    }

private:
    int socket_;
    std::string path_;
};

std::string unique(const std::string& prefix) { return prefix + "roger-notify-" + std::to_string(::getpid()); }

TEST(ServiceManagerTest, SpeaksToAPathAndToAnAbstractName) {
    for (const std::string& name : {unique(testing::TempDir()), unique("@")}) {
        SCOPED_TRACE(name);
        const Listener listener(name);
        const ServiceManager manager(name, std::nullopt);
        EXPECT_TRUE(manager.tell("READY=1\nSTATUS=listening"));
        EXPECT_EQ(listener.heard(), "READY=1\nSTATUS=listening");
        EXPECT_EQ(listener.heard(), "");
    }
}

TEST(ServiceManagerTest, WithoutAListenerNothingIsSaidAndNothingFails) {
    const ServiceManager manager("", milliseconds(1000));
    EXPECT_TRUE(manager.tell("READY=1"));
    EXPECT_FALSE(manager.ping_every());
}

TEST(ServiceManagerTest, AListenerThatIsGoneIsSaid) {
    EXPECT_FALSE(ServiceManager(unique("@nobody-"), std::nullopt).tell("READY=1"));
    EXPECT_FALSE(ServiceManager(std::string(200, 'x'), std::nullopt).tell("READY=1"));
}

TEST(ServiceManagerTest, PingsTwiceAsOftenAsIsWatched) {
    EXPECT_EQ(ServiceManager("@x", milliseconds(120'000)).ping_every(), milliseconds(60'000));
    EXPECT_FALSE(ServiceManager("@x", std::nullopt).ping_every());
}

TEST(ServiceManagerTest, ReadsTheWatchdogsMicroseconds) {
    EXPECT_EQ(parse_watchdog("120000000"), milliseconds(120'000));
    for (const char* wrong : {"", "0", "-1", "1999", "1x", "99999999999999999999", " 5000000"}) {
        EXPECT_FALSE(parse_watchdog(wrong)) << wrong;
    }
}

TEST(ServiceManagerTest, TakesTheEnvironmentAndLeavesNothingOfItToChildren) {
    const std::string name = unique("@environment-");
    const Listener listener(name);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "4000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    const ServiceManager manager;
    EXPECT_EQ(manager.ping_every(), milliseconds(2000));
    EXPECT_TRUE(manager.tell("READY=1"));
    EXPECT_EQ(listener.heard(), "READY=1");
    EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
    EXPECT_EQ(std::getenv("WATCHDOG_USEC"), nullptr);

    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "4000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    EXPECT_FALSE(ServiceManager().ping_every()) << "another process is watched";
}

}  // namespace
}  // namespace roger::app
