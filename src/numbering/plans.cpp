#include "numbering/plans.hpp"

#include <phonenumbers/phonemetadata.pb.h>

// The library exports these two, but declares them in none of its installed headers.
namespace i18n::phonenumbers {
int metadata_size();
const void* metadata_get();
}  // namespace i18n::phonenumbers

namespace roger::numbering {
namespace {

using i18n::phonenumbers::PhoneMetadata;
using i18n::phonenumbers::PhoneMetadataCollection;
using i18n::phonenumbers::PhoneNumberDesc;

constexpr std::size_t calling_code_digits_max = 3;

/// In the order in which libphonenumber tries them.
constexpr std::array special_types = {NumberType::premium_rate, NumberType::toll_free, NumberType::shared_cost,
                                      NumberType::voip,         NumberType::personal,  NumberType::pager,
                                      NumberType::uan,          NumberType::voicemail};

template <class Lengths>
std::uint32_t bits_of(const Lengths& lengths) {
    std::uint32_t bits = 0;
    for (const int length : lengths) {
        if (length >= 0 && length < 32) bits |= 1U << static_cast<unsigned>(length);  // -1 says: none
    }
    return bits;
}

bool has(std::uint32_t lengths, std::size_t length) noexcept { return (lengths >> length & 1U) != 0; }

}  // namespace

class Plans::Builder {
public:
    static Plans build() {
        Plans plans;
        PhoneMetadataCollection all;
        if (!all.ParseFromArray(i18n::phonenumbers::metadata_get(), i18n::phonenumbers::metadata_size())) return plans;
        for (const bool main : {true, false}) {
            for (const PhoneMetadata& metadata : all.metadata()) {
                if (metadata.main_country_for_code() != main) continue;
                Plan& plan = plans.plans_.at(static_cast<std::size_t>(metadata.country_code()));
                Builder(plans.patterns_, plan).add(metadata);
            }
        }
        plans.patterns_.seal();
        return plans;
    }

private:
    Builder(DigitPatterns& patterns, Plan& plan) : patterns_(patterns), plan_(plan) {}

    void add(const PhoneMetadata& metadata) {
        if (plan_.regions.empty()) {
            plan_.national_prefix = pattern(metadata.national_prefix_for_parsing());
            plan_.lengths = bits_of(metadata.general_desc().possible_length()) |
                            bits_of(metadata.general_desc().possible_length_local_only());
        }
        Region& region = plan_.regions.emplace_back();
        region.country = metadata.id();
        if (metadata.has_leading_digits()) region.leading_digits = pattern(metadata.leading_digits());
        region.general = kind(metadata.general_desc());
        region.special = {kind(metadata.premium_rate()), kind(metadata.toll_free()),       kind(metadata.shared_cost()),
                          kind(metadata.voip()),         kind(metadata.personal_number()), kind(metadata.pager()),
                          kind(metadata.uan()),          kind(metadata.voicemail())};
        region.fixed_line = kind(metadata.fixed_line());
        region.mobile = kind(metadata.mobile());
        region.same_mobile_and_fixed_line = metadata.same_mobile_and_fixed_line_pattern();
    }

    Kind kind(const PhoneNumberDesc& description) {
        return {.pattern = pattern(description.national_number_pattern()),
                .lengths = description.possible_length_size() == 0 ? ~0U : bits_of(description.possible_length())};
    }

    DigitPatterns::Id pattern(const std::string& text) {
        if (text.empty()) return DigitPatterns::nothing;
        const auto id = patterns_.add(text);
        plan_.readable = plan_.readable && id.has_value();
        return id.value_or(DigitPatterns::nothing);
    }

    DigitPatterns& patterns_;
    Plan& plan_;
};

const Plans& Plans::get() {
    static const Plans plans = Builder::build();
    return plans;
}

// As PhoneNumberUtil does it: Parse() and IsPossibleNumber() by the main region, then GetRegionCodeForNumber() and
// GetNumberType() by each region in turn.
std::optional<Plans::Finding> Plans::find(std::string_view digits) const noexcept {
    if (digits.size() > e164_digits_max) return std::nullopt;
    const Plan* plan = nullptr;
    std::size_t code = 0;
    for (std::size_t i = 0; i < std::min(digits.size(), calling_code_digits_max); ++i) {
        code = code * 10 + static_cast<std::size_t>(digits[i] - '0');
        if (code == 0) return std::nullopt;  // none begins with 0
        if (plans_[code].regions.empty()) continue;
        plan = &plans_[code];
        digits.remove_prefix(i + 1);
        break;
    }
    if (plan == nullptr || !plan->readable || !has(plan->lengths, digits.size())) return std::nullopt;
    if (patterns_.matches_begin(plan->national_prefix, digits)) return std::nullopt;  // Parse() may cut it off

    const Region& main = plan->regions.front();
    if (plan->regions.size() == 1) return Finding{main.country, type_in(main, digits)};
    for (const Region& region : plan->regions) {
        if (region.leading_digits && !patterns_.matches_begin(*region.leading_digits, digits)) continue;
        const NumberType type = type_in(region, digits);
        if (region.leading_digits || type != NumberType::unknown) return Finding{region.country, type};
    }
    return Finding{main.country, NumberType::unknown};
}

bool Plans::is(const Kind& kind, std::string_view national) const noexcept {
    return has(kind.lengths, national.size()) && patterns_.matches(kind.pattern, national);
}

NumberType Plans::type_in(const Region& region, std::string_view national) const noexcept {
    if (!is(region.general, national)) return NumberType::unknown;
    for (std::size_t i = 0; i < special_types.size(); ++i) {
        if (is(region.special[i], national)) return special_types[i];
    }
    if (is(region.fixed_line, national)) {
        const bool both = region.same_mobile_and_fixed_line || is(region.mobile, national);
        return both ? NumberType::fixed_line_or_mobile : NumberType::fixed_line;
    }
    const bool mobile = !region.same_mobile_and_fixed_line && is(region.mobile, national);
    return mobile ? NumberType::mobile : NumberType::unknown;
}

}  // namespace roger::numbering
