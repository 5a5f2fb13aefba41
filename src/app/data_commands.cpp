#include <sys/statvfs.h>
#include <unistd.h>
#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/house.hpp"
#include "app/live_config.hpp"
#include "app/smpp_peer.hpp"
#include "app/version.hpp"
#include "base/function_ref.hpp"
#include "store/reserve.hpp"
#include "store/sqlite.hpp"

namespace roger::app {
namespace {

using verification::Kid;

int complain(const Error& error) {
    const bool setup = error.code == Errc::blocked || error.code == Errc::invalid_argument;
    return app::complain(error.detail, setup ? wrong_setup : refused);
}

/// The data directory and its keys, held for the length of one command.
struct Held {
    DataDirectory data;
    std::string path;
    MasterKeys keys;
};

Result<Held> hold(const KeysOptions& options, store::AuditNote note) {
    // Opening the house first makes the directory when it is new, and checks the keys against the store when it is not.
    auto house = House::open({.config = Config{.data = options.data}, .keys_file = options.keys_file, .timers = false});
    if (!house) return tl::unexpected<Error>(house.error());
    if (auto noted = (*house)->note(std::move(note)); !noted) return tl::unexpected<Error>(noted.error());
    house->reset();
    auto data = DataDirectory::open(options.data);
    if (!data) return tl::unexpected<Error>(data.error());
    std::string path = options.keys_file.empty() ? data->file("keys") : options.keys_file;
    auto keys = read_keys(path);
    if (!keys) return tl::unexpected<Error>(keys.error());
    return Held{std::move(*data), std::move(path), std::move(*keys)};
}

/// Whether a live row, or an account's secrets, still need the keys of a kid.
Result<bool> in_use(store::Store& store, Kid kid) {
    const auto& accounts = store.opened().accounts;
    const auto needs = [kid](const account::Account& account) {
        const auto hashed = [kid](const Bytes& stored) { return api::SecretHasher::kid_of(stored) == kid; };
        const bool signs = !account.sealed_signature_secret.empty() && account.signature_kid == kid;
        return signs || std::ranges::any_of(account.secret_hashes, hashed);
    };
    if (std::ranges::any_of(accounts, needs)) return true;
    constexpr std::size_t part = 10'000;
    store::Wanted wanted{.due_by = TimePoint::max(), .due_max = store.live() + part};
    bool used = false;
    auto looked = store.transact(wanted, [&](const store::Loaded& loaded) {
        used = std::ranges::any_of(loaded.rows, [kid](const auto& entry) { return entry.second.kid == kid; });
        return store::Changes{};
    });
    if (!looked) return tl::unexpected<Error>(looked.error());
    return used;
}

Result<std::unique_ptr<store::Store>> open_store(const Held& held, const SystemClock& clock) {
    return store::open_sqlite({.path = held.data.file("roger.db"), .clock = clock});
}

/// @param tell  takes whether something is good, and what
void examine_store(const Config& config, FunctionRef<void(bool, const std::string&)> tell) {
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

}  // namespace

store::AuditNote done_here(std::string action, std::string target) {
    return {.who = "control", .from = "", .action = std::move(action), .target = std::move(target), .detail = ""};
}

int keys_list(const KeysOptions& options) {
    // Readable while a server runs: no lock is taken.
    const std::string path = options.keys_file.empty() ? options.data + "/keys" : options.keys_file;
    const auto keys = read_keys(path);
    if (!keys) return complain(keys.error());
    const auto prints = to_keyring(*keys).fingerprints();
    for (const auto& [kid, key] : *keys) {
        std::cout << fmt::format("{:>5}  {}  {}\n", kid, prints.at(kid), key.active ? "active" : "ready");
    }
    return done;
}

int keys_add(const KeysOptions& options) {
    auto held = hold(options, done_here("keys.add", ""));
    if (!held) return complain(held.error());
    SystemRandom random;
    const Kid kid = static_cast<Kid>(held->keys.rbegin()->first + 1);
    held->keys[kid] = make_key(random, false);
    if (auto written = write_keys(held->path, held->keys); !written) return complain(written.error());
    std::cout << fmt::format("added key {}; new requests use it after: roger keys activate {}\n", kid, kid);
    return done;
}

int keys_activate(const KeysOptions& options) {
    auto held = hold(options, done_here("keys.activate", std::to_string(options.kid)));
    if (!held) return complain(held.error());
    const auto chosen = held->keys.find(static_cast<Kid>(options.kid));
    if (chosen == held->keys.end())
        return app::complain(fmt::format("there is no key {}; see: roger keys list", options.kid), refused);
    for (auto& [kid, key] : held->keys) key.active = kid == chosen->first;
    if (auto written = write_keys(held->path, held->keys); !written) return complain(written.error());
    std::cout << fmt::format("key {} is active from the next start on\n", options.kid);
    return done;
}

int keys_retire(const KeysOptions& options) {
    auto held = hold(options, done_here("keys.retire", std::to_string(options.kid)));
    if (!held) return complain(held.error());
    const auto chosen = held->keys.find(static_cast<Kid>(options.kid));
    if (chosen == held->keys.end())
        return app::complain(fmt::format("there is no key {}; see: roger keys list", options.kid), refused);
    if (chosen->second.active)
        return app::complain(fmt::format("key {} is active; activate another one first", options.kid), refused);
    if (chosen == held->keys.begin()) {
        return app::complain(
            fmt::format("key {} is the first one: it enciphers the ids of all requests, for ever", options.kid),
            refused);
    }
    const SystemClock clock;
    auto store = open_store(*held, clock);
    if (!store) return complain(store.error());
    const auto used = in_use(**store, chosen->first);
    if (!used) return complain(used.error());
    if (*used) {
        return app::complain(
            fmt::format("key {} is still used by a live request or an account's secrets; try again when those "
                        "requests have ended and the secrets were rotated",
                        options.kid),
            refused);
    }
    store::Changes changes;
    changes.settings.emplace_back(fmt::format("key_fingerprint/{}", options.kid), "retired");
    if (auto saved = (*store)->transact({}, [&](const store::Loaded&) { return changes; }); !saved)
        return complain(saved.error());
    held->keys.erase(chosen);
    if (auto written = write_keys(held->path, held->keys); !written) return complain(written.error());
    std::cout << fmt::format("retired key {}\n", options.kid);
    return done;
}

int set_sandbox(const std::string& data, bool on) {
    auto house = House::open({.config = Config{.data = data}, .create_sandbox = on, .timers = false});
    if (!house) return complain(house.error());
    if (const auto noted = (*house)->note(done_here(on ? "sandbox.on" : "sandbox.off", "")); !noted) {
        return complain(noted.error());
    }
    house->reset();
    auto directory = DataDirectory::open(data);
    if (!directory) return complain(directory.error());
    const SystemClock clock;
    auto store = store::open_sqlite({.path = directory->file("roger.db"), .clock = clock});
    if (!store) return complain(store.error());
    store::Changes changes;
    changes.settings.emplace_back("sandbox", on ? "on" : "off");
    if (auto saved = (*store)->transact({}, [&](const store::Loaded&) { return changes; }); !saved)
        return complain(saved.error());
    std::cout << (on ? "this data directory is a sandbox: messages go to the handset\n"
                     : "this data directory is live: messages go to the configured routes\n");
    return done;
}

int config_check(const std::string& path) {
    const auto config = read_config(path).and_then(load_live);
    if (!config) return complain(config.error());
    if (const auto peers = check_peers(config->config.routes); !peers) return complain(peers.error());
    std::cout << path << ": good\n";
    return done;
}

int doctor(const Config& config) {
    int problems = 0;
    const auto tell = [&problems](bool good, const std::string& what) {
        std::cout << (good ? "ok       " : "problem  ") << what << '\n';
        if (!good) ++problems;
    };
    tell(true, fmt::format("roger {}", version));
    const auto live = load_live(config);
    tell(live.has_value() && !(live->tls && live->tls->expired()),
         !live       ? live.error().detail
         : live->tls ? fmt::format("the certificate in {} {}", config.tls_cert,
                                   live->tls->expired() ? "has expired" : "fits its key and has not expired")
                     : "the API speaks plain HTTP: for other machines, give it a certificate or a proxy with TLS");
    struct statvfs space{};
    if (::statvfs(config.data.c_str(), &space) == 0) {
        const double free_gb = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize) / 1e9;
        tell(free_gb > 1, fmt::format("{:.1f} GB free at {}", free_gb, config.data));
    } else {
        tell(true, fmt::format("{} is not there yet: the first start makes it", config.data));
    }
    if (::access((config.data + "/roger.db").c_str(), F_OK) == 0) examine_store(config, tell);
    return problems == 0 ? done : refused;
}

}  // namespace roger::app
