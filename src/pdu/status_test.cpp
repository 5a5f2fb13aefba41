#include "pdu/status.hpp"

#include <gtest/gtest.h>

namespace roger::pdu {
namespace {

TEST(StatusTest, SaysWhatFollowsFromARefusal) {
    EXPECT_EQ(classify(status_invalid_destination, {}), ErrorKind::refused_number);
    EXPECT_EQ(classify(status_invalid_source, {}), ErrorKind::refused_route);
    for (const std::uint32_t busy : {status_throttled, status_queue_full, status_submit_failed, status_system_error}) {
        EXPECT_EQ(classify(busy, {}), ErrorKind::throttled) << describe_status(busy);
    }
}

TEST(StatusTest, AnUnknownOrVendorCodeSendsTheMessageElsewhere) {
    EXPECT_EQ(classify(0x40a, {}), ErrorKind::unavailable);
    EXPECT_EQ(classify(0xffffffff, {}), ErrorKind::unavailable);
}

TEST(StatusTest, AConfiguredCodeWinsOverTheStandard) {
    const ErrorMap own{{0x40a, ErrorKind::refused_number}, {status_system_error, ErrorKind::refused_route}};
    EXPECT_EQ(classify(0x40a, own), ErrorKind::refused_number);
    EXPECT_EQ(classify(status_system_error, own), ErrorKind::refused_route);
    EXPECT_EQ(classify(status_throttled, own), ErrorKind::throttled);
}

TEST(StatusTest, TellsWrongCredentialsAndAHangingSessionFromOtherBindErrors) {
    for (const std::uint32_t status : {status_bind_failed, status_invalid_password, status_invalid_system_id}) {
        EXPECT_EQ(classify_bind(status), BindError::credentials) << describe_status(status);
    }
    EXPECT_EQ(classify_bind(status_already_bound), BindError::already_bound);
    EXPECT_EQ(classify_bind(status_system_error), BindError::transient);
    EXPECT_EQ(classify_bind(0x4ff), BindError::transient);
}

TEST(StatusTest, NamesCodesForLogs) {
    EXPECT_EQ(describe_status(status_throttled), "0x00000058 ESME_RTHROTTLED");
    EXPECT_EQ(describe_status(0x40a), "0x0000040a");
}

TEST(StatusTest, LabelsAreFewWhateverThePeerSends) {
    EXPECT_EQ(status_label(status_ok), "ESME_ROK");
    EXPECT_EQ(status_label(0x40a), "0x0000040a");
    EXPECT_EQ(status_label(0x12345678), "other");
}

TEST(StatusTest, TheWordsOfTheConfigurationAreReadBack) {
    for (const ErrorKind kind :
         {ErrorKind::refused_number, ErrorKind::refused_route, ErrorKind::throttled, ErrorKind::unavailable}) {
        EXPECT_EQ(error_kind_from(to_string(kind)), kind);
    }
    EXPECT_FALSE(error_kind_from("refused"));
    EXPECT_FALSE(error_kind_from(""));
}

}  // namespace
}  // namespace roger::pdu
