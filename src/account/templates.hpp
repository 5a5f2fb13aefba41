// The texts that an account has written itself, by locale and channel, with every version that a request may still
// name: a request keeps the words that it began with, also when a newer version comes, or none.
//
//   add ──▶ ACTIVE ──a newer one is ACTIVE──▶ RETIRED        at most one of a locale and channel is ACTIVE,
//   add ──▶ PENDING (when somebody reviews) ──approve──▶ ACTIVE        and at most one PENDING
//   any ──remove──▶ deleted
//
// A list belongs to one account, is a plain value, and is changed by these functions alone.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "message/message.hpp"

namespace roger::account {

/// Kept by name: never rename.
enum class TemplateState : std::uint8_t { active, pending, retired, deleted };
[[nodiscard]] std::optional<TemplateState> parse_template_state(std::string_view text) noexcept;
[[nodiscard]] std::string_view to_string(TemplateState state) noexcept;  ///< "ACTIVE", "PENDING", …

/// Of one account, retired and deleted ones that are still kept included: a few hundred kilobytes at most.
constexpr std::size_t templates_max = 200;

struct TemplateSlot {
    message::Channel channel = message::Channel::sms;
    std::string locale;

    friend bool operator==(const TemplateSlot&, const TemplateSlot&) = default;
};

using Media = std::vector<std::pair<std::string, std::string>>;
/// 32 hexadecimal digits in lower case.
[[nodiscard]] bool is_media_id(std::string_view text) noexcept;

struct Template {
    TemplateSlot slot;
    std::uint32_t version = 1;  ///< counts up in its slot, from 1; never used again
    TemplateState state = TemplateState::active;
    std::string text;  ///< as check_custom_text() kept it; "" for recordings
    /// Recordings by name ("digit_0", …, "welcome_message", "bye_message") and the id that they are kept by. Older
    /// programs kept the address in its place: what is no is_media_id() cannot be played.
    Media media;
    TimePoint since{};  ///< service time: in this state

    friend bool operator==(const Template&, const Template&) = default;
};
using Templates = std::vector<Template>;

struct Adding {
    bool review = false;  ///< it is pending, and what is active stays so
    TimePoint now{};
    TimePoint forget_before{};  ///< what was retired or deleted before goes, for no request can name it any more
};
/// Adds the next version of its slot, and retires what it replaces. The newest version of each slot is never forgotten:
/// the next one is numbered by it.
/// @param draft  without version, state and time
/// @return the template as it stands now, or invalid_argument with a sentence when there are templates_max
[[nodiscard]] Result<Template> add_template(Templates& all, Template draft, const Adding& how);

/// Makes the pending version of a slot the active one.
/// @param version  that was looked at; nullopt: whichever is pending
/// @return the template, or not_found with a sentence
[[nodiscard]] Result<Template> approve_template(Templates& all,
                                                const TemplateSlot& slot,
                                                std::optional<std::uint32_t> version,
                                                TimePoint now);

/// Deletes one version of a slot, or all: without an active one the catalogue's text is used.
/// @return how many; 0: there was none
[[nodiscard]] std::size_t remove_templates(Templates& all,
                                           const TemplateSlot& slot,
                                           std::optional<std::uint32_t> version,
                                           TimePoint now);

/// @return nullptr when the slot has no active one
[[nodiscard]] const Template* active_template(const Templates& all, const TemplateSlot& slot);

/// The text of a version, whatever became of it; "" when it is recordings, or no longer kept.
[[nodiscard]] std::string_view template_text(const Templates& all, const TemplateSlot& slot, std::uint32_t version);
/// The recordings of a version, likewise; empty when it is words, or one of them is not kept.
[[nodiscard]] Media template_media(const Templates& all, const TemplateSlot& slot, std::uint32_t version);

}  // namespace roger::account
