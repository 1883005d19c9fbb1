#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/result.h"
#include "server/http/http_types.h"

namespace mw::server::openai {

/// How many answers one client, and all together, may have under way. Keeps one busy client from
/// filling the generator's queue. Safe from any thread.
class Admission : public std::enable_shared_from_this<Admission> {
 public:
  Admission(int per_client, int total) : per_client_(per_client), total_(total) {}

  /// Holds places until destroyed.
  class Ticket {
   public:
    Ticket(std::shared_ptr<Admission> owner, std::string client, int places)
        : owner_(std::move(owner)), client_(std::move(client)), places_(places) {}
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

   private:
    std::shared_ptr<Admission> owner_;
    std::string client_;
    int places_;
  };

  /// Errors: kResourceExhausted when `places` more are too many.
  Result<std::shared_ptr<Ticket>> enter(const std::string& client, int places);
  /// x-ratelimit-limit-requests, -remaining-requests and -reset-requests, as they stand.
  void add_headers(const std::string& client, std::vector<Header>& headers) const;

 private:
  void leave(const std::string& client, int places);

  const int per_client_;
  const int total_;
  mutable std::mutex mutex_;
  std::map<std::string, int> taken_;
  int all_taken_ = 0;
};

/// Who counts as one client: the API key's name, or the address.
std::string client_of(const HttpRequest& request);

}  // namespace mw::server::openai
