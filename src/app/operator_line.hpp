// The subcommands admin, audit, guard and number of the command line.
#pragma once
#include <functional>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"

namespace roger::app {

/// @param options  what the command line says is put there
/// @param chosen   becomes what is to be run; all three outlive the parsing
void add_operator_commands(CLI::App& app, AdminOptions& options, std::function<int()>& chosen);

}  // namespace roger::app
