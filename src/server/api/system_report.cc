#include "server/api/system_report.h"

#include <unistd.h>

#include <cstdio>

#include "server/api/plant_json.h"

namespace mw::server {
namespace {

constexpr std::size_t kHistoryPoints = 150;  // five minutes at one each two seconds

Json quantiles(const LatencyWindow& window) {
  const auto value = [&](double q) {
    const std::optional<double> found = window.quantile(q);
    return found.has_value() ? Json(*found) : Json();
  };
  return {{"p50", value(0.5)}, {"p95", value(0.95)}};
}

Json machine_json(const std::optional<MachineFacts>& machine) {
  if (!machine) return nullptr;
  return {{"int_gmac_s", machine->int_gmac_s},
          {"f32_gmac_s", machine->f32_gmac_s},
          {"l2_gb_s", machine->l2_gb_s},
          {"memory_gb_s", machine->memory_gb_s},
          {"measured_at_ms", machine->measured_at_ms},
          {"busy", machine->busy}};
}

}  // namespace

uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long total_pages = 0;
  unsigned long resident_pages = 0;
  const int fields = std::fscanf(file, "%lu %lu", &total_pages, &resident_pages);
  std::fclose(file);
  const long page = ::sysconf(_SC_PAGESIZE);
  return fields == 2 && page > 0 ? uint64_t{resident_pages} * static_cast<uint64_t>(page) : 0;
}

runtime::GeneratorStats generator_stats(const runtime::ModelHost* models) {
  runtime::GeneratorStats sum;
  if (models == nullptr) return sum;
  for (const runtime::ModelStatus& status : models->list()) {
    if (status.state != runtime::ModelState::kReady) continue;
    const auto model = models->find(status.name);
    if (!model) continue;
    const runtime::GeneratorStats stats = (*model)->generator->stats();
    sum.running += stats.running;
    sum.waiting += stats.waiting;
    sum.prompt_tokens += stats.prompt_tokens;
    sum.generated_tokens += stats.generated_tokens;
    sum.decode_tok_s += stats.decode_tok_s;
    sum.prefill_tok_s += stats.prefill_tok_s;
    sum.kv_bytes += stats.kv_bytes;
    sum.kv_bytes_used += stats.kv_bytes_used;
  }
  return sum;
}

SystemReport::SystemReport(const ApiParts& parts) : parts_(parts), started_ns_(steady_ns()) {}

int64_t SystemReport::now_ms() const {
  return to_ms(parts_.clock ? parts_.clock->now_ns() : system_clock_.now_ns());
}

void SystemReport::sample() {
  const Moment moment{now_ms(), generator_stats(parts_.models.get()).decode_tok_s,
                      resident_bytes()};
  const std::lock_guard<std::mutex> guard(mutex_);
  if (history_.size() == kHistoryPoints) history_.pop_front();
  history_.push_back(moment);
}

Json SystemReport::json() const {
  const SystemFacts facts = parts_.system ? parts_.system->facts() : SystemFacts{};
  const runtime::GeneratorStats generator = generator_stats(parts_.models.get());
  const plant::IngestStats ingest = parts_.plant ? parts_.plant->stats() : plant::IngestStats{};
  Json history = Json::array();
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (const Moment& moment : history_) {
      history.push_back({{"t_ms", moment.t_ms},
                         {"decode_tok_s", moment.decode_tok_s},
                         {"rss_bytes", moment.rss_bytes}});
    }
  }
  const std::optional<Text> problem =
      facts.disk_problem.has_value() ? facts.disk_problem : ingest.store.problem;
  const std::optional<uint64_t> free_bytes =
      facts.disk_free_bytes.has_value() ? facts.disk_free_bytes : ingest.store.free_bytes;
  const ServerMetrics& metrics = *parts_.metrics;
  return {
      {"version", facts.version},
      {"commit", facts.commit},
      {"uptime_s", static_cast<double>(steady_ns() - started_ns_) / 1e9},
      {"isa", {{"available", facts.isa_available}, {"used", facts.isa_used}}},
      {"threads", facts.threads},
      {"machine", machine_json(facts.machine)},
      {"memory",
       {{"rss_bytes", resident_bytes()},
        {"model_bytes", facts.model_bytes},
        {"kv_bytes", generator.kv_bytes}}},
      {"generator",
       {{"running", generator.running},
        {"waiting", generator.waiting},
        {"decode_tok_s", generator.decode_tok_s},
        {"prefill_tok_s", generator.prefill_tok_s},
        {"generated_tokens", generator.generated_tokens},
        {"prompt_tokens", generator.prompt_tokens}}},
      {"latency",
       {{"first_token_ms", quantiles(metrics.first_token_ms)},
        {"per_token_ms", quantiles(metrics.per_token_ms)},
        {"queue_ms", quantiles(metrics.queue_ms)}}},
      {"ingest",
       {{"samples_s", ingest.samples_per_s},
        {"stored_samples", ingest.store.stored_samples},
        {"dropped", ingest.store.dropped_samples},
        {"backlog", ingest.store.backlog_samples}}},
      {"history", std::move(history)},
      {"disk",
       {{"free_bytes", free_bytes.has_value() ? Json(*free_bytes) : Json()},
        {"problem", problem.has_value() ? to_json(*problem) : Json()}}},
  };
}

void register_process_metrics(const ApiParts& parts) {
  MetricsRegistry& registry = parts.metrics->registry;
  const auto models = parts.models;
  const auto generator = [&](const char* name, const char* help, auto member) {
    registry.gauge(name, help, [models, member] {
      return static_cast<double>(generator_stats(models.get()).*member);
    });
  };
  using Stats = runtime::GeneratorStats;
  generator("millwright_requests_running", "Answers being written.", &Stats::running);
  generator("millwright_requests_waiting", "Answers waiting for a place.", &Stats::waiting);
  generator("millwright_decode_tokens_per_second", "Over the last ten seconds.",
            &Stats::decode_tok_s);
  generator("millwright_prefill_tokens_per_second", "Over the last ten seconds.",
            &Stats::prefill_tok_s);
  generator("millwright_kv_bytes", "Memory set aside for keys and values.", &Stats::kv_bytes);
  generator("millwright_kv_used_bytes", "Of it in use.", &Stats::kv_bytes_used);
  const auto tokens = [&](const char* name, const char* help, uint64_t Stats::*member) {
    registry.counter_from(name, help, [models, member] {
      return static_cast<double>(generator_stats(models.get()).*member);
    });
  };
  tokens("millwright_prompt_tokens_total", "Prompt tokens read since start.",
         &Stats::prompt_tokens);
  tokens("millwright_generated_tokens_total", "Tokens written since start.",
         &Stats::generated_tokens);
  registry.gauge("process_resident_memory_bytes", "Resident memory.",
                 [] { return static_cast<double>(resident_bytes()); });
  const int64_t started_ns = steady_ns();
  registry.gauge("millwright_uptime_seconds", "Since start.",
                 [started_ns] { return static_cast<double>(steady_ns() - started_ns) / 1e9; });
  if (!parts.plant) return;
  const auto plant = parts.plant;
  registry.gauge("millwright_broker_connected", "1 while the broker is there.",
                 [plant] { return plant->broker().connected ? 1.0 : 0.0; });
  registry.gauge("millwright_ingest_backlog_samples", "Accepted and not yet stored.",
                 [plant] { return static_cast<double>(plant->stats().store.backlog_samples); });
  registry.counter_from("millwright_ingest_samples_total", "Samples that came in.",
                        [plant] { return static_cast<double>(plant->stats().samples); });
  registry.counter_from("millwright_stored_samples_total", "Samples stored.", [plant] {
    return static_cast<double>(plant->stats().store.stored_samples);
  });
  registry.counter_from(
      "millwright_dropped_samples_total", "Samples lost to a full disk.",
      [plant] { return static_cast<double>(plant->stats().store.dropped_samples); });
}

}  // namespace mw::server
