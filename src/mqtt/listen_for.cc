#include "mqtt/listen_for.h"

#include <map>

#include "mqtt/internal/look_up.h"
#include "mqtt/visit_broker.h"

namespace mw::mqtt {
namespace {

constexpr std::size_t kMostTopics = 1'000;
constexpr uint64_t kMostMessages = 50'000;
constexpr std::size_t kMostPayloadBytes = 2'048;

/// What came; its client's threads fill it.
struct Ear {
  std::mutex mutex;
  std::map<std::string, HeardTopic, std::less<>> topics;
  uint64_t messages = 0;
  bool cut = false;
  Event full;

  void take(std::string_view topic, std::string_view payload) {
    const std::lock_guard lock(mutex);
    if (++messages > kMostMessages) {
      cut = true;
      full.set({});
      return;
    }
    auto found = topics.find(topic);
    if (found == topics.end() && topics.size() >= kMostTopics) {
      cut = true;
      return;
    }
    if (found == topics.end()) {
      found = topics.emplace(std::string(topic), HeardTopic{std::string(topic), {}, 0}).first;
    }
    found->second.payload = payload.substr(0, kMostPayloadBytes);
    ++found->second.messages;
  }
};

}  // namespace

Result<Heard> listen_for(Options options, std::chrono::milliseconds duration) {
  const auto ear = std::make_shared<Ear>();
  options.subscriptions = {"#"};
  options.on_message = [ear](const Message& message) { ear->take(message.topic, message.payload); };
  MW_TRY(visit_broker(std::move(options), [&](Client&) {
    ear->full.wait(std::chrono::steady_clock::now() + duration, {});
  }));
  const std::lock_guard lock(ear->mutex);
  Heard out;
  out.cut = ear->cut;
  for (auto& [topic, heard] : ear->topics) out.topics.push_back(std::move(heard));
  return out;
}

}  // namespace mw::mqtt
