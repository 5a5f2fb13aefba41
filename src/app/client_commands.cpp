#include <cstdio>
#include <iostream>

#include <nlohmann/json.hpp>

#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"

namespace roger::app {
namespace {

using nlohmann::json;

constexpr int status_internal_error = 5;

int exit_code_of(const std::string& status) {
    if (status == "0") return done;
    return status == std::to_string(status_internal_error) ? unknown : refused;
}

void print_members(const json& members, const std::string& indent) {
    for (const auto& [name, value] : members.items()) {
        if (value.is_array()) {
            std::cout << indent << name << ":\n";
            for (const json& one : value) {
                std::cout << indent << "  -\n";
                print_members(one, indent + "    ");
            }
        } else {
            std::cout << indent << name << ": " << (value.is_string() ? value.get<std::string>() : value.dump())
                      << '\n';
        }
    }
}

}  // namespace

int complain(const std::string& sentence, int exit_code) {
    std::cerr << "roger: " << sentence << '\n';
    return exit_code;
}

std::string argument(std::string text) {
    if (text != "-") return text;
    std::string line;
    std::getline(std::cin, line);
    return line;
}

int client_command(const ClientOptions& options, const std::string& path, const Fields& fields) {
    if (options.key.empty() || options.secret.empty()) {
        return complain("give the account's key and secret in ROGER_KEY and ROGER_SECRET", usage);
    }
    Call request{.method = "POST",
                 .url = options.url + path,
                 .key = options.key,
                 .secret = options.secret,
                 .content_type = "application/x-www-form-urlencoded",
                 .body = form(fields)};
    const auto reply = call(request);
    if (!reply) {
        const bool sent = reply.error().code == Errc::timed_out;
        return complain(
            sent ? "no answer, so the outcome is unknown: " + reply.error().detail
                 : "the server was not reached: " + reply.error().detail + "; is it running, and is --url right?",
            sent ? unknown : not_reached);
    }
    const json body = json::parse(reply->body, nullptr, false);
    if (body.is_discarded())
        return complain("the answer is not Roger's: HTTP " + std::to_string(reply->status), refused);
    if (options.json) {
        std::cout << reply->body << '\n';
    } else {
        print_members(body, "");
    }
    // A search answers the request's state where other calls have a status.
    const bool found = body.contains("verification_requests") || (body.contains("checks") && body.contains("events"));
    return found ? int{done} : exit_code_of(body.value("status", ""));
}

}  // namespace roger::app
