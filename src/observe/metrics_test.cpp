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

}  // namespace
}  // namespace roger::observe
