// What tests of the configuration ask of a text.
#pragma once
#include <string>

#include <gtest/gtest.h>

#include "app/config.hpp"

namespace roger::app {

inline std::string error_of(const std::string& text, bool is_private = false) {
    const auto config = parse_config(text, "roger.toml", is_private);
    return config ? "none" : config.error().detail;
}

inline RouteConfig only_route(const std::string& text) {
    const auto config = parse_config(text, "roger.toml");
    if (!config || config->routes.size() != 1) {
        ADD_FAILURE() << (config ? "not one route" : config.error().detail);
        return {};
    }
    return config->routes.front();
}

}  // namespace roger::app
