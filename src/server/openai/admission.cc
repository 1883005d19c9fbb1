#include "server/openai/admission.h"

namespace mw::server::openai {

Admission::Ticket::~Ticket() { owner_->leave(client_, places_); }

Result<std::shared_ptr<Admission::Ticket>> Admission::enter(const std::string& client, int places) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = taken_.find(client);
  const int mine = found == taken_.end() ? 0 : found->second;
  if (mine + places > per_client_ || all_taken_ + places > total_) {
    return Error::make(Code::kResourceExhausted,
                       std::to_string(mine) + " answers of yours and " +
                           std::to_string(all_taken_) + " in all are under way; at most " +
                           std::to_string(per_client_) + " and " + std::to_string(total_) +
                           " may be: try again",
                       "正在处理的回答过多（您 " + std::to_string(mine) + " 个，共 " +
                           std::to_string(all_taken_) + " 个），请稍后再试");
  }
  taken_[client] = mine + places;
  all_taken_ += places;
  return std::make_shared<Ticket>(shared_from_this(), client, places);
}

void Admission::leave(const std::string& client, int places) {
  const std::lock_guard<std::mutex> guard(mutex_);
  all_taken_ -= places;
  const auto found = taken_.find(client);
  if (found != taken_.end() && (found->second -= places) <= 0) taken_.erase(found);
}

void Admission::add_headers(const std::string& client, std::vector<Header>& headers) const {
  int mine = 0;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto found = taken_.find(client);
    if (found != taken_.end()) mine = found->second;
  }
  headers.push_back({"x-ratelimit-limit-requests", std::to_string(per_client_)});
  headers.push_back({"x-ratelimit-remaining-requests", std::to_string(per_client_ - mine)});
  headers.push_back({"x-ratelimit-reset-requests", "1s"});
}

std::string client_of(const HttpRequest& request) {
  return request.who.kind == Identity::Kind::kApiKey ? "key:" + request.who.name
                                                     : request.remote_address;
}

}  // namespace mw::server::openai
