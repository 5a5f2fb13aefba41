// Judges one batch of commands over what the store loaded: pure, so that it can be done again.
#pragma once
#include <span>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/command.hpp"
#include "engine/sender.hpp"
#include "store/store.hpp"
#include "verification/vault.hpp"

namespace roger::engine {

/// Real time. Peers ask the network for a receipt for so long at most (SMPP v3.4 §5.2.16: validity_period; usually 24
/// to 72 h).
constexpr std::chrono::hours receipt_keys_kept{72};
/// Of what a peer says of a failure: it stands in the row, whose size is bounded.
constexpr std::size_t peer_reason_bytes_max = 64;
/// Of a peer's ids of one message, for the same reason: those that are beyond it are known by their receipt keys alone.
constexpr std::size_t peer_ids_bytes_max = 128;
/// Digits at the end of a number that peers leave as they are, whatever they do to its prefix.
constexpr std::size_t number_digits_compared = 7;

using Answer = std::variant<std::monostate,
                            Result<Start::Answer>,
                            Result<Check::Answer>,
                            Result<Control::Answer>,
                            Result<Report::Answer>,
                            Result<PeerReceipt::Answer>,
                            Result<ChangeAccount::Answer>,
                            Result<SaveSetting::Answer>,
                            Result<Note::Answer>,
                            Result<Blank::Answer>,
                            Result<Scrub::Answer>,
                            Result<Tick::Answer>>;

/// What a batch leads to, beside the changes: to be carried out only once they are durable.
struct Effects {
    std::vector<Answer> answers;  ///< one per command, in order
    std::vector<Work> works;
    std::vector<RowKey> ended;            ///< requests that reached their end in this batch
    std::vector<RowKey> changed;          ///< rows that are new or changed
    std::vector<store::AuditNote> notes;  ///< to be linked and saved with the changes
};

struct Decision {
    store::Changes changes;
    Effects effects;
};

struct Facts {
    TimePoint now{};       ///< service time: of all judgements in the batch
    TimePoint wall_now{};  ///< for keys
    std::uint16_t node = 0;
    const account::AccountBook& accounts;
};

/// What the commands must see.
[[nodiscard]] store::Wanted wanted(std::span<Command* const> commands, verification::Vault& vault, TimePoint now);

/// Due rows first, then the commands in order. Commands of one batch see what those before them did.
[[nodiscard]] Decision decide(std::span<Command* const> commands,
                              const store::Loaded& loaded,
                              const Facts& facts,
                              verification::Vault& vault,
                              verification::KeyMaker& keys);

}  // namespace roger::engine
