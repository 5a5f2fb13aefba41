#include "app/config.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <sys/stat.h>

#include "app/config_checks.hpp"

namespace roger::app {
namespace {

void read_rules(ReadFile& file, const toml::table& root, Config& config) {
    using guard::Mode;
    static constexpr std::pair<std::string_view, Mode> modes[] = {
        {"off", Mode::off}, {"observe", Mode::observe}, {"enforce", Mode::enforce}};
    TableReader table(file, root, "guard");
    for (const guard::RuleId rule : guard::all_rules()) {
        Mode mode = config.rules.of(rule);
        table.word<Mode>(std::string(guard::name_of(rule)).c_str(), mode, modes);
        config.rules.set(rule, mode);
    }
    table.word<Mode>("sandbox", config.sandbox_rules, modes);
    table.end();
}

Result<Config> read_table(const toml::table& root, ReadFile& file) {
    Config config;
    TableReader server(file, root, "server");
    server.text("listen", config.listen);
    server.text("admin_listen", config.admin_listen);
    server.text("data", config.data);
    server.checked_text("public_url", config.public_url, check_base_url);
    server.list("trusted_proxies", config.trusted_proxies, check_address);
    server.end();
    TableReader tls(file, root, "tls");
    tls.text("cert", config.tls_cert);
    tls.text("key", config.tls_key);
    tls.end();
    TableReader limits(file, root, "limits");
    limits.number("requests_per_second", config.rate, 1e6);
    limits.number("burst", config.burst, 1e6);
    limits.end();
    TableReader numbers(file, root, "numbers");
    numbers.list("deny", config.numbers.deny, check_prefix);
    numbers.list("allow", config.numbers.allow, check_prefix);
    numbers.list("countries", config.numbers.countries, check_country);
    numbers.list("types", config.numbers.types, check_number_type);
    numbers.boolean("premium", config.numbers.premium);
    numbers.boolean("satellite", config.numbers.satellite);
    numbers.end();
    std::ranges::sort(config.numbers.deny);
    std::ranges::sort(config.numbers.allow);
    read_rules(file, root, config);
    config.routes = read_routes(file, root, config.public_url);
    config.voice = read_voice(file, root);
    config.email = read_email(file, root);
    config.alert = read_alert(file, root, config.email);
    refuse_unknown(file, root, {"server", "tls", "limits", "numbers", "guard", "route", "voice", "email", "alert"}, "");
    if (file.error) return tl::unexpected<Error>(*file.error);
    return config;
}

}  // namespace

Result<Config> parse_config(const std::string& text, const std::string& name, bool is_private) {
    try {
        ReadFile file{.name = name, .is_private = is_private, .error = {}};
        return read_table(toml::parse(text), file);
    } catch (const toml::parse_error& error) {
        return fail(Errc::invalid_argument,
                    fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
    }
}

Result<Config> read_config(const std::string& path) {
    struct stat status{};
    std::ifstream file(path);
    if (!file || ::stat(path.c_str(), &status) != 0) {
        return fail(Errc::not_found, fmt::format("the configuration file {} cannot be read", path));
    }
    std::string text;
    std::getline(file, text, '\0');
    // A directory opens like a file, and a NUL would hide what stands behind it.
    if (!file.eof()) return fail(Errc::invalid_argument, fmt::format("{} is not a text file", path));
    auto config = parse_config(text, path, (status.st_mode & (S_IRWXG | S_IRWXO)) == 0);
    wipe(text);
    return config;
}

}  // namespace roger::app
