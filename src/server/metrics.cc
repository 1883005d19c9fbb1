#include "server/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/check.h"

namespace mw::server {
namespace {

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[40];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

std::string series(const std::string& name, const std::string& labels,
                   const std::string& extra = {}) {
  if (labels.empty() && extra.empty()) return name;
  const std::string comma = labels.empty() || extra.empty() ? "" : ",";
  return name + "{" + labels + comma + extra + "}";
}

void head(std::string& out, const std::string& name, const std::string& help, const char* type) {
  out += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

void write_histogram(std::string& out, const std::string& name, const std::string& labels,
                     const Histogram::Snapshot& shot) {
  for (std::size_t i = 0; i < shot.cumulative.size(); ++i) {
    const std::string edge = i < shot.bounds.size() ? number(shot.bounds[i]) : "+Inf";
    out += series(name + "_bucket", labels, label("le", edge)) + " " +
           std::to_string(shot.cumulative[i]) + "\n";
  }
  out += series(name + "_sum", labels) + " " + number(shot.sum) + "\n";
  out += series(name + "_count", labels) + " " + std::to_string(shot.cumulative.back()) + "\n";
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), buckets_(bounds_.size() + 1) {
  MW_CHECK(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::observe(double value) {
  const auto edge = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  const auto index = static_cast<std::size_t>(edge - bounds_.begin());
  buckets_[index].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
  Snapshot out;
  out.bounds = bounds_;
  uint64_t total = 0;
  for (const auto& bucket : buckets_) {
    total += bucket.load(std::memory_order_relaxed);
    out.cumulative.push_back(total);
  }
  out.sum = sum_.load(std::memory_order_relaxed);
  return out;
}

std::vector<double> duration_bounds_s() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120};
}

std::vector<double> token_bounds_s() {
  return {0.001, 0.002, 0.003, 0.004, 0.006, 0.008, 0.012, 0.016, 0.025,
          0.04,  0.06,  0.1,   0.16,  0.25,  0.5,   1,     2.5};
}

std::vector<double> share_bounds() { return {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}; }

std::vector<double> ratio_bounds() {
  return {0.1, 0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 4, 10};
}

Counter& MetricsRegistry::counter(const std::string& name, const std::string& help,
                                  const std::string& labels) {
  const std::lock_guard<std::mutex> guard(mutex_);
  auto& family = counters_[name];
  family.help = help;
  return family.members[labels];
}

Histogram& MetricsRegistry::histogram(const std::string& name, const std::string& help,
                                      const std::vector<double>& bounds,
                                      const std::string& labels) {
  const std::lock_guard<std::mutex> guard(mutex_);
  auto& family = histograms_[name];
  family.help = help;
  return family.members.try_emplace(labels, bounds).first->second;
}

void MetricsRegistry::gauge(const std::string& name, const std::string& help,
                            std::function<double()> read, const std::string& labels) {
  const std::lock_guard<std::mutex> guard(mutex_);
  auto& family = gauges_[name];
  family.help = help;
  family.members[labels] = Reader{std::move(read)};
}

void MetricsRegistry::counter_from(const std::string& name, const std::string& help,
                                   std::function<double()> read, const std::string& labels) {
  const std::lock_guard<std::mutex> guard(mutex_);
  auto& family = read_counters_[name];
  family.help = help;
  family.members[labels] = Reader{std::move(read)};
}

void MetricsRegistry::histogram_from(const std::string& name, const std::string& help,
                                     std::function<Histogram::Snapshot()> read,
                                     const std::string& labels) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_CHECK(histograms_.count(name) == 0);
  auto& family = read_histograms_[name];
  family.help = help;
  family.members[labels] = HistogramReader{std::move(read)};
}

std::string MetricsRegistry::text() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  std::string out;
  for (const auto& [name, family] : counters_) {
    head(out, name, family.help, "counter");
    for (const auto& [labels, counter] : family.members) {
      out += series(name, labels) + " " + std::to_string(counter.value()) + "\n";
    }
  }
  for (const auto* readers : {&read_counters_, &gauges_}) {
    const char* type = readers == &gauges_ ? "gauge" : "counter";
    for (const auto& [name, family] : *readers) {
      head(out, name, family.help, type);
      for (const auto& [labels, reader] : family.members) {
        out += series(name, labels) + " " + number(reader.read()) + "\n";
      }
    }
  }
  for (const auto& [name, family] : histograms_) {
    head(out, name, family.help, "histogram");
    for (const auto& [labels, histogram] : family.members) {
      write_histogram(out, name, labels, histogram.snapshot());
    }
  }
  for (const auto& [name, family] : read_histograms_) {
    head(out, name, family.help, "histogram");
    for (const auto& [labels, reader] : family.members) {
      const Histogram::Snapshot shot = reader.read();
      MW_CHECK(shot.cumulative.size() == shot.bounds.size() + 1);
      write_histogram(out, name, labels, shot);
    }
  }
  return out;
}

std::string label(std::string_view name, std::string_view value) {
  std::string out = std::string(name) + "=\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "\"";
}

void LatencyWindow::observe(double value) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (values_.size() == capacity_) values_.pop_front();
  values_.push_back(value);
}

std::optional<double> LatencyWindow::quantile(double q) const {
  std::vector<double> sorted;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    sorted.assign(values_.begin(), values_.end());
  }
  if (sorted.empty()) return std::nullopt;
  const double clamped = std::clamp(q, 0.0, 1.0);
  const auto index =
      static_cast<std::ptrdiff_t>(std::llround(clamped * static_cast<double>(sorted.size() - 1)));
  std::nth_element(sorted.begin(), sorted.begin() + index, sorted.end());
  return sorted[static_cast<std::size_t>(index)];
}

}  // namespace mw::server
