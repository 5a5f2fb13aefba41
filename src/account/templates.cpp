#include "account/templates.hpp"

#include <algorithm>
#include <array>

namespace roger::account {
namespace {

constexpr std::array<std::string_view, 4> states{"ACTIVE", "PENDING", "RETIRED", "DELETED"};

void enter(Template& one, TemplateState state, TimePoint now) {
    one.state = state;
    one.since = now;
}

bool is_shown(const Template& one) { return one.state == TemplateState::active || one.state == TemplateState::pending; }

std::uint32_t newest_version(const Templates& all, const TemplateSlot& slot) {
    std::uint32_t newest = 0;
    for (const Template& one : all) {
        if (one.slot == slot) newest = std::max(newest, one.version);
    }
    return newest;
}

void forget(Templates& all, TimePoint before) {
    Templates kept;
    for (const Template& one : all) {
        const bool needed = is_shown(one) || one.since >= before || one.version == newest_version(all, one.slot);
        if (needed) kept.push_back(one);
    }
    all = std::move(kept);
}

/// Of that slot and state; nullptr when there is none.
Template* find(Templates& all, const TemplateSlot& slot, TemplateState state) {
    const auto found =
        std::ranges::find_if(all, [&](const Template& one) { return one.slot == slot && one.state == state; });
    return found == all.end() ? nullptr : &*found;
}

/// nullptr when that version is not kept any more.
const Template* find(const Templates& all, const TemplateSlot& slot, std::uint32_t version) {
    const auto found =
        std::ranges::find_if(all, [&](const Template& one) { return one.slot == slot && one.version == version; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

bool is_media_id(std::string_view text) noexcept {
    constexpr std::size_t digits = 32;
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<TemplateState> parse_template_state(std::string_view text) noexcept {
    const auto found = std::ranges::find(states, text);
    if (found == states.end()) return std::nullopt;
    return static_cast<TemplateState>(found - states.begin());
}

std::string_view to_string(TemplateState state) noexcept { return states[static_cast<std::size_t>(state)]; }

Result<Template> add_template(Templates& all, Template draft, const Adding& how) {
    forget(all, how.forget_before);
    if (all.size() >= templates_max) {
        return fail(Errc::invalid_argument,
                    "There are 200 templates and versions of this account; the oldest that are retired or deleted go "
                    "when no request can name them any more.");
    }
    draft.version = newest_version(all, draft.slot) + 1;
    if (Template* waits = find(all, draft.slot, TemplateState::pending)) enter(*waits, TemplateState::retired, how.now);
    if (!how.review) {
        if (Template* used = find(all, draft.slot, TemplateState::active))
            enter(*used, TemplateState::retired, how.now);
    }
    enter(draft, how.review ? TemplateState::pending : TemplateState::active, how.now);
    all.push_back(std::move(draft));
    return all.back();
}

Result<Template> approve_template(Templates& all,
                                  const TemplateSlot& slot,
                                  std::optional<std::uint32_t> version,
                                  TimePoint now) {
    Template* waits = find(all, slot, TemplateState::pending);
    if (waits == nullptr || (version && waits->version != *version)) {
        return fail(Errc::not_found, "There is no such template that waits for approval.");
    }
    if (Template* used = find(all, slot, TemplateState::active)) enter(*used, TemplateState::retired, now);
    enter(*waits, TemplateState::active, now);
    return *waits;
}

std::size_t remove_templates(Templates& all,
                             const TemplateSlot& slot,
                             std::optional<std::uint32_t> version,
                             TimePoint now) {
    std::size_t removed = 0;
    for (Template& one : all) {
        const bool meant = one.slot == slot && (!version || one.version == *version);
        if (!meant || one.state == TemplateState::deleted) continue;
        enter(one, TemplateState::deleted, now);
        ++removed;
    }
    return removed;
}

const Template* active_template(const Templates& all, const TemplateSlot& slot) {
    const auto found = std::ranges::find_if(
        all, [&](const Template& one) { return one.slot == slot && one.state == TemplateState::active; });
    return found == all.end() ? nullptr : &*found;
}

std::string_view template_text(const Templates& all, const TemplateSlot& slot, std::uint32_t version) {
    const Template* found = find(all, slot, version);
    return found == nullptr ? std::string_view() : std::string_view(found->text);
}

Media template_media(const Templates& all, const TemplateSlot& slot, std::uint32_t version) {
    const Template* found = find(all, slot, version);
    if (found == nullptr) return {};
    const auto kept = [](const auto& recording) { return is_media_id(recording.second); };
    return std::ranges::all_of(found->media, kept) ? found->media : Media{};
}

}  // namespace roger::account
