#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/api/api_state.h"
#include "server/openai/answer_planner.h"
#include "server/openai/relay_answer.h"

namespace mw::server::openai {

/// A request for a model of an upstream, read and checked.
struct RelayPlan {
  std::shared_ptr<ApiState> state;
  std::shared_ptr<Exchange> exchange;
  GenerationFields fields;
  Json request;                      // of the other server's route
  std::vector<std::string> unknown;  // members of it that our reader does not know
  bool chat = true;
  const char* id_prefix = "chatcmpl-";
  /// An answer that has just begun.
  std::function<std::unique_ptr<RelayAnswer>(FormatOptions options)> make_answer;
  /// The event of an error in a stream that has told nothing yet.
  std::function<std::string(const Error&)> format_error = openai_error_event;
  int choices = 1;
  /// Answers with a model of this machine, as the fallback says; a refusal where it cannot.
  std::function<std::optional<Refusal>(const std::string& model, std::vector<Header> headers)>
      answer_here;
};

/// Admits the request and asks the upstream's replicas and then its fallbacks, on a thread of the
/// upstreams'. What it refuses at once is returned.
std::optional<Refusal> start_relay(RelayPlan plan);

/// What goes to the other server: the client's members that our reader knows, as a stream with
/// usage.
Json relay_body(const Json& request, const std::vector<std::string>& unknown,
                const std::string& model);

/// The error of an outcome, with the upstream's name in front; its response says when to come back.
Error relay_error(const upstream::Outcome& outcome, const std::string& upstream);
HttpResponse relay_refusal(const upstream::Outcome& outcome, const std::string& upstream);

}  // namespace mw::server::openai
