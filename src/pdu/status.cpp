#include "pdu/status.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace roger::pdu {
namespace {

struct Known {
    std::uint32_t status;
    std::string_view name;
    ErrorKind kind;
};

// Sorted by status. RSYSERR, RSUBMITFAIL and RX_T_APPN are what many SMSCs say instead of "throttled".
constexpr Known known[] = {
    {0x00, "ESME_ROK", ErrorKind::unavailable},
    {0x01, "ESME_RINVMSGLEN", ErrorKind::refused_route},
    {0x02, "ESME_RINVCMDLEN", ErrorKind::refused_route},
    {0x03, "ESME_RINVCMDID", ErrorKind::refused_route},
    {0x04, "ESME_RINVBNDSTS", ErrorKind::unavailable},
    {0x05, "ESME_RALYBND", ErrorKind::unavailable},
    {0x06, "ESME_RINVPRTFLG", ErrorKind::refused_route},
    {0x07, "ESME_RINVREGDLVFLG", ErrorKind::refused_route},
    {0x08, "ESME_RSYSERR", ErrorKind::throttled},
    {0x0a, "ESME_RINVSRCADR", ErrorKind::refused_route},
    {0x0b, "ESME_RINVDSTADR", ErrorKind::refused_number},
    {0x0c, "ESME_RINVMSGID", ErrorKind::refused_route},
    {0x0d, "ESME_RBINDFAIL", ErrorKind::unavailable},
    {0x0e, "ESME_RINVPASWD", ErrorKind::unavailable},
    {0x0f, "ESME_RINVSYSID", ErrorKind::unavailable},
    {0x11, "ESME_RCANCELFAIL", ErrorKind::refused_route},
    {0x13, "ESME_RREPLACEFAIL", ErrorKind::refused_route},
    {0x14, "ESME_RMSGQFUL", ErrorKind::throttled},
    {0x15, "ESME_RINVSERTYP", ErrorKind::refused_route},
    {0x33, "ESME_RINVNUMDESTS", ErrorKind::refused_route},
    {0x34, "ESME_RINVDLNAME", ErrorKind::refused_route},
    {0x40, "ESME_RINVDESTFLAG", ErrorKind::refused_route},
    {0x42, "ESME_RINVSUBREP", ErrorKind::refused_route},
    {0x43, "ESME_RINVESMCLASS", ErrorKind::refused_route},
    {0x44, "ESME_RCNTSUBDL", ErrorKind::refused_route},
    {0x45, "ESME_RSUBMITFAIL", ErrorKind::throttled},
    {0x48, "ESME_RINVSRCTON", ErrorKind::refused_route},
    {0x49, "ESME_RINVSRCNPI", ErrorKind::refused_route},
    {0x50, "ESME_RINVDSTTON", ErrorKind::refused_number},
    {0x51, "ESME_RINVDSTNPI", ErrorKind::refused_number},
    {0x53, "ESME_RINVSYSTYP", ErrorKind::refused_route},
    {0x54, "ESME_RINVREPFLAG", ErrorKind::refused_route},
    {0x55, "ESME_RINVNUMMSGS", ErrorKind::refused_route},
    {0x58, "ESME_RTHROTTLED", ErrorKind::throttled},
    {0x61, "ESME_RINVSCHED", ErrorKind::refused_route},
    {0x62, "ESME_RINVEXPIRY", ErrorKind::refused_route},
    {0x63, "ESME_RINVDFTMSGID", ErrorKind::refused_route},
    {0x64, "ESME_RX_T_APPN", ErrorKind::throttled},
    {0x65, "ESME_RX_P_APPN", ErrorKind::refused_route},
    {0x66, "ESME_RX_R_APPN", ErrorKind::refused_route},
    {0x67, "ESME_RQUERYFAIL", ErrorKind::refused_route},
    {0xc0, "ESME_RINVOPTPARSTREAM", ErrorKind::refused_route},
    {0xc1, "ESME_ROPTPARNOTALLWD", ErrorKind::refused_route},
    {0xc2, "ESME_RINVPARLEN", ErrorKind::refused_route},
    {0xc3, "ESME_RMISSINGOPTPARAM", ErrorKind::refused_route},
    {0xc4, "ESME_RINVOPTPARAMVAL", ErrorKind::refused_route},
    {0xfe, "ESME_RDELIVERYFAILURE", ErrorKind::refused_number},
    {0xff, "ESME_RUNKNOWNERR", ErrorKind::unavailable},
    {0x100, "ESME_RSERTYPUNAUTH", ErrorKind::refused_route},
    {0x101, "ESME_RPROHIBITED", ErrorKind::refused_route},
    {0x102, "ESME_RSERTYPUNAVAIL", ErrorKind::unavailable},
    {0x103, "ESME_RSERTYPDENIED", ErrorKind::refused_route},
    {0x104, "ESME_RINVDCS", ErrorKind::refused_route},
    {0x105, "ESME_RINVSRCADDRSUBUNIT", ErrorKind::refused_route},
    {0x106, "ESME_RINVDSTADDRSUBUNIT", ErrorKind::refused_number},
};
static_assert(std::ranges::is_sorted(known, {}, &Known::status));

const Known* find(std::uint32_t status) noexcept {
    const Known* at = std::ranges::lower_bound(known, status, {}, &Known::status);
    return at != std::end(known) && at->status == status ? at : nullptr;
}

constexpr std::string_view kind_words[] = {"refused_number", "refused_route", "throttled", "unavailable"};

}  // namespace

std::string_view to_string(ErrorKind kind) noexcept { return kind_words[static_cast<std::size_t>(kind)]; }

std::optional<ErrorKind> error_kind_from(std::string_view word) noexcept {
    const auto* at = std::ranges::find(kind_words, word);
    if (at == std::end(kind_words)) return std::nullopt;
    return static_cast<ErrorKind>(at - std::begin(kind_words));
}

ErrorKind classify(std::uint32_t status, const ErrorMap& overrides) {
    if (const auto own = overrides.find(status); own != overrides.end()) return own->second;
    const Known* entry = find(status);
    return entry != nullptr ? entry->kind : ErrorKind::unavailable;
}

BindError classify_bind(std::uint32_t status) noexcept {
    switch (status) {
        case status_bind_failed:
        case status_invalid_password:
        case status_invalid_system_id: return BindError::credentials;
        case status_already_bound: return BindError::already_bound;
        default: return BindError::transient;
    }
}

std::string describe_status(std::uint32_t status) {
    const Known* entry = find(status);
    return entry == nullptr ? fmt::format("0x{:08x}", status) : fmt::format("0x{:08x} {}", status, entry->name);
}

std::string status_label(std::uint32_t status) {
    if (const Known* entry = find(status)) return std::string(entry->name);
    const bool vendor = status >= status_vendor_first && status <= status_vendor_last;
    return vendor ? fmt::format("0x{:08x}", status) : "other";
}

}  // namespace roger::pdu
