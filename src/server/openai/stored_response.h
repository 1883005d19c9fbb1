#pragma once

// One response as it lies in the store: docs/formats/stored_response.md.

#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace mw::server::openai {

struct StoredResponse {
  std::string owner;  // who made it, and alone may read it
  Json response;      // as it was answered
  Json input;         // its own input items, with ids

  /// "resp_" and 16 hexadecimal digits.
  std::string id() const;
  /// Empty: it begins a conversation.
  std::string previous_id() const;
};

std::string to_bytes(const StoredResponse& stored);
/// Errors: kCorrupt for bytes that are no stored response of this version.
Result<StoredResponse> parse_stored_response(std::string_view bytes);

/// Whether a text has the form of an id of ours; only such become names of files.
bool is_response_id(std::string_view id);

}  // namespace mw::server::openai
