#include "server/api/system_report.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "server/api/plant_json.h"

namespace mw::server {
namespace {

constexpr int64_t kRecentMs = 10'000;
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

Json certificate_json(const std::optional<ServedFacts>& facts, TimeNs now_ns) {
  if (!facts) return nullptr;
  return {{"subject", facts->subject},
          {"from_ms", to_ms(facts->from_ns)},
          {"until_ms", to_ms(facts->until_ns)},
          {"sha256", facts->sha256},
          {"state", label_of(state_of(*facts, now_ns))},
          {"newer_refused", facts->newer_refused ? to_json(*facts->newer_refused) : Json()}};
}

Json watched_json(const certificates::CertificateWatch& watch, TimeNs now_ns) {
  Json out = Json::array();
  for (const certificates::WatchedStatus& each : watch.status()) {
    const auto& facts = each.certificate;
    out.push_back({{"kind", each.use.kind},
                   {"name", each.use.name},
                   {"address", each.address},
                   {"state", certificates::state_word(each, now_ns)},
                   {"subject", facts ? Json(facts->subject) : Json()},
                   {"until_ms", facts ? Json(to_ms(facts->until_ns)) : Json()},
                   {"seen_ms", each.seen_ns != 0 ? Json(to_ms(each.seen_ns)) : Json()},
                   {"problem", each.problem ? to_json(*each.problem) : Json()}});
  }
  return out;
}

Json restored_json(const std::optional<RestoredFacts>& facts) {
  if (!facts) return nullptr;
  return {
      {"backup_made", facts->made}, {"restored_ms", facts->restored_ms}, {"sound", facts->sound}};
}

Json retention_json(const plant::RetentionStatus& status) {
  return {{"rules", status.rules},
          {"running", status.running},
          {"removed_samples", status.removed_samples},
          {"last_run_ms", status.last_run_ns ? Json(*status.last_run_ns / kNsPerMs) : Json()},
          {"problem", status.problem ? to_json(*status.problem) : Json()}};
}

Json ingest_json(const plant::IngestStats& ingest) {
  return {{"samples_s", ingest.samples_per_s},
          {"stored_samples", ingest.store.stored_samples},
          {"dropped", ingest.store.dropped_samples},
          {"backlog", ingest.store.backlog_samples},
          {"too_late", ingest.store.too_late_samples},
          {"unlisted_tags", ingest.store.unlisted_tags},
          {"retention", retention_json(ingest.retention)}};
}

/// Of those that are there now: who adds a connection starts the plant, and these, anew.
void register_certificate_metrics(
    MetricsRegistry& registry, const std::shared_ptr<const certificates::CertificateWatch>& watch) {
  for (const certificates::WatchedStatus& each : watch->status()) {
    registry.gauge(
        "millwright_certificate_until_seconds",
        "When the first certificate of somebody whom we talk to ends, seconds since 1970.",
        [watch, use = each.use, address = each.address] {
          for (const certificates::WatchedStatus& now : watch->status()) {
            if (now.use != use || now.address != address || !now.certificate) continue;
            return static_cast<double>(now.certificate->until_ns) / 1e9;
          }
          return std::nan("");  // not seen yet: no date is an honest one
        },
        label("certificate", each.use.kind + "/" + each.use.name) + "," +
            label("address", each.address));
  }
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

SystemReport::SystemReport(const ApiParts& parts) : parts_(parts), started_ns_(steady_ns()) {}

int64_t SystemReport::now_ms() const {
  return to_ms(parts_.clock ? parts_.clock->now_ns() : system_clock_.now_ns());
}

void SystemReport::sample() {
  const GeneratorTotals totals = generator_totals(parts_.models.get());
  const Moment moment{mark_of(totals, now_ms()), totals.stats.decode_tok_s, resident_bytes()};
  const std::lock_guard<std::mutex> guard(mutex_);
  if (history_.size() == kHistoryPoints) history_.pop_front();
  history_.push_back(moment);
}

Json SystemReport::json(const Identity& who) const {
  const SystemFacts facts = parts_.system ? parts_.system->facts() : SystemFacts{};
  const GeneratorTotals totals = generator_totals(parts_.models.get());
  const int64_t now = now_ms();
  GeneratorMark before = mark_of(totals, now);  // the oldest of the last ten seconds
  const plant::IngestStats ingest = parts_.plant ? parts_.plant->stats() : plant::IngestStats{};
  Json history = Json::array();
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (const Moment& moment : history_) {
      if (moment.mark.t_ms >= now - kRecentMs && moment.mark.t_ms < before.t_ms) {
        before = moment.mark;
      }
      history.push_back({{"t_ms", moment.mark.t_ms},
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
        {"kv_bytes", totals.stats.kv_bytes}}},
      {"generator", generator_json(totals, before, now)},
      {"shares", shares_json(totals, before, now, facts.machine)},
      {"latency",
       {{"first_token_ms", quantiles(metrics.first_token_ms)},
        {"per_token_ms", quantiles(metrics.per_token_ms)},
        {"queue_ms", quantiles(metrics.queue_ms)}}},
      {"ingest", who.may_see_line("*") ? ingest_json(ingest) : Json()},
      {"history", std::move(history)},
      {"disk",
       {{"free_bytes", free_bytes.has_value() ? Json(*free_bytes) : Json()},
        {"problem", problem.has_value() ? to_json(*problem) : Json()}}},
      {"restored", restored_json(facts.restored)},
      {"certificate",
       certificate_json(parts_.certificate ? parts_.certificate->get() : std::nullopt,
                        now * kNsPerMs)},
      {"certificates", parts_.certificates && who.may_see_line("*")
                           ? watched_json(*parts_.certificates, now * kNsPerMs)
                           : Json()},
  };
}

void register_process_metrics(const ApiParts& parts) {
  MetricsRegistry& registry = parts.metrics->registry;
  register_generator_metrics(registry, parts.models, parts.system);
  registry.gauge("process_resident_memory_bytes", "Resident memory.",
                 [] { return static_cast<double>(resident_bytes()); });
  const int64_t started_ns = steady_ns();
  registry.gauge("millwright_uptime_seconds", "Since start.",
                 [started_ns] { return static_cast<double>(steady_ns() - started_ns) / 1e9; });
  if (parts.certificate) {
    registry.gauge("millwright_tls_certificate_until_seconds",
                   "End of the served certificate's validity, seconds since 1970.",
                   [certificate = parts.certificate] {
                     const auto facts = certificate->get();
                     return facts ? static_cast<double>(facts->until_ns) / 1e9 : 0.0;
                   });
  }
  MetricsRegistry& of_plant = parts.metrics->plant_registry;
  if (parts.certificates) register_certificate_metrics(of_plant, parts.certificates);
  if (!parts.plant) return;
  const auto plant = parts.plant;
  of_plant.gauge("millwright_broker_connected", "1 while the broker is there.",
                 [plant] { return plant->broker().connected ? 1.0 : 0.0; });
  of_plant.gauge("millwright_ingest_backlog_samples", "Accepted and not yet stored.",
                 [plant] { return static_cast<double>(plant->stats().store.backlog_samples); });
  of_plant.counter_from("millwright_ingest_samples_total", "Samples that came in.",
                        [plant] { return static_cast<double>(plant->stats().samples); });
  of_plant.counter_from("millwright_stored_samples_total", "Samples stored.", [plant] {
    return static_cast<double>(plant->stats().store.stored_samples);
  });
  of_plant.counter_from(
      "millwright_dropped_samples_total", "Samples lost to a full disk.",
      [plant] { return static_cast<double>(plant->stats().store.dropped_samples); });
  of_plant.counter_from(
      "millwright_too_late_samples_total",
      "Samples of a time of which only aggregates are kept: not counted.",
      [plant] { return static_cast<double>(plant->stats().store.too_late_samples); });
  of_plant.counter_from(
      "millwright_removed_samples_total", "Samples replaced by aggregates, or removed.",
      [plant] { return static_cast<double>(plant->stats().store.removed_samples); });
  of_plant.gauge("millwright_unlisted_tags",
                 "Tags with a history that the description does not name.",
                 [plant] { return static_cast<double>(plant->stats().store.unlisted_tags); });
  of_plant.gauge("millwright_retention_failing", "1 while samples that are due stay.",
                 [plant] { return plant->stats().retention.problem ? 1.0 : 0.0; });
  of_plant.gauge("millwright_store_due_hours", "Hours of tags without their aggregate yet.",
                 [plant] { return static_cast<double>(plant->stats().store.due_hours); });
}

void register_upstream_metrics(const ApiParts& parts) {
  if (!parts.upstreams) return;
  for (const auto& each : parts.upstreams->all()) {
    for (std::size_t i = 0; i < each->options().replicas.size(); ++i) {
      const std::string labels =
          label("upstream", each->options().name) + "," + label("replica", std::to_string(i + 1));
      MetricsRegistry& registry = parts.metrics->registry;
      registry.gauge(
          "millwright_upstream_up", "1 while the replica's health checks succeed.",
          [each, i] { return each->replicas()[i].health == upstream::Health::kUp ? 1.0 : 0.0; },
          labels);
      registry.gauge(
          "millwright_upstream_running", "Requests under way at the replica.",
          [each, i] { return static_cast<double>(each->replicas()[i].running); }, labels);
      registry.counter_from(
          "millwright_upstream_failures_total", "Requests that the replica failed.",
          [each, i] { return static_cast<double>(each->replicas()[i].failed); }, labels);
    }
  }
}

}  // namespace mw::server
