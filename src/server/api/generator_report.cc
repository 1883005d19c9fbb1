#include "server/api/generator_report.h"

#include <numeric>

namespace mw::server {
namespace {

using Stats = runtime::GeneratorStats;

constexpr int64_t kShortestWindowMs = 500;  // a rate over less says nothing

Json share(double part, double whole) { return whole > 0 ? Json(part / whole) : Json(); }

void add(Stats& sum, const Stats& each) {
  sum.running += each.running;
  sum.waiting += each.waiting;
  sum.step_rows += each.step_rows;
  for (std::size_t i = 0; i < sum.steps.size(); ++i) sum.steps[i] += each.steps[i];
  sum.rows += each.rows;
  sum.prompt_tokens += each.prompt_tokens;
  sum.cached_prompt_tokens += each.cached_prompt_tokens;
  sum.guessed_tokens += each.guessed_tokens;
  sum.guessed_right_tokens += each.guessed_right_tokens;
  sum.forced_tokens += each.forced_tokens;
  sum.preempted += each.preempted;
  sum.generated_tokens += each.generated_tokens;
  sum.decode_tok_s += each.decode_tok_s;
  sum.prefill_tok_s += each.prefill_tok_s;
  sum.kv_bytes += each.kv_bytes;
  sum.kv_bytes_used += each.kv_bytes_used;
  sum.kv_bytes_cached += each.kv_bytes_cached;
}

/// Totals fall when a model is unloaded, and a clock may be set back: then there is no rate.
bool usable(const GeneratorTotals& totals, const GeneratorMark& before, int64_t now_ms) {
  return now_ms - before.t_ms >= kShortestWindowMs && totals.steps >= before.steps &&
         totals.stats.rows >= before.rows && totals.weight_bytes >= before.weight_bytes;
}

Histogram::Snapshot rows_a_step(const Stats& stats) {
  Histogram::Snapshot out;
  out.bounds.assign(runtime::kStepRowEdges.begin(), runtime::kStepRowEdges.end());
  uint64_t total = 0;
  for (const uint64_t steps : stats.steps) out.cumulative.push_back(total += steps);
  out.cumulative.push_back(total);  // no step is larger than the last edge
  out.sum = static_cast<double>(stats.rows);
  return out;
}

}  // namespace

GeneratorTotals generator_totals(const runtime::ModelHost* models) {
  GeneratorTotals out;
  if (models == nullptr) return out;
  for (const runtime::ModelStatus& status : models->list()) {
    if (status.state != runtime::ModelState::kReady) continue;
    const auto model = models->find(status.name);
    if (!model) continue;
    const Stats stats = (*model)->generator->stats();
    add(out.stats, stats);
    const uint64_t steps = std::accumulate(stats.steps.begin(), stats.steps.end(), uint64_t{0});
    out.steps += steps;
    out.weight_bytes += static_cast<double>(steps) * static_cast<double>(status.bytes);
  }
  return out;
}

GeneratorMark mark_of(const GeneratorTotals& totals, int64_t t_ms) {
  return {t_ms, totals.steps, totals.stats.rows, totals.weight_bytes};
}

Json generator_json(const GeneratorTotals& totals, const GeneratorMark& before, int64_t now_ms) {
  const Stats& stats = totals.stats;
  const bool stepped = usable(totals, before, now_ms) && totals.steps > before.steps;
  const auto count = [](uint64_t value) { return static_cast<double>(value); };
  return {{"running", stats.running},
          {"waiting", stats.waiting},
          {"step_rows", stats.step_rows},
          {"mean_step_rows",
           stepped ? share(count(stats.rows - before.rows), count(totals.steps - before.steps))
                   : Json()},
          {"decode_tok_s", stats.decode_tok_s},
          {"prefill_tok_s", stats.prefill_tok_s},
          {"generated_tokens", stats.generated_tokens},
          {"prompt_tokens", stats.prompt_tokens},
          {"cached_prompt_tokens", stats.cached_prompt_tokens},
          {"cached_share", share(count(stats.cached_prompt_tokens), count(stats.prompt_tokens))},
          {"guessed_tokens", stats.guessed_tokens},
          {"guessed_right_tokens", stats.guessed_right_tokens},
          {"guessed_right_share",
           share(count(stats.guessed_right_tokens), count(stats.guessed_tokens))},
          {"preempted", stats.preempted},
          {"kv_bytes", stats.kv_bytes},
          {"kv_bytes_used", stats.kv_bytes_used},
          {"kv_bytes_cached", stats.kv_bytes_cached}};
}

Json shares_json(const GeneratorTotals& totals, const GeneratorMark& before, int64_t now_ms,
                 const std::optional<MachineFacts>& machine) {
  Json weights_gb_s;
  Json memory;
  if (usable(totals, before, now_ms)) {
    const double seconds = static_cast<double>(now_ms - before.t_ms) / 1e3;
    const double gb_s = (totals.weight_bytes - before.weight_bytes) / seconds / 1e9;
    weights_gb_s = gb_s;
    if (machine) memory = share(gb_s, machine->memory_gb_s);
  }
  return {{"weights_gb_s", std::move(weights_gb_s)},
          {"memory", std::move(memory)},
          {"kv", share(static_cast<double>(totals.stats.kv_bytes_used),
                       static_cast<double>(totals.stats.kv_bytes))}};
}

void register_generator_metrics(MetricsRegistry& registry,
                                const std::shared_ptr<runtime::ModelHost>& models,
                                const std::shared_ptr<SystemInfo>& system) {
  const auto reader = [&models](auto member) {
    return [models, member] {
      return static_cast<double>(generator_totals(models.get()).stats.*member);
    };
  };
  const auto gauge = [&](const char* name, const char* help, auto member) {
    registry.gauge(name, help, reader(member));
  };
  const auto counter = [&](const char* name, const char* help, uint64_t Stats::*member) {
    registry.counter_from(name, help, reader(member));
  };
  gauge("millwright_requests_running", "Answers being written.", &Stats::running);
  gauge("millwright_requests_waiting", "Answers waiting for a place.", &Stats::waiting);
  gauge("millwright_last_step_rows", "Rows of the last step's batch; 0 while nothing runs.",
        &Stats::step_rows);
  gauge("millwright_decode_tokens_per_second", "Over the last ten seconds.", &Stats::decode_tok_s);
  gauge("millwright_prefill_tokens_per_second", "Over the last ten seconds.",
        &Stats::prefill_tok_s);
  gauge("millwright_kv_bytes", "Memory set aside for keys and values.", &Stats::kv_bytes);
  gauge("millwright_kv_used_bytes", "Of it in use.", &Stats::kv_bytes_used);
  gauge("millwright_kv_cached_bytes", "Of it in use for prompts that may come again.",
        &Stats::kv_bytes_cached);
  counter("millwright_prompt_tokens_total", "Prompt tokens asked for since start.",
          &Stats::prompt_tokens);
  counter("millwright_cached_prompt_tokens_total", "Of them found and not computed again.",
          &Stats::cached_prompt_tokens);
  counter("millwright_generated_tokens_total", "Tokens written since start.",
          &Stats::generated_tokens);
  counter("millwright_guessed_tokens_total", "Tokens guessed ahead from the text so far.",
          &Stats::guessed_tokens);
  counter("millwright_guessed_right_tokens_total", "Of them the ones that came true.",
          &Stats::guessed_right_tokens);
  counter("millwright_forced_tokens_total",
          "And those of them that a grammar gave no choice about.", &Stats::forced_tokens);
  counter("millwright_preempted_total", "Batch jobs that made way for somebody who waited.",
          &Stats::preempted);
  registry.histogram_from("millwright_step_rows",
                          "Rows of each step's batch: tokens written, guessed and read.",
                          [models] { return rows_a_step(generator_totals(models.get()).stats); });
  registry.counter_from("millwright_weight_bytes_total",
                        "Bytes of weights that the steps read, each the model's file once.",
                        [models] { return generator_totals(models.get()).weight_bytes; });
  if (!system || !system->facts().machine) return;
  registry.gauge("millwright_machine_memory_bytes_per_second",
                 "What the memory gives at best, measured; weights in L3 come faster.", [system] {
                   const auto machine = system->facts().machine;
                   return machine ? machine->memory_gb_s * 1e9 : 0.0;
                 });
}

}  // namespace mw::server
