// Looks for problems of an installation, and says of each what to do.
#include <unistd.h>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/certificate.hpp"
#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/disk.hpp"
#include "app/exit_code.hpp"
#include "app/house.hpp"
#include "app/live_config.hpp"
#include "app/version.hpp"
#include "base/function_ref.hpp"
#include "store/reserve.hpp"
#include "voice/program.hpp"

namespace roger::app {
namespace {

/// Takes whether something is good, and what.
using Tell = FunctionRef<void(bool, const std::string&)>;

void examine_store(const Config& config, Tell tell) {
    const auto keys = read_keys(config.data + "/keys");
    tell(keys.has_value(),
         keys ? fmt::format("{} master key(s) in {}/keys", keys->size(), config.data) : keys.error().detail);
    auto house = House::open({.config = config, .timers = false});
    if (house) {
        tell(true, fmt::format("the store opens; {} data directory; no server holds it",
                               (*house)->sandbox() ? "sandbox" : "live"));
    } else if (house.error().code == Errc::conflict) {
        const auto reply = call({.url = "http://localhost/readyz", .unix_socket = config.data + "/control.sock"});
        tell(reply && reply->status == 200,
             reply ? "a server runs here and says " + reply->body : reply.error().detail);
    } else {
        tell(false, house.error().detail);
    }
    const bool served = !house && house.error().code == Errc::conflict;
    const std::int64_t missing = store::Reserve(config.data + "/reserve").missing();
    if (missing == 0) {
        tell(true, "the reserve for a full disk is set aside");
    } else if (served) {
        tell(false,
             fmt::format("the reserve for a full disk is given up: it comes back once {} KiB are free", missing >> 10));
    } else {
        tell(true, "the reserve for a full disk is set aside by the next start of a server");
    }
}

void examine_configuration(const Config& config, Tell tell) {
    const auto live = load_live(config);
    if (!live) return tell(false, live.error().detail);
    if (config.tls_cert.empty()) {
        tell(true, "the API speaks plain HTTP: for other machines, give it a certificate or a proxy with TLS");
    }
    const TimePoint now = SystemClock().wall_now();
    for (const Certificate& each : certificates_of(config)) {
        const bool good = each.ends - now > certificate_warning;
        tell(good, describe(each, now) + (good ? "" : ": renew it"));
    }
    if (!config.alert.any()) {
        return tell(true, "nobody is told when something is wrong: see [alert] in docs/operations.md");
    }
    std::string ways;
    const auto add = [&ways](const std::string& way) { ways += (ways.empty() ? "" : ", ") + way; };
    if (!config.alert.command.empty()) add("the program " + config.alert.command[0]);
    if (!config.alert.url.empty()) add("alert.url");
    if (!config.alert.email.empty()) add(config.alert.email);
    const bool runs = config.alert.command.empty() || voice::can_run(config.alert.command[0]);
    tell(runs, runs ? fmt::format("alerts go to {}; try: roger alert test", ways)
                    : fmt::format("{} is told of alerts, and is no program that we may run", config.alert.command[0]));
}

void examine_disk(const Config& config, Tell tell) {
    const auto space = disk_space(config.data);
    if (!space) return tell(true, fmt::format("{} is not there yet: the first start makes it", config.data));
    tell(!is_short(*space), describe(*space, config.data));
}

/// As the running server sees them; nothing when none runs.
void examine_routes(const Config& config, Tell tell) {
    const auto reply = call({.url = "http://localhost/admin/v1/routes", .unix_socket = config.data + "/control.sock"});
    if (!reply || reply->status != 200) return;
    const auto body = nlohmann::json::parse(reply->body, nullptr, false);
    if (!body.is_object() || !body["routes"].is_array()) return;
    for (const auto& route : body["routes"]) {
        const auto name = route.value("name", "");
        if (!route.value("enabled", true)) {
            tell(true, fmt::format("route {} is switched off; roger route enable {} has it back", name, name));
        } else if (route.value("up", false)) {
            tell(true, fmt::format("route {} ({}) is up", name, route.value("channel", "")));
        } else {
            tell(false, fmt::format("route {} is down: its peer is not reached, or does not take us; the server's log "
                                    "says why",
                                    name));
        }
    }
}

}  // namespace

int doctor(const Config& config) {
    int problems = 0;
    const auto tell = [&problems](bool good, const std::string& what) {
        std::cout << (good ? "ok       " : "problem  ") << what << '\n';
        if (!good) ++problems;
    };
    tell(true, fmt::format("roger {}", version));
    examine_configuration(config, tell);
    examine_disk(config, tell);
    if (::access((config.data + "/roger.db").c_str(), F_OK) == 0) examine_store(config, tell);
    examine_routes(config, tell);
    return problems == 0 ? done : refused;
}

}  // namespace roger::app
