// A hundred requests as the disk sees them, for the tests that let it fail at every step: each transaction begins one
// request and ends an older one, so that half a transaction shows.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/contract/store_contract.hpp"

namespace roger::store::contract {

constexpr int hundred = 100;
constexpr int live_at_once = 5;

/// What the Nth transaction writes, 0 ≤ n < hundred.
inline Changes hundred_changes(int n) {
    Changes changes;
    changes.rows.push_back(live_row(n));
    if (n >= live_at_once) changes.rows.push_back(ended_row(n - live_at_once));
    changes.settings.emplace_back("transactions", std::to_string(n + 1));
    return changes;
}

/// The Nth row after so many transactions.
inline Request hundred_row(int n, int transactions) {
    return n < transactions - live_at_once ? ended_row(n) : live_row(n);
}

/// How many transactions a store has that was just opened; -1 when it is not the state after any of them.
inline int transactions_of(Store& store) {
    const auto& settings = store.opened().settings;
    const auto found = settings.find("transactions");
    const int transactions = found == settings.end() ? 0 : std::stoi(found->second);
    Wanted all;
    for (int n = 0; n < hundred; ++n) all.any.push_back(key(n));
    const Loaded loaded = load(store, all);
    if (static_cast<int>(loaded.rows.size()) != transactions) return -1;
    for (int n = 0; n < transactions; ++n) {
        const auto row = loaded.rows.find(key(n));
        if (row == loaded.rows.end() || row->second != hundred_row(n, transactions)) return -1;
    }
    if (static_cast<int>(store.live()) != std::min(transactions, live_at_once)) return -1;
    return transactions;
}

/// PRAGMA integrity_check, on a connection of its own. "ok", or what is wrong
inline std::string integrity(const std::string& path, const char* vfs) {
    sqlite3* handle = nullptr;
    std::string found = "cannot be opened";
    if (sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, vfs) == SQLITE_OK) {
        const auto take = [](void* out, int, char** columns, char**) {
            *static_cast<std::string*>(out) = columns[0];
            return 0;
        };
        if (sqlite3_exec(handle, "PRAGMA integrity_check(1)", take, &found, nullptr) != SQLITE_OK) {
            found = sqlite3_errmsg(handle);
        }
    }
    sqlite3_close(handle);
    return found;
}

/// A number from the environment, for runs that are longer than those of every day.
inline int setting_of_run(const char* name, int usual) {
    const char* text = std::getenv(name);
    return text == nullptr ? usual : std::atoi(text);
}

}  // namespace roger::store::contract
