// What is different when the public port speaks TLS.
#include <gtest/gtest.h>

#include "api/router.hpp"
#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using testing_support::get_request;
using testing_support::header_of;
using testing_support::SmallHouse;

TEST(RouterHttpsTest, TheHandsetsCookieTravelsOverTlsOnly) {
    SmallHouse house;
    house.account("acme");
    house.context().settings.https = true;
    http::Request open = get_request("/handset");
    open.query = "once=" + house.router().sandbox().make_once_token("acme");
    EXPECT_TRUE(header_of(house.ask(open), "Set-Cookie").ends_with("; HttpOnly; SameSite=Strict; Secure"));
}

}  // namespace
}  // namespace roger::api
