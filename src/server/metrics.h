#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::server {

/// A number that only grows. Safe from any thread.
class Counter {
 public:
  void add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

/// Counts observations in buckets; `bounds` are upper edges in rising order, +Inf is implied.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);

  struct Snapshot {
    std::vector<double> bounds;
    std::vector<uint64_t> cumulative;  // one more than bounds: the last is the count
    double sum = 0;
  };
  Snapshot snapshot() const;

 private:
  const std::vector<double> bounds_;
  std::vector<std::atomic<uint64_t>> buckets_;
  std::atomic<double> sum_{0};
};

/// Edges for durations from a millisecond to two minutes.
std::vector<double> duration_bounds_s();
/// Finer edges for the time between two tokens: 1 ms to 2.5 s.
std::vector<double> token_bounds_s();
/// Edges for a part of a whole: steps of a tenth.
std::vector<double> share_bounds();
/// Edges for actual / predicted, close around 1.
std::vector<double> ratio_bounds();

/// Named families of counters, histograms and gauges, written in Prometheus' text format 0.0.4.
///
/// Labels   given as finished text without braces: `route="ask",status="200"` (see label()).
/// Threads  safe from any; counter() and histogram() take a lock, keep the reference.
class MetricsRegistry {
 public:
  Counter& counter(const std::string& name, const std::string& help,
                   const std::string& labels = {});
  Histogram& histogram(const std::string& name, const std::string& help,
                       const std::vector<double>& bounds, const std::string& labels = {});
  /// Read when the metrics are asked for. `read` must be safe from any thread.
  void gauge(const std::string& name, const std::string& help, std::function<double()> read,
             const std::string& labels = {});
  /// A counter that somebody else keeps.
  void counter_from(const std::string& name, const std::string& help, std::function<double()> read,
                    const std::string& labels = {});
  /// A histogram that somebody else keeps. Its name is not one of histogram()'s.
  void histogram_from(const std::string& name, const std::string& help,
                      std::function<Histogram::Snapshot()> read, const std::string& labels = {});

  std::string text() const;

 private:
  template <class T>
  struct Family {
    std::string help;
    std::map<std::string, T> members;  // by labels; node-based: addresses stay
  };
  struct Reader {
    std::function<double()> read;
  };
  struct HistogramReader {
    std::function<Histogram::Snapshot()> read;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Family<Counter>> counters_;
  std::map<std::string, Family<Histogram>> histograms_;
  std::map<std::string, Family<Reader>> gauges_;
  std::map<std::string, Family<Reader>> read_counters_;
  std::map<std::string, Family<HistogramReader>> read_histograms_;
};

/// `name="value"` with the value escaped.
std::string label(std::string_view name, std::string_view value);

/// The last `capacity` observations, for exact quantiles on the System page.
class LatencyWindow {
 public:
  explicit LatencyWindow(std::size_t capacity = 512) : capacity_(capacity) {}
  void observe(double value);
  /// q in 0..1; nothing when nothing was observed.
  std::optional<double> quantile(double q) const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<double> values_;
};

}  // namespace mw::server
