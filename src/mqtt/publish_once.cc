#include "mqtt/publish_once.h"

#include "mqtt/internal/look_up.h"

namespace mw::mqtt {
namespace {

Error gave_up(const std::string& address, bool stopped, Code late) {
  if (stopped) return Error::make(Code::kCancelled, "stopped", "已停止");
  return Error::make(late, address + ": no answer in time", address + "：未及时应答");
}

}  // namespace

Result<void> publish_once(Options options, const std::string& topic, std::string_view payload,
                          std::chrono::milliseconds timeout, std::stop_token stop) {
  const std::string address = options.address;
  const auto until = std::chrono::steady_clock::now() + timeout;
  const std::optional<Result<void>> found = look_up(host_of(address), until, stop);
  if (!found) return gave_up(address, stop.stop_requested(), Code::kUnavailable);
  MW_TRY(*found);
  const auto linked = std::make_shared<Event>();
  const auto published = std::make_shared<Event>();
  options.keep_session = false;
  options.subscriptions.clear();
  options.on_link = [linked, published, address](const Result<void>& link) {
    if (link) return linked->set({});
    Error problem = Error(link.error()).within(address);
    linked->set(problem);
    problem.code = Code::kIo;  // sent, and no answer
    published->set(std::move(problem));
  };
  MW_ASSIGN(const std::unique_ptr<Client> client, Client::start(std::move(options)));
  const std::optional<Result<void>> link = linked->wait(until, stop);
  if (!link) return gave_up(address, stop.stop_requested(), Code::kUnavailable);
  MW_TRY(*link);
  MW_TRY(client->publish(topic, payload,
                         [published](Result<void> result) { published->set(std::move(result)); }));
  std::optional<Result<void>> done = published->wait(until, stop);
  if (!done) return gave_up(address, stop.stop_requested(), Code::kDeadlineExceeded);
  return std::move(*done);
}

}  // namespace mw::mqtt
