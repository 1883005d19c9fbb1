#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/identity.h"
#include "server/api.h"

namespace mw::server {

/// All readers of /api/events who may see the same: what they are told is made once for all of
/// them. Needs a plant.
/// Threads  one at a time; the plant's tells it what is new beside that.
class EventAudience {
 public:
  /// `fresh` is set when the plant told something. `parts` must outlive it.
  EventAudience(const ApiParts& parts, Identity who, std::shared_ptr<std::atomic<bool>> fresh);

  /// Who shares an audience.
  static std::string key_of(const Identity& who);

  /// Takes the plant's condition; what change() and whole() are about.
  void look();
  /// A `plant` event with what is not as it was told last; looks have it once.
  const std::string& change() const { return change_; }
  /// A `plant` event with all there is, as of the last look or news.
  const std::string& whole();
  /// A `plant` event with what the plant told since; empty when nothing is new.
  std::string news();
  /// An `alarms` event, as of `version`.
  const std::string& alarms(uint64_t version);

 private:
  /// What the plant told and was not sent yet; filled by a thread of the plant.
  struct News {
    std::mutex mutex;
    std::unordered_map<std::string, plant::TagValue> values;
    std::unordered_map<std::string, plant::AssetStatus> assets;
  };
  /// Whether it is not what was told last under that key; remembers it.
  bool is_new(const std::string& key, const Json& value);

  const ApiParts& parts_;
  const Identity who_;
  const std::shared_ptr<News> news_ = std::make_shared<News>();
  std::unordered_map<std::string, std::string> told_;  // last text of each tag and asset
  Json frame_;                                         // of a plant event: all but values, states
  std::string change_, whole_, alarms_;
  uint64_t alarms_version_ = 0;
  std::unique_ptr<plant::Subscription> subscription_;
};

}  // namespace mw::server
