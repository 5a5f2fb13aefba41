#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/house.hpp"
#include "app/live_config.hpp"
#include "app/smpp_peer.hpp"
#include "store/sqlite.hpp"

namespace roger::app {
namespace {

using verification::Kid;

int complain_of_data(const Error& error) {
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

}  // namespace

store::AuditNote done_here(std::string action, std::string target) {
    return {.who = "control", .from = "", .action = std::move(action), .target = std::move(target), .detail = ""};
}

int keys_list(const KeysOptions& options) {
    // Readable while a server runs: no lock is taken.
    const std::string path = options.keys_file.empty() ? options.data + "/keys" : options.keys_file;
    const auto keys = read_keys(path);
    if (!keys) return complain_of_data(keys.error());
    const auto prints = to_keyring(*keys).fingerprints();
    for (const auto& [kid, key] : *keys) {
        std::cout << fmt::format("{:>5}  {}  {}\n", kid, prints.at(kid), key.active ? "active" : "ready");
    }
    return done;
}

int keys_add(const KeysOptions& options) {
    auto held = hold(options, done_here("keys.add", ""));
    if (!held) return complain_of_data(held.error());
    SystemRandom random;
    const Kid kid = static_cast<Kid>(held->keys.rbegin()->first + 1);
    held->keys[kid] = make_key(random, false);
    if (auto written = write_keys(held->path, held->keys); !written) return complain_of_data(written.error());
    std::cout << fmt::format("added key {}; new requests use it after: roger keys activate {}\n", kid, kid);
    return done;
}

int keys_activate(const KeysOptions& options) {
    auto held = hold(options, done_here("keys.activate", std::to_string(options.kid)));
    if (!held) return complain_of_data(held.error());
    const auto chosen = held->keys.find(static_cast<Kid>(options.kid));
    if (chosen == held->keys.end())
        return app::complain(fmt::format("there is no key {}; see: roger keys list", options.kid), refused);
    for (auto& [kid, key] : held->keys) key.active = kid == chosen->first;
    if (auto written = write_keys(held->path, held->keys); !written) return complain_of_data(written.error());
    std::cout << fmt::format("key {} is active from the next start on\n", options.kid);
    return done;
}

int keys_retire(const KeysOptions& options) {
    auto held = hold(options, done_here("keys.retire", std::to_string(options.kid)));
    if (!held) return complain_of_data(held.error());
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
    if (!store) return complain_of_data(store.error());
    const auto used = in_use(**store, chosen->first);
    if (!used) return complain_of_data(used.error());
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
        return complain_of_data(saved.error());
    held->keys.erase(chosen);
    if (auto written = write_keys(held->path, held->keys); !written) return complain_of_data(written.error());
    std::cout << fmt::format("retired key {}\n", options.kid);
    return done;
}

int set_sandbox(const std::string& data, bool on) {
    auto house = House::open({.config = Config{.data = data}, .create_sandbox = on, .timers = false});
    if (!house) return complain_of_data(house.error());
    if (const auto noted = (*house)->note(done_here(on ? "sandbox.on" : "sandbox.off", "")); !noted) {
        return complain_of_data(noted.error());
    }
    house->reset();
    auto directory = DataDirectory::open(data);
    if (!directory) return complain_of_data(directory.error());
    const SystemClock clock;
    auto store = store::open_sqlite({.path = directory->file("roger.db"), .clock = clock});
    if (!store) return complain_of_data(store.error());
    store::Changes changes;
    changes.settings.emplace_back("sandbox", on ? "on" : "off");
    if (auto saved = (*store)->transact({}, [&](const store::Loaded&) { return changes; }); !saved)
        return complain_of_data(saved.error());
    std::cout << (on ? "this data directory is a sandbox: messages go to the handset\n"
                     : "this data directory is live: messages go to the configured routes\n");
    return done;
}

int config_check(const std::string& path) {
    const auto config = read_config(path).and_then(load_live);
    if (!config) return complain_of_data(config.error());
    if (const auto peers = check_peers(config->config.routes); !peers) return complain_of_data(peers.error());
    std::cout << path << ": good\n";
    return done;
}

}  // namespace roger::app
