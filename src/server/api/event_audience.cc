#include "server/api/event_audience.h"

#include "server/api/alarm_json.h"
#include "server/api/plant_json.h"
#include "server/http/sse.h"

namespace mw::server {

std::string EventAudience::key_of(const Identity& who) {
  return std::to_string(static_cast<int>(who.kind)) + who.rights();
}

EventAudience::EventAudience(const ApiParts& parts, Identity who,
                             std::shared_ptr<std::atomic<bool>> fresh)
    : parts_(parts), who_(std::move(who)) {
  subscription_ = parts_.plant->subscribe(
      who_, [news = news_, fresh = std::move(fresh)](const plant::Change& change) {
        {
          const std::lock_guard lock(news->mutex);
          for (const plant::TagValue& value : change.values) news->values[value.tag] = value;
          for (const plant::AssetStatus& status : change.assets)
            news->assets[status.asset] = status;
        }
        *fresh = true;
      });
}

bool EventAudience::is_new(const std::string& key, const Json& value) {
  std::string text = to_text(value);
  std::string& last = told_[key];
  if (last == text) return false;
  last = std::move(text);
  return true;
}

void EventAudience::look() {
  const plant::Snapshot snapshot = parts_.plant->snapshot(who_);
  const auto catalogue = parts_.plant->catalogue(who_);
  frame_ = {{"now_ms", to_ms(snapshot.now_ns)},
            {"values", Json::array()},
            {"states", Json::array()},
            {"broker", to_json(snapshot.broker)},
            {"connectors", connectors_json(snapshot)}};
  Json out = frame_;
  for (const plant::TagValue& value : snapshot.values) {
    Json entry = value_json(value);
    if (is_new("values" + value.tag, entry)) out["values"].push_back(std::move(entry));
  }
  for (const plant::AssetStatus& status : snapshot.assets) {
    Json entry = state_json(status, *catalogue);
    if (is_new("states" + status.asset, entry)) out["states"].push_back(std::move(entry));
  }
  change_ = sse_event("plant", to_text(out));
  whole_.clear();
}

const std::string& EventAudience::whole() {
  if (!whole_.empty()) return whole_;
  const auto catalogue = parts_.plant->catalogue(who_);
  Json out = frame_;
  const auto add = [&](const char* list, const std::string& id) {
    const auto found = told_.find(list + id);
    if (found == told_.end()) return;
    if (auto entry = parse_json(found->second)) out[list].push_back(std::move(*entry));
  };
  for (const plant::Tag& tag : catalogue->tags()) add("values", tag.id);
  for (const plant::Asset& asset : catalogue->assets()) add("states", asset.id);
  return whole_ = sse_event("plant", to_text(out));
}

std::string EventAudience::news() {
  std::unordered_map<std::string, plant::TagValue> values;
  std::unordered_map<std::string, plant::AssetStatus> assets;
  {
    const std::lock_guard lock(news_->mutex);
    values.swap(news_->values);
    assets.swap(news_->assets);
  }
  if (values.empty() && assets.empty()) return {};
  const auto catalogue = parts_.plant->catalogue(who_);
  Json out = {{"now_ms", to_ms(parts_.plant->now_ns())},
              {"values", Json::array()},
              {"states", Json::array()}};
  for (const auto& [tag, value] : values) {
    Json entry = value_json(value);
    if (is_new("values" + tag, entry)) out["values"].push_back(std::move(entry));
  }
  for (const auto& [asset, status] : assets) {
    Json entry = state_json(status, *catalogue);
    if (is_new("states" + asset, entry)) out["states"].push_back(std::move(entry));
  }
  if (out["values"].empty() && out["states"].empty()) return {};
  whole_.clear();
  return sse_event("plant", to_text(out));
}

const std::string& EventAudience::alarms(uint64_t version) {
  if (alarms_.empty() || version != alarms_version_) {
    const auto catalogue = parts_.plant->catalogue(who_);
    alarms_ = sse_event("alarms", to_text(alarms_json(*parts_.alarms, who_, *catalogue, false)));
    alarms_version_ = version;
  }
  return alarms_;
}

}  // namespace mw::server
