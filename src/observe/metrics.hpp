// What an operator watches. Names are fixed by the contract; labels hold no number, PIN or secret.
// Every member may be called from every thread.
#pragma once
#include <cstddef>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace roger::observe {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

constexpr std::size_t labelled_series_max = 200;

class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// roger_requests_total{api,call,status}, roger_events_total{channel,route,result}, … : see metrics.cpp for the
    /// list.
    void count(std::string_view name, Labels labels, double by = 1);
    void set(std::string_view name, Labels labels, double value);
    /// Into the histogram of that name (roger_commit_seconds, roger_commit_rows).
    void observe(std::string_view name, double value);
    /// The same with labels that come from outside: what comes after the first `labelled_series_max` series of a
    /// histogram counts as "other" in each label.
    void observe(std::string_view name, Labels labels, double value);
    /// The sum of a counter's or gauge's series that have all these labels; 0 when there are none.
    [[nodiscard]] double sum(std::string_view name, Labels labels) const;
    /// A counter's series summed by the values of one label.
    [[nodiscard]] std::map<std::string, double> by_label(std::string_view name, std::string_view label) const;
    /// Prometheus text format 0.0.4.
    [[nodiscard]] std::string text() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace roger::observe
