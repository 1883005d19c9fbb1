#include "server/metrics.h"

#include <gtest/gtest.h>

namespace mw::server {
namespace {

TEST(Metrics, AreWrittenInPrometheusText) {
  MetricsRegistry registry;
  registry.counter("a_total", "Things.", label("kind", "x\"y")).add(3);
  registry.gauge("g", "Now.", [] { return 1.5; });
  Histogram& histogram = registry.histogram("h_seconds", "Took.", {0.1, 1}, label("route", "ask"));
  histogram.observe(0.05);
  histogram.observe(0.1);
  histogram.observe(5);
  const std::string expected =
      "# HELP a_total Things.\n# TYPE a_total counter\na_total{kind=\"x\\\"y\"} 3\n"
      "# HELP g Now.\n# TYPE g gauge\ng 1.5\n"
      "# HELP h_seconds Took.\n# TYPE h_seconds histogram\n"
      "h_seconds_bucket{route=\"ask\",le=\"0.1\"} 2\n"
      "h_seconds_bucket{route=\"ask\",le=\"1\"} 2\n"
      "h_seconds_bucket{route=\"ask\",le=\"+Inf\"} 3\n"
      "h_seconds_sum{route=\"ask\"} 5.15\nh_seconds_count{route=\"ask\"} 3\n";
  EXPECT_EQ(registry.text(), expected);
}

TEST(Metrics, GiveTheSameMemberForTheSameLabels) {
  MetricsRegistry registry;
  Counter& one = registry.counter("a", "", label("x", "1"));
  registry.counter("a", "", label("x", "2")).add();
  EXPECT_EQ(&one, &registry.counter("a", "", label("x", "1")));
  EXPECT_EQ(one.value(), 0U);
}

TEST(Metrics, ReadHistogramsThatSomebodyElseKeeps) {
  MetricsRegistry registry;
  registry.histogram_from("rows", "A step.", [] {
    return Histogram::Snapshot{{1, 2}, {3, 4, 6}, 17};
  });
  EXPECT_EQ(registry.text(),
            "# HELP rows A step.\n# TYPE rows histogram\nrows_bucket{le=\"1\"} 3\n"
            "rows_bucket{le=\"2\"} 4\nrows_bucket{le=\"+Inf\"} 6\nrows_sum 17\nrows_count 6\n");
}

TEST(LatencyWindow, KeepsTheLastObservations) {
  LatencyWindow window(4);
  EXPECT_EQ(window.quantile(0.5), std::nullopt);
  for (const double value : {1000.0, 1.0, 2.0, 3.0, 4.0}) window.observe(value);
  EXPECT_EQ(window.quantile(0), 1);
  EXPECT_EQ(window.quantile(1), 4);
  EXPECT_EQ(window.quantile(0.5), 3);
}

}  // namespace
}  // namespace mw::server
