#include "mqtt/listen_for.h"

#include <map>

#include "core/clock.h"
#include "mqtt/internal/look_up.h"

namespace mw::mqtt {
namespace {

constexpr std::size_t kMostTopics = 1'000;
constexpr uint64_t kMostMessages = 50'000;
constexpr std::size_t kMostPayloadBytes = 2'048;
constexpr std::chrono::seconds kToConnect{5};

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
  const std::string address = options.address;
  const auto by = std::chrono::steady_clock::now() + kToConnect;
  const auto late = [&] {
    return Error::make(Code::kUnavailable, address + ": no answer in time",
                       address + "：未及时应答");
  };
  const std::optional<Result<void>> found = look_up(host_of(address), by, {});
  if (!found) return late();
  MW_TRY(*found);
  const auto ear = std::make_shared<Ear>();
  const auto linked = std::make_shared<Event>();
  options.client_id = "millwright-look-" + std::to_string(steady_ns());
  options.keep_session = false;
  options.subscriptions = {"#"};
  options.on_message = [ear](const Message& message) { ear->take(message.topic, message.payload); };
  options.on_link = [linked, address](const Result<void>& link) {
    linked->set(link ? Result<void>() : Result<void>(Error(link.error()).within(address)));
  };
  {
    MW_ASSIGN(const std::unique_ptr<Client> client, Client::start(std::move(options)));
    const std::optional<Result<void>> link = linked->wait(by, {});
    if (!link) return late();
    MW_TRY(*link);
    ear->full.wait(std::chrono::steady_clock::now() + duration, {});
  }
  const std::lock_guard lock(ear->mutex);
  Heard out;
  out.cut = ear->cut;
  for (auto& [topic, heard] : ear->topics) out.topics.push_back(std::move(heard));
  return out;
}

}  // namespace mw::mqtt
