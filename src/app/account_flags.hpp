// The options of `roger account create` and `update` about what limits an account; main.cpp has the others.
#pragma once
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace roger::app {

/// @param body  of the admin call, that gets what is given; outlives the command
void add_limit_flags(CLI::App& command, nlohmann::json& body);

}  // namespace roger::app
