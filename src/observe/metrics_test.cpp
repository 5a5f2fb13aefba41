#include "observe/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roger::observe {
namespace {

TEST(MetricsTest, CountsPerSeriesAndWritesPrometheusText) {
    Metrics metrics;
    metrics.count("roger_requests_total", {{"api", "v1"}, {"call", "start"}, {"status", "0"}});
    metrics.count("roger_requests_total", {{"api", "v1"}, {"call", "start"}, {"status", "0"}});
    metrics.count("roger_requests_total", {{"api", "v1"}, {"call", "check"}, {"status", "16"}});
    metrics.set("roger_live", {}, 3);
    metrics.observe("roger_commit_rows", 5);
    const std::string text = metrics.text();
    EXPECT_THAT(text, testing::HasSubstr(R"(roger_requests_total{api="v1",call="start",status="0"} 2)"));
    EXPECT_THAT(text, testing::HasSubstr(R"(roger_requests_total{api="v1",call="check",status="16"} 1)"));
    EXPECT_THAT(text, testing::HasSubstr("roger_live 3"));
    EXPECT_THAT(text, testing::HasSubstr(R"(roger_commit_rows_bucket{le="16"} 1)"));
}

TEST(MetricsTest, LabelsFromOutsideAreBounded) {
    Metrics metrics;
    for (std::size_t i = 0; i < labelled_series_max + 5; ++i) {
        metrics.observe("roger_delivery_seconds", {{"route", "a"}, {"network", std::to_string(i)}}, 0.7);
    }
    metrics.observe("roger_delivery_seconds", {{"route", "a"}, {"network", "0"}}, 0.7);
    const std::string text = metrics.text();
    EXPECT_THAT(text, testing::HasSubstr(R"(roger_delivery_seconds_count{network="0",route="a"} 2)"));
    EXPECT_THAT(text, testing::HasSubstr(R"(roger_delivery_seconds_count{network="other",route="other"} 5)"));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("network=\"" + std::to_string(labelled_series_max) + "\"")));
}

}  // namespace
}  // namespace roger::observe
