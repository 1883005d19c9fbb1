#pragma once

#include <string>

#include "core/json.h"
#include "core/result.h"
#include "server/http/http_types.h"

namespace mw::server {

/// A second is the time in which a slot frees up on a busy machine (64 streams at 128 tokens end
/// about one a second on two cores); clients double it on their own.
inline constexpr int64_t kRetryAfterMs = 1000;

/// An Error as the wire carries it, in OpenAI's shape:
///   {"error": {"message", "message_zh", "type", "param", "code"}}
/// All five are there; param is a string or null, code a string (never the HTTP number: clients
/// compare it with names such as "context_length_exceeded").
struct ApiError {
  int status = 500;
  Text message;
  std::string type;
  std::string param;  // empty is null on the wire
  std::string code;

  /// Status and type from core/error.cc; code from the table in api_error.cc.
  static ApiError from(const Error& error);
  /// The same with a code of its own ("model_not_found").
  static ApiError from(const Error& error, std::string code);
};

Json to_json(const ApiError& error);

/// The whole response, with x-should-retry, and Retry-After and retry-after-ms on 429 and 503.
HttpResponse error_response(const ApiError& error, int64_t retry_after_ms = kRetryAfterMs);
HttpResponse error_response(const Error& error);

/// A response of the given value.
HttpResponse json_response(const Json& value, int status = 200);

/// One event of a stream that tells of an error after the first token.
std::string openai_error_event(const Error& error);  // data: {"error": {...}}
std::string own_error_event(const Error& error);     // event: error

}  // namespace mw::server
