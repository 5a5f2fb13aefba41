#include "app/certificate.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "app/system.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::app {
namespace {

class CertificateTest : public testing::Test {
protected:
    std::string made(const std::string& stem, long seconds) {
        return testing_support::make_certificate(directory.path(), stem, {.seconds = seconds}).cert;
    }
    testing_support::TempDirectory directory;
    const TimePoint now = SystemClock().wall_now();
};

TEST_F(CertificateTest, ItsEndIsRead) {
    const auto ends = end_of_certificate(made("a", 86'400));
    ASSERT_TRUE(ends) << ends.error().detail;
    EXPECT_LT(std::chrono::abs(*ends - now - seconds(86'400)), seconds(60));
    EXPECT_LT(*end_of_certificate(made("b", -60)), now);
}

TEST_F(CertificateTest, WhatIsNoCertificateIsASentence) {
    const std::string other = directory.path() / "other.pem";
    std::ofstream(other) << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    EXPECT_EQ(end_of_certificate(other).error().detail, other + " holds no certificate in PEM");
    EXPECT_EQ(end_of_certificate("/nowhere").error().detail, "the certificate /nowhere cannot be read");
}

TEST_F(CertificateTest, ThoseThatAConfigurationShowsAreFound) {
    Config config;
    EXPECT_TRUE(certificates_of(config).empty());
    config.tls_cert = made("api", 86'400);
    config.routes.resize(3);
    config.routes[0].route.name = "smsc-a";
    config.routes[0].smpp.cert_file = made("smsc", -60);
    config.routes[1].route.name = "trunk-a";
    config.routes[1].sip.trunk.tls.cert_file = made("trunk", 3'600);
    config.routes[2].smpp.cert_file = "/nowhere";
    const auto found = certificates_of(config);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].of, "of the API");
    EXPECT_EQ(found[2].of, "of route trunk-a");
    EXPECT_TRUE(
        describe(found[1], now).starts_with("The certificate in " + found[1].file + ", of route smsc-a, ended on "))
        << describe(found[1], now);
    const TimePoint noon{seconds(1'800'000'000)};
    EXPECT_EQ(describe({"/c.pem", "of the API", noon}, noon - seconds(1)),
              "The certificate in /c.pem, of the API, ends on 2027-01-15 at 08:00 UTC");
}

}  // namespace
}  // namespace roger::app
