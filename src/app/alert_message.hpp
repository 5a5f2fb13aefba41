// A notice as programs and people read it. Pure but for the machine's name, which is given.
#pragma once
#include <string>

#include "alert/alerts.hpp"

namespace roger::app {

struct AlertMessage {
    std::string id;     ///< the same in every way it is told
    std::string json;   ///< {"id","kind","state","subject","text","since","at","host"}; at most 4,000 bytes
    std::string title;  ///< one line: "raised: route_down trunk-a (roger on vm1)"
    std::string words;  ///< a mail's text
    TimePoint at{};
};

/// @param at    wall time
/// @param host  whose server tells
[[nodiscard]] AlertMessage write_alert(const alert::Notice& notice,
                                       std::string id,
                                       TimePoint at,
                                       const std::string& host);

/// "t=1700000000,v1=HEX": HMAC-SHA-256 over "1700000000." and the body, so that nobody else can say it, or again later.
[[nodiscard]] std::string sign_alert(std::string_view secret, TimePoint at, const std::string& body);

}  // namespace roger::app
