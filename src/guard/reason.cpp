#include "guard/reason.hpp"

namespace roger::guard {
namespace {

void append(std::string& out, std::string_view name, std::string_view value) {
    if (!out.empty()) out += "; ";
    out += name;
    out += '=';
    out += value;
}

}  // namespace

std::string to_text(const Reason& reason) {
    std::string out;
    append(out, "rule", reason.rule);
    if (!reason.scope.empty()) append(out, "scope", reason.scope);
    if (reason.seen) append(out, "seen", std::to_string(*reason.seen));
    if (reason.limit) append(out, "limit", std::to_string(*reason.limit));
    if (reason.until) append(out, "until", to_rfc3339(*reason.until));
    return out;
}

std::string to_header(const Reason& reason) {
    if (!reason.over_all_accounts) return to_text(reason);
    Reason told;
    told.rule = reason.rule;
    told.until = reason.until;
    return to_text(told);
}

}  // namespace roger::guard
