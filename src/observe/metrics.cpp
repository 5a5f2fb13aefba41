#include "observe/metrics.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/assert.hpp"
#include "base/function_ref.hpp"

namespace roger::observe {
namespace {

struct Named {
    const char* name;
    const char* help;
};

constexpr Named counters[] = {
    {"roger_requests_total", "API calls by their status."},
    {"roger_refusals_total", "API calls that were refused, by the rule that said no."},
    {"roger_events_total", "Events carried out, by channel, route and result."},
    {"roger_inbound_total", "Messages that subscribers sent to us, by route and opt-out word."},
    {"roger_receipts_total", "Delivery receipts, by route, state and whether their event was found."},
    {"roger_calls_total", "Calls over trunks that ended, by route and how."},
    {"roger_call_frames_total", "Frames of speech sent, 50 a second and call."},
    {"roger_call_frames_late_total", "Of these, more than 10 ms after their time."},
    {"roger_smpp_answers_total", "Answers to submit_sm, by route and status."},
    {"roger_http_answers_total", "Answers of HTTP gateways, by route and status; none, not_sent: there was no answer."},
    {"roger_callbacks_refused_total", "Callbacks that were forged or could not be read, by route."},
};
constexpr Named gauges[] = {
    {"roger_live", "Verification requests in progress."},
    {"roger_store_writable", "1 while the store takes everything, 0 while clients are refused."},
    {"roger_reserve_whole", "0 while the room set aside for a full disk is given up."},
    {"roger_queue_depth", "Commands that wait, by lane."},
    {"roger_route_up", "1 while the route can take messages."},
    {"roger_calls_active", "Calls in progress, by route."},
    {"roger_smpp_binds", "Connections bound, by route."},
    {"roger_smpp_window", "Messages sent and not answered, by route."},
};

/// By which a series is found, in a buffer that keeps its memory: counting allocates nothing.
void make_series_key(std::string_view name, Labels labels, std::string& key) {
    key = name;
    for (const auto& [label, value] : labels) {
        key += '\x1f';
        key += value;
    }
}

prometheus::Labels to_labels(Labels labels) {
    prometheus::Labels result;
    for (const auto& [label, value] : labels) result.emplace(label, value);
    return result;
}

}  // namespace

struct Metrics::Impl {
    void each(std::string_view name, FunctionRef<void(const prometheus::ClientMetric&)> take);

    std::mutex mutex;
    std::string key;  ///< of the series that is looked for
    prometheus::Registry registry;
    std::unordered_map<std::string, prometheus::Family<prometheus::Counter>*> counter_families;
    std::unordered_map<std::string, prometheus::Family<prometheus::Gauge>*> gauge_families;
    std::unordered_map<std::string, prometheus::Histogram*> histograms;
    struct Labelled {
        prometheus::Family<prometheus::Histogram>* family = nullptr;
        prometheus::Histogram::BucketBoundaries bounds;
        std::unordered_map<std::string, prometheus::Histogram*> series;
    };
    std::unordered_map<std::string, Labelled> labelled;
    std::unordered_map<std::string, prometheus::Counter*> counter_series;
    std::unordered_map<std::string, prometheus::Gauge*> gauge_series;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {
    for (const auto& [name, help] : counters) {
        impl_->counter_families[name] = &prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
    }
    for (const auto& [name, help] : gauges) {
        impl_->gauge_families[name] = &prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
    }
    auto& rows =
        prometheus::BuildHistogram().Name("roger_commit_rows").Help("Rows of one commit.").Register(impl_->registry);
    auto& time = prometheus::BuildHistogram()
                     .Name("roger_commit_seconds")
                     .Help("Seconds of one commit.")
                     .Register(impl_->registry);
    impl_->histograms["roger_commit_rows"] =
        &rows.Add({}, prometheus::Histogram::BucketBoundaries{1, 4, 16, 64, 256, 512});
    auto& answers = prometheus::BuildHistogram()
                        .Name("roger_smpp_answer_seconds")
                        .Help("Seconds from submit_sm to its answer.")
                        .Register(impl_->registry);
    impl_->histograms["roger_smpp_answer_seconds"] =
        &answers.Add({}, prometheus::Histogram::BucketBoundaries{0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 3, 10, 60});
    auto& http_answers = prometheus::BuildHistogram()
                             .Name("roger_http_answer_seconds")
                             .Help("Seconds from a request to an HTTP gateway to its answer.")
                             .Register(impl_->registry);
    impl_->histograms["roger_http_answer_seconds"] =
        &http_answers.Add({}, prometheus::Histogram::BucketBoundaries{0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10});
    impl_->histograms["roger_commit_seconds"] =
        &time.Add({}, prometheus::Histogram::BucketBoundaries{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1});
    auto& setup = impl_->labelled["roger_call_setup_seconds"];
    setup.family = &prometheus::BuildHistogram()
                        .Name("roger_call_setup_seconds")
                        .Help("Seconds from the INVITE of a call until it rings or is answered, by route.")
                        .Register(impl_->registry);
    setup.bounds = {0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 40};
    auto& delivery = impl_->labelled["roger_delivery_seconds"];
    delivery.family =
        &prometheus::BuildHistogram()
             .Name("roger_delivery_seconds")
             .Help("Seconds from the handover of a message to its delivery receipt, by route and network.")
             .Register(impl_->registry);
    delivery.bounds = {0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300};
}
Metrics::~Metrics() = default;

void Metrics::count(std::string_view name, Labels labels, double by) {
    const std::lock_guard lock(impl_->mutex);
    make_series_key(name, labels, impl_->key);
    auto& series = impl_->counter_series[impl_->key];
    if (series == nullptr) {
        const auto family = impl_->counter_families.find(std::string(name));
        ROGER_ASSERT(family != impl_->counter_families.end(), "every counter is declared above");
        series = &family->second->Add(to_labels(labels));
    }
    series->Increment(by);
}

void Metrics::set(std::string_view name, Labels labels, double value) {
    const std::lock_guard lock(impl_->mutex);
    make_series_key(name, labels, impl_->key);
    auto& series = impl_->gauge_series[impl_->key];
    if (series == nullptr) {
        const auto family = impl_->gauge_families.find(std::string(name));
        ROGER_ASSERT(family != impl_->gauge_families.end(), "every gauge is declared above");
        series = &family->second->Add(to_labels(labels));
    }
    series->Set(value);
}

void Metrics::observe(std::string_view name, double value) {
    const auto histogram = impl_->histograms.find(std::string(name));
    ROGER_ASSERT(histogram != impl_->histograms.end(), "every histogram is declared above");
    histogram->second->Observe(value);
}

void Metrics::observe(std::string_view name, Labels labels, double value) {
    const std::lock_guard lock(impl_->mutex);
    const auto found = impl_->labelled.find(std::string(name));
    ROGER_ASSERT(found != impl_->labelled.end(), "every histogram is declared above");
    Impl::Labelled& histogram = found->second;
    make_series_key(name, labels, impl_->key);
    if (const auto known = histogram.series.find(impl_->key); known != histogram.series.end()) {
        return known->second->Observe(value);
    }
    prometheus::Labels named = to_labels(labels);
    const bool room = histogram.series.size() < labelled_series_max;
    if (!room) {
        for (auto& [label, text] : named) text = "other";
    }
    // Asked for labels that it has, the family gives their series.
    prometheus::Histogram& series = histogram.family->Add(named, histogram.bounds);
    if (room) histogram.series.emplace(impl_->key, &series);
    series.Observe(value);
}

/// Of a counter or a gauge. @param take  sees each series
void Metrics::Impl::each(std::string_view name, FunctionRef<void(const prometheus::ClientMetric&)> take) {
    const std::string key_name(name);
    std::vector<prometheus::MetricFamily> families;
    if (const auto counter = counter_families.find(key_name); counter != counter_families.end()) {
        families = counter->second->Collect();
    } else if (const auto gauge = gauge_families.find(key_name); gauge != gauge_families.end()) {
        families = gauge->second->Collect();
    }
    for (const auto& family : families) {
        for (const auto& series : family.metric) take(series);
    }
}

double Metrics::sum(std::string_view name, Labels labels) const {
    double sum = 0;
    impl_->each(name, [&](const prometheus::ClientMetric& series) {
        const bool all = std::ranges::all_of(labels, [&](const auto& wanted) {
            return std::ranges::any_of(series.label, [&](const auto& label) {
                return label.name == wanted.first && label.value == wanted.second;
            });
        });
        if (all) sum += series.counter.value + series.gauge.value;
    });
    return sum;
}

std::map<std::string, double> Metrics::by_label(std::string_view name, std::string_view label) const {
    std::map<std::string, double> sums;
    impl_->each(name, [&](const prometheus::ClientMetric& series) {
        for (const auto& each : series.label) {
            if (each.name == label) sums[each.value] += series.counter.value;
        }
    });
    return sums;
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(impl_->registry.Collect()); }

}  // namespace roger::observe
