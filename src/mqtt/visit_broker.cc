#include "mqtt/visit_broker.h"

#include "core/clock.h"
#include "mqtt/internal/look_up.h"

namespace mw::mqtt {
namespace {

constexpr std::chrono::seconds kToConnect{5};

}  // namespace

Result<void> visit_broker(Options options, const std::function<void(Client&)>& during) {
  const std::string address = options.address;
  const auto by = std::chrono::steady_clock::now() + kToConnect;
  const auto late = [&] {
    return Error::make(Code::kUnavailable, address + ": no answer in time",
                       address + "：未及时应答");
  };
  const std::optional<Result<void>> found = look_up(host_of(address), by, {});
  if (!found) return late();
  MW_TRY(*found);
  const auto linked = std::make_shared<Event>();
  options.client_id = "millwright-look-" + std::to_string(steady_ns());
  options.keep_session = false;
  options.on_link = [linked, address](const Result<void>& link) {
    linked->set(link ? Result<void>() : Result<void>(Error(link.error()).within(address)));
  };
  MW_ASSIGN(const std::unique_ptr<Client> client, Client::start(std::move(options)));
  const std::optional<Result<void>> link = linked->wait(by, {});
  if (!link) return late();
  MW_TRY(*link);
  during(*client);
  return {};
}

}  // namespace mw::mqtt
