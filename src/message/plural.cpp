#include "message/plural.hpp"

namespace roger::message {
namespace {

std::string_view form_of(const Counted& unit, Plural plural) {
    switch (plural) {
        case Plural::one: return unit.one;
        case Plural::two: return unit.two;
        case Plural::few: return unit.few;
        case Plural::many: return unit.many;
        case Plural::other: break;
    }
    return unit.other;
}

}  // namespace

std::string count(const Counted& unit, std::uint32_t number) {
    std::string_view form = form_of(unit, unit.rule(number));
    if (form.empty()) form = unit.other;
    std::string said(form);
    if (const std::size_t place = said.find('#'); place != std::string::npos) {
        said.replace(place, 1, std::to_string(number));
    }
    return said;
}

}  // namespace roger::message
