// Samples that a person or a key pushes, and who may.
#include <algorithm>

#include "plant/internal/plant_impl.h"
#include "plant/internal/reading_check.h"

namespace mw::plant {

bool PlantImpl::has_push_key(const Identity& who) const {
  return who.kind == Identity::Kind::kApiKey &&
         std::find(push_keys_.begin(), push_keys_.end(), who.name) != push_keys_.end();
}

bool PlantImpl::may_store_on(const Identity& who, std::string_view line) const {
  return has_push_key(who) ? who.may_see_line(line) : who.may(Role::kOperator, line);
}

Result<void> PlantImpl::check_may_store(const Identity& who) const {
  if (has_push_key(who) || who.has_role(Role::kOperator)) return {};
  return Error::make(Code::kPermissionDenied,
                     "'" + who.name +
                         "' may not store samples: it takes the role operator, engineer or "
                         "admin, or an API key that plant.push_keys names",
                     "“" + who.name +
                         "”无权存储采样：需要 operator、engineer 或 admin 角色，"
                         "或在 plant.push_keys 中列出的 API 密钥");
}

Result<PushOutcome> PlantImpl::push(const Identity& who, PushedSamples samples) {
  MW_TRY(check_may_store(who));
  push_health_.connected();
  PushOutcome outcome;
  outcome.refusals = std::move(samples.refusals);
  std::vector<Reading> visible;
  for (std::size_t i = 0; i < samples.readings.size(); ++i) {
    Reading& reading = samples.readings[i];
    const Result<const Tag*> tag = visible_tag(who, reading.tag);
    if (tag && !may_store_on(who, catalogue_->asset((*tag)->asset)->line)) {
      outcome.refusals.push_back({samples.positions[i],
                                  reading.tag,
                                  {"storing samples of its line takes the role operator there",
                                   "存储该产线的采样需要在该产线具有 operator 角色"}});
    } else if (tag && reading.ts_ns && !plausible_time(*reading.ts_ns, clock_.now_ns())) {
      outcome.refusals.push_back(
          {samples.positions[i],
           reading.tag,
           {"its time lies in the future or before 2000", "时间在将来或早于 2000 年"}});
    } else if (tag) {
      visible.push_back(std::move(reading));
    } else {
      outcome.refusals.push_back({samples.positions[i], reading.tag, tag.error().message});
    }
  }
  Result<IngestOutcome> taken = IngestOutcome{};
  if (!visible.empty()) taken = ingest_.take(visible, Arrival::kByAge);
  push_health_.refused(outcome.refusals.size());
  if (!taken) {
    push_health_.complained(taken.error().message);
    return taken.error();
  }
  push_health_.took(*taken);
  if (!outcome.refusals.empty()) push_health_.complained(outcome.refusals.back().reason);
  outcome.stored = taken->stored;
  outcome.doubtful = taken->doubtful;
  outcome.buffered = taken->outcome == AppendOutcome::kBuffered;
  return outcome;
}

}  // namespace mw::plant
