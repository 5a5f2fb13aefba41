// Derives so many PINs as the server does and tells by Pearson's χ² whether they are uniform: exit 1 when not.
//   pin_uniformity [--pins 10000000] [--length 4] [--constant]
// --constant shows that it can fail: it looks at the key's low digits instead of the PIN.
#include <cmath>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "verification/vault.hpp"

int main(int argc, char** argv) {
    using namespace roger;
    std::size_t pins = 10'000'000;
    std::size_t length = 4;
    bool constant = false;
    CLI::App app("Are Roger's PINs uniform?");
    app.add_option("--pins", pins)->check(CLI::Range(100'000UL, 1'000'000'000UL));
    app.add_option("--length", length)->check(CLI::Range(4, 6));
    app.add_flag("--constant", constant, "Judge something that is not uniform instead");
    CLI11_PARSE(app, argc, argv);

    Key32 master{};
    for (std::size_t i = 0; i < master.size(); ++i) master[i] = static_cast<std::byte>(i * 37 + 11);
    verification::Keyring keyring;
    keyring.add(1, master, true);
    verification::Vault vault(keyring);

    auto cells = static_cast<std::size_t>(std::pow(10, static_cast<double>(length)));
    std::vector<std::uint32_t> seen(cells);
    verification::Request row{.account = "bench", .number = "447700900000"};
    row.kid = 1;
    row.code_length = static_cast<std::uint8_t>(length);
    // What differs from request to request in practice: the key rises, half of it by time.
    for (std::size_t i = 0; i < pins; ++i) {
        row.key.value = (static_cast<std::int64_t>(i) << 22U) / 7;
        row.random = i * 0x9e3779b97f4a7c15ULL;
        std::size_t value = static_cast<std::size_t>(row.key.value) % (cells / 2);
        if (!constant) value = std::stoul(std::string(vault.pin_of(row, 0)->reveal()));
        ++seen[value];
    }
    const double expected = static_cast<double>(pins) / static_cast<double>(cells);
    double chi2 = 0;
    for (const std::uint32_t count : seen) {
        const double off = static_cast<double>(count) - expected;
        chi2 += off * off / expected;
    }
    // With many cells χ² is nearly normal (Wilson–Hilferty): z beyond ±3.29 has p < 0.001, two-sided.
    const double freedom = static_cast<double>(cells - 1);
    const double z = (std::cbrt(chi2 / freedom) - (1 - 2 / (9 * freedom))) / std::sqrt(2 / (9 * freedom));
    const bool uniform = std::abs(z) < 3.29;
    fmt::print(R"({{"pins":{},"length":{},"chi2":{:.1f},"degrees_of_freedom":{},"z":{:.2f},"uniform":{}}})"
               "\n",
               pins, length, chi2, cells - 1, z, uniform);
    return uniform ? 0 : 1;
}
