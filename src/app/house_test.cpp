// The whole house on a real data directory, without its doors.
#include "app/house.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/small_house.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::app {
namespace {

namespace asio = boost::asio;
using nlohmann::json;
using testing_support::form_request;
using testing_support::get_request;
using testing_support::json_request;
using testing_support::Pairs;

constexpr const char* number = "447700900001";

template <class T>
T run(House& house, asio::awaitable<T> work) {
    std::optional<T> result;
    auto guard = asio::make_work_guard(house.io());  // waiting for the engine is no work of the io_context's own
    asio::co_spawn(house.io(), std::move(work), [&](const std::exception_ptr& error, T got) {
        if (error) std::rethrow_exception(error);
        result = std::move(got);
        guard.reset();
    });
    house.io().run();
    house.io().restart();
    return std::move(*result);
}

class HouseTest : public testing::Test {
protected:
    [[nodiscard]] HouseOptions options() const {
        HouseOptions options;
        options.config.data = temp.path() / "data";
        return options;
    }
    std::unique_ptr<House> open() { return open(options()); }
    static std::unique_ptr<House> open(const HouseOptions& options) {
        auto house = House::open(options);
        if (!house) {
            ADD_FAILURE() << house.error().detail;
            return nullptr;
        }
        return std::move(*house);
    }
    static http::Response admin(House& house, http::Method method, const std::string& path, const std::string& body) {
        http::Request request = json_request("/admin/v1/accounts" + path, body);
        request.method = method;
        return house.ask_control(request);
    }
    void create(House& house) {
        const json made = json::parse(admin(house, http::Method::post, "", R"({"key":"acme"})").body);
        secret = made["secret"];
    }
    http::Response v1(House& house, const std::string& call, Pairs pairs) const {
        pairs.insert(pairs.begin(), {{"api_key", "acme"}, {"api_secret", secret}});
        const auto request = form_request("/verify/" + call + "json", pairs);
        return run(house, house.router().handle_public(request));
    }
    json messages(House& house) const {
        const auto request = get_request("/sandbox/messages", {{"api_key", "acme"}, {"api_secret", secret}});
        return json::parse(run(house, house.router().handle_public(request)).body);
    }
    [[nodiscard]] std::string file(const char* name) const { return temp.path() / "data" / name; }

    testing_support::TempDirectory temp;
    std::string secret;
};

TEST_F(HouseTest, AServerSetsTheReserveAsideAndACommandDoesNot) {
    HouseOptions command = options();
    command.timers = false;
    const auto reserve = temp.path() / "data" / "reserve";
    open(command).reset();
    EXPECT_FALSE(std::filesystem::exists(reserve));
    open().reset();
    EXPECT_GT(std::filesystem::file_size(reserve), 0U);
}

TEST_F(HouseTest, AFreshDirectoryIsASandboxWithPhonesUnlessItIsToBeLive) {
    auto house = open();
    ASSERT_TRUE(house);
    EXPECT_TRUE(house->sandbox());
    EXPECT_TRUE(house->context().dispatcher.serves(message::Channel::sms, {}));
    house.reset();

    HouseOptions live = options();
    live.config.data = temp.path() / "live";
    live.create_sandbox = false;
    for (int i = 0; i < 2; ++i) {  // what it was made as, it stays
        house = open(live);
        ASSERT_TRUE(house);
        EXPECT_FALSE(house->sandbox());
        EXPECT_FALSE(house->context().dispatcher.serves(message::Channel::sms, {}));
        EXPECT_FALSE(house->context().dispatcher.serves(message::Channel::tts, {}));
        house.reset();
        live.create_sandbox = true;
    }
}

RouteConfig smpp_route(const std::string& name) {
    RouteConfig config;
    config.route.name = name;
    config.smpp.hosts = {"127.0.0.1:1"};
    config.smpp.system_id = "roger";
    return config;
}

std::vector<std::string> routes_of(House& house) {
    std::vector<std::string> names;
    for (const auto& entry : house.context().dispatcher.routes().entries()) names.push_back(entry->route.route.name);
    return names;
}

TEST_F(HouseTest, ADirectoryMadeWithARouteIsLive) {
    HouseOptions options = this->options();
    options.config.routes = {smpp_route("a")};
    auto house = open(options);
    ASSERT_TRUE(house);
    EXPECT_FALSE(house->sandbox());
    EXPECT_EQ(routes_of(*house), std::vector<std::string>{"a"});
    EXPECT_TRUE(house->context().dispatcher.serves(message::Channel::sms, {}));
    EXPECT_FALSE(house->context().dispatcher.serves(message::Channel::tts, {}));
    EXPECT_FALSE(house->context().dispatcher.routes().usable()) << "nobody was reached for";
}

TEST_F(HouseTest, InASandboxTheHandsetKeepsTheChannelsWithoutARoute) {
    HouseOptions options = this->options();
    options.config.routes = {smpp_route("a")};
    options.create_sandbox = true;
    auto house = open(options);
    ASSERT_TRUE(house);
    EXPECT_EQ(routes_of(*house), (std::vector<std::string>{"a", "handset"}));
    EXPECT_EQ(house->context().dispatcher.routes().entries()[1]->route.route.channel, message::Channel::tts);
    EXPECT_TRUE(house->apply(Config{}));
    EXPECT_EQ(routes_of(*house), (std::vector<std::string>{"handset", "handset"}));
}

TEST_F(HouseTest, AConfigurationWhoseRouteCannotBeMadeChangesNothing) {
    HouseOptions options = this->options();
    options.config.routes = {smpp_route("a")};
    auto house = open(options);
    ASSERT_TRUE(house);
    Config broken = options.config;
    broken.rate = 7;
    broken.routes = {smpp_route("b")};
    broken.routes[0].smpp.tls = true;
    broken.routes[0].smpp.ca_file = temp.path() / "none.pem";
    const auto applied = house->apply(broken);
    ASSERT_FALSE(applied);
    EXPECT_TRUE(applied.error().detail.starts_with("route 'b': ")) << applied.error().detail;
    EXPECT_EQ(routes_of(*house), std::vector<std::string>{"a"});
    EXPECT_EQ(house->context().settings.rate, 30);
    house.reset();
    options.config = broken;
    const auto refused = House::open(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::blocked) << "exit 78";
}

TEST_F(HouseTest, TheOperatorsWordOnARouteIsKeptOverAReopening) {
    HouseOptions options = this->options();
    options.config.routes = {smpp_route("a")};
    auto house = open(options);
    ASSERT_TRUE(house);
    http::Request request = json_request("/admin/v1/routes/a", R"({"enabled":false})");
    request.method = http::Method::patch;
    EXPECT_EQ(house->ask_control(request).status, 200U);
    house.reset();
    house = open(options);
    ASSERT_TRUE(house);
    EXPECT_FALSE(house->context().dispatcher.routes().find("a")->route.route.enabled);
    EXPECT_FALSE(house->context().dispatcher.serves(message::Channel::sms, {}));
}

TEST_F(HouseTest, IsOpenOnce) {
    const auto house = open();
    const auto second = House::open(options());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
}

TEST_F(HouseTest, TakesLimitsAndNumbersFromTheConfiguration) {
    HouseOptions options = this->options();
    options.config.rate = 7;
    options.config.burst = 9;
    options.config.numbers.deny = {number};
    auto house = open(options);
    ASSERT_TRUE(house);
    EXPECT_EQ(house->context().settings.rate, 7);
    EXPECT_EQ(house->context().settings.burst, 9);
    create(*house);
    EXPECT_EQ(testing_support::member_of(v1(*house, "", {{"number", number}, {"brand", "Acme"}}), "status"), "7");
}

TEST_F(HouseTest, AccountsAndRequestsOutliveAReopening) {
    std::string id;
    {
        auto house = open();
        ASSERT_TRUE(house);
        create(*house);
        const auto changed = admin(*house, http::Method::patch, "/acme", R"({"pin_code":true,"price":"0.05"})");
        EXPECT_EQ(changed.status, 200U) << changed.body;
        id = testing_support::member_of(v1(*house, "", {{"number", number}, {"brand", "Acme"}}), "request_id");
        ASSERT_EQ(id.size(), 32U);
    }
    auto house = open();
    ASSERT_TRUE(house);
    const json list = json::parse(admin(*house, http::Method::get, "", "").body)["accounts"];
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0]["key"], "acme");
    EXPECT_EQ(list[0]["pin_code"], true);
    EXPECT_EQ(list[0]["price"], "0.05000000");
    const std::string pin = messages(*house).at(0).at("pin");
    const auto checked = v1(*house, "check/", {{"request_id", id}, {"code", pin}});
    EXPECT_EQ(testing_support::member_of(checked, "status"), "0") << checked.body;
}

TEST_F(HouseTest, ARotatedSecretWorksAtOnceAndAfterAReopening) {
    auto house = open();
    ASSERT_TRUE(house);
    create(*house);
    const std::string first = secret;
    const auto rotated = admin(*house, http::Method::post, "/acme/secrets", "");
    EXPECT_EQ(rotated.status, 201U);
    const std::string second = json::parse(rotated.body)["secret"];
    for (int i = 0; i < 2; ++i) {
        for (const std::string& each : {first, second}) {
            secret = each;
            EXPECT_EQ(testing_support::member_of(v1(*house, "search/", {{"request_id", "x"}}), "status"), "101");
        }
        house.reset();
        house = open();
        ASSERT_TRUE(house);
    }
}

TEST_F(HouseTest, AKeyFileOfAnotherInstallationIsRefused) {
    ASSERT_TRUE(open());
    SystemRandom random;
    const auto own = read_keys(file("keys"));
    ASSERT_TRUE(own);
    ASSERT_TRUE(write_keys(file("keys"), {{1, make_key(random, true)}}));
    const auto refused = House::open(options());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::blocked);
    EXPECT_NE(refused.error().detail.find("kid 1 is another one"), std::string::npos) << refused.error().detail;

    ASSERT_TRUE(write_keys(file("keys"), {{2, make_key(random, true)}}));
    const auto missing = House::open(options());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Errc::blocked);
    EXPECT_NE(missing.error().detail.find("kid 1 is missing"), std::string::npos) << missing.error().detail;

    ASSERT_TRUE(write_keys(file("keys"), *own));
    EXPECT_TRUE(open()) << "the right keys open it as before";
}

TEST_F(HouseTest, AMissingKeyFileIsMadeBesideAnEmptyStoreOnly) {
    ASSERT_TRUE(open());
    ASSERT_TRUE(std::filesystem::remove(file("keys")));
    const auto refused = House::open(options());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::blocked);
    EXPECT_NE(refused.error().detail.find(file("keys")), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(file("keys"))) << "none is made in its place";
}

TEST_F(HouseTest, AnUnreadableKeyFileIsRefusedAndLeftAlone) {
    std::filesystem::create_directory(temp.path() / "data");
    std::ofstream(file("keys")) << "1 active 00\n";
    const auto refused = House::open(options());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::blocked);
    EXPECT_NE(refused.error().detail.find(":1: a key is 64 hex digits"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(file("roger.db")));
}

TEST_F(HouseTest, TheKeysMayLieElsewhere) {
    HouseOptions options = this->options();
    options.keys_file = temp.path() / "elsewhere";
    ASSERT_TRUE(open(options));
    EXPECT_TRUE(std::filesystem::exists(options.keys_file));
    EXPECT_FALSE(std::filesystem::exists(file("keys")));
    ASSERT_TRUE(open(options));
}

TEST_F(HouseTest, AMovedClockRunsAWorkflowFromDueTimeToDueTime) {
    auto house = open();
    ASSERT_TRUE(house);
    create(*house);
    const auto started = v1(*house, "", {{"number", number}, {"brand", "Acme"}});
    const std::string id = testing_support::member_of(started, "request_id");
    const auto advance = [&](int by) {
        const TimePoint before = house->context().clock.service_now();
        const auto now = run(*house, house->context().advance_clock(seconds(by)));
        ASSERT_TRUE(now) << now.error().detail;
        EXPECT_GE(*now, before + seconds(by));
        EXPECT_LT(*now, before + seconds(by + 10));
    };
    const auto status = [&] {
        return testing_support::member_of(v1(*house, "search/", {{"request_id", id}}), "status");
    };
    EXPECT_EQ(messages(*house).size(), 1U);
    advance(305);  // both at once: each sees its own due time
    const json three = messages(*house);
    ASSERT_EQ(three.size(), 3U);
    const auto at = [&](std::size_t i) { return *parse_rfc3339(three[i]["at"].get<std::string>()); };
    EXPECT_EQ(at(1) - at(2), seconds(125));
    EXPECT_EQ(at(0) - at(1), seconds(180));
    EXPECT_EQ(three[1]["pin"], three[2]["pin"]);
    EXPECT_NE(three[0]["pin"], three[1]["pin"]);
    EXPECT_EQ(status(), "IN PROGRESS");
    advance(300);
    EXPECT_EQ(status(), "EXPIRED");
    EXPECT_EQ(messages(*house).size(), 3U);
}

TEST_F(HouseTest, ServiceTimeDoesNotGoBackOverAReopening) {
    TimePoint before;
    {
        auto house = open();
        ASSERT_TRUE(house);
        const auto now = run(*house, house->context().advance_clock(std::chrono::days(1)));
        ASSERT_TRUE(now);
        before = house->context().clock.service_now();
        EXPECT_GT(before - house->context().clock.wall_now(), std::chrono::hours(23));
    }
    const auto house = open();
    ASSERT_TRUE(house);
    EXPECT_GE(house->context().clock.service_now(), before);
    EXPECT_LT(house->context().clock.service_now(), before + seconds(10));
}

// It was kept in memory alone, so that the event said `submitted` for ever.
TEST_F(HouseTest, AReceiptThatWasStillToComeSurvivesARestart) {
    auto house = open();
    ASSERT_TRUE(house);
    create(*house);
    (void)v1(*house, "", {{"number", "447700900900"}, {"brand", "Acme"}});
    ASSERT_EQ(messages(*house).size(), 1U) << "it is submitted";
    house.reset();
    house = open();
    ASSERT_TRUE(house);
    const auto state = [&] { return house->context().store.read({.account = "acme"})->at(0).events.at(0).state; };
    EXPECT_EQ(state(), verification::EventState::submitted);
    ASSERT_TRUE(run(*house, house->context().advance_clock(seconds(20))));
    EXPECT_EQ(state(), verification::EventState::delivered);
}

TEST_F(HouseTest, TheClockStandsStillWhileItIsMovedAndByOneCallAtATime) {
    auto house = open();
    ASSERT_TRUE(house);
    auto& context = house->context();
    std::optional<Result<TimePoint>> first;
    auto guard = asio::make_work_guard(house->io());
    asio::co_spawn(house->io(), context.advance_clock(seconds(60)),
                   [&](const std::exception_ptr&, Result<TimePoint> got) {
                       first = std::move(got);
                       guard.reset();
                   });
    house->io().run_one();  // up to its first wait: for the new offset to be durable
    const TimePoint still = context.clock.service_now();
    const SteadyTime began = context.clock.steady_now();
    while (context.clock.steady_now() - began < milliseconds(3)) ASSERT_EQ(context.clock.service_now(), still);
    std::optional<Result<TimePoint>> second;
    asio::co_spawn(house->io(), context.advance_clock(seconds(60)),
                   [&](const std::exception_ptr&, Result<TimePoint> got) { second = std::move(got); });
    house->io().run();
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(*first);
    ASSERT_FALSE(*second);
    EXPECT_EQ(second->error().code, Errc::conflict);
}

TEST_F(HouseTest, OpensAgainAfterAnOrderlyStop) {
    auto house = open();
    ASSERT_TRUE(house);
    create(*house);
    asio::co_spawn(house->io(), house->stop(), [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
    house->io().run();
    house.reset();
    house = open();
    ASSERT_TRUE(house);
    EXPECT_EQ(json::parse(admin(*house, http::Method::get, "", "").body)["accounts"].size(), 1U);
}

}  // namespace
}  // namespace roger::app
