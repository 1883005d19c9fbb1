// What /api/system and /metrics say of the models' work: sums, shares, and what is not known.
#include "server/api/generator_report.h"

#include <gtest/gtest.h>

#include "server/api/system_report.h"
#include "server/testing/fakes.h"
#include "server/testing/schema_check.h"

namespace mw::server {
namespace {

using testing::FakeModelHost;
using testing::FakeSystemInfo;
using testing::schema_problem;

runtime::GeneratorStats busy_stats() {
  runtime::GeneratorStats stats;
  stats.waiting = 3;
  stats.step_rows = 12;
  stats.steps[0] = 4;  // one row
  stats.steps[4] = 6;  // nine to sixteen
  stats.rows = 4 + 6 * 12;
  stats.prompt_tokens = 200;
  stats.cached_prompt_tokens = 150;
  stats.guessed_tokens = 40;
  stats.guessed_right_tokens = 10;
  stats.forced_tokens = 4;
  stats.preempted = 2;
  stats.kv_bytes = 1000;
  stats.kv_bytes_used = 250;
  stats.kv_bytes_cached = 100;
  return stats;
}

/// Two models that both answer with the same generator.
class TwoModels final : public runtime::ModelHost {
 public:
  std::vector<runtime::ModelStatus> list() const override {
    std::vector<runtime::ModelStatus> out(3, one->list().front());
    out[2].state = runtime::ModelState::kLoading;  // says nothing yet
    return out;
  }
  Result<std::shared_ptr<runtime::ServedModel>> find(const std::string& name) const override {
    return one->find(name);
  }
  Result<std::shared_ptr<runtime::Embedder>> find_embedder(const std::string&) const override {
    return Error::make(Code::kNotFound, "none");
  }
  std::shared_ptr<const tokenizers::Tokenizer> client_vocabulary(
      const std::string&) const override {
    return nullptr;
  }
  Result<void> pull(const std::string&) override { return {}; }

  std::shared_ptr<FakeModelHost> one = std::make_shared<FakeModelHost>();
};

struct Report {
  std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(1'000 * kNsPerSecond);
  std::shared_ptr<FakeModelHost> models = std::make_shared<FakeModelHost>();
  ApiParts parts;
  std::unique_ptr<SystemReport> system;

  explicit Report(bool measured = true) {
    parts.clock = clock;
    parts.models = models;
    parts.metrics = std::make_shared<ServerMetrics>();
    if (measured) parts.system = std::make_shared<FakeSystemInfo>();
    system = std::make_unique<SystemReport>(parts);
  }
  Json after(int64_t ms) const {
    clock->set(clock->now_ns() + ms * kNsPerMs);
    Json out = system->json(Identity::local_viewer());
    EXPECT_EQ(schema_problem("System", out), "");
    return out;
  }
};

TEST(GeneratorReport, AddsUpAllModelsThatAnswer) {
  TwoModels models;
  models.one->generator->set_stats(busy_stats());
  const GeneratorTotals totals = generator_totals(&models);
  EXPECT_EQ(totals.steps, 20U);
  EXPECT_EQ(totals.stats.steps[4], 12U);
  EXPECT_EQ(totals.stats.step_rows, 24);
  EXPECT_EQ(totals.stats.rows, 152U);
  EXPECT_EQ(totals.stats.cached_prompt_tokens, 300U);
  EXPECT_EQ(totals.stats.guessed_tokens, 80U);
  EXPECT_EQ(totals.stats.guessed_right_tokens, 20U);
  EXPECT_EQ(totals.stats.preempted, 4U);
  EXPECT_EQ(totals.stats.kv_bytes_cached, 200U);
  EXPECT_EQ(totals.weight_bytes, 20 * 98e6);
  EXPECT_EQ(generator_totals(nullptr).steps, 0U);
}

TEST(GeneratorReport, SaysNothingOfWhatNeverHappened) {
  const Report report;
  const Json body = report.after(0);
  for (const char* name : {"mean_step_rows", "cached_share", "guessed_right_share"}) {
    EXPECT_EQ(body["generator"][name], nullptr) << name;
  }
  EXPECT_EQ(body["shares"]["memory"], nullptr);
  EXPECT_EQ(body["shares"]["kv"], 0);
}

TEST(GeneratorReport, TellsTheMeanBatchAndTheShareOfTheMemoryOfTheLastTenSeconds) {
  const Report report;
  report.system->sample();
  report.models->generator->set_stats(busy_stats());
  const Json body = report.after(2'000);
  EXPECT_EQ(body["generator"]["step_rows"], 12);
  EXPECT_EQ(body["generator"]["mean_step_rows"], 7.6);
  EXPECT_EQ(body["generator"]["cached_share"], 0.75);
  EXPECT_EQ(body["generator"]["guessed_right_share"], 0.25);
  EXPECT_DOUBLE_EQ(body["shares"]["weights_gb_s"].get<double>(), 0.49);  // 10 x 98 MB in 2 s
  EXPECT_DOUBLE_EQ(body["shares"]["memory"].get<double>(), 0.49 / 58.5);
  EXPECT_EQ(body["shares"]["kv"], 0.25);
  report.system->sample();
  const Json idle = report.after(9'000);  // the steps are older than ten seconds
  EXPECT_EQ(idle["generator"]["mean_step_rows"], nullptr);
  EXPECT_EQ(idle["shares"]["memory"], 0);
}

TEST(GeneratorReport, ComparesWithNothingThatWasNotMeasured) {
  const Report report(false);
  report.system->sample();
  report.models->generator->set_stats(busy_stats());
  const Json body = report.after(2'000);
  EXPECT_EQ(body["shares"]["memory"], nullptr);
  EXPECT_GT(body["shares"]["weights_gb_s"].get<double>(), 0.4);
}

TEST(GeneratorReport, GivesNoRateWhenTotalsFellWithAModelThatIsGone) {
  const Report report;
  report.models->generator->set_stats(busy_stats());
  report.system->sample();
  report.models->generator->set_stats({});
  const Json body = report.after(2'000);
  EXPECT_EQ(body["shares"]["weights_gb_s"], nullptr);
  EXPECT_EQ(body["generator"]["mean_step_rows"], nullptr);
}

TEST(GeneratorReport, WritesTheSameForPrometheus) {
  Report report;
  report.models->generator->set_stats(busy_stats());
  MetricsRegistry registry;
  register_generator_metrics(registry, report.models, report.parts.system);
  const std::string text = registry.text();
  for (const char* lines :
       {"# TYPE millwright_step_rows histogram\nmillwright_step_rows_bucket{le=\"1\"} 4\n",
        "millwright_step_rows_bucket{le=\"8\"} 4\nmillwright_step_rows_bucket{le=\"16\"} 10\n",
        "millwright_step_rows_bucket{le=\"+Inf\"} 10\nmillwright_step_rows_sum 76\n"
        "millwright_step_rows_count 10\n",
        "# TYPE millwright_cached_prompt_tokens_total counter\n"
        "millwright_cached_prompt_tokens_total 150\n",
        "millwright_guessed_tokens_total 40\n", "millwright_guessed_right_tokens_total 10\n",
        "millwright_forced_tokens_total 4\n", "millwright_preempted_total 2\n",
        "millwright_weight_bytes_total 980000000\n",
        "millwright_machine_memory_bytes_per_second 5.85e+10\n", "millwright_last_step_rows 12\n",
        "millwright_requests_waiting 3\n", "millwright_kv_cached_bytes 100\n"}) {
    EXPECT_NE(text.find(lines), std::string::npos) << lines << "in\n" << text;
  }
}

}  // namespace
}  // namespace mw::server
