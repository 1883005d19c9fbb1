#pragma once

#include <string>
#include <string_view>

#include "core/language.h"

namespace mw {

/// What kind of thing went wrong. error.cc holds the one table that maps a code to HTTP status,
/// OpenAI error type, exit status and console text (docs/ops/errors.md).
enum class Code {
  kInvalidArgument,    // the caller's input is wrong
  kUnauthenticated,    // who asks is not known
  kPermissionDenied,   // known, but may not
  kNotFound,           // a name that does not exist
  kConflict,           // exists already, or in a state that forbids it
  kTooLarge,           // over a stated limit
  kUnsupported,        // well formed, but this build does not do it
  kCorrupt,            // a file or message does not hold what its format promises
  kResourceExhausted,  // too much asked at once: try again later
  kUnavailable,        // a part that is needed is not there (no model, broker gone)
  kDeadlineExceeded,   // took longer than allowed
  kCancelled,          // the asker went away
  kIo,                 // the operating system said no
  kInternal,           // our bug
};

struct CodeInfo {
  Code code;
  std::string_view name;         // "invalid_argument"
  int http_status;               // 400
  std::string_view openai_type;  // "invalid_request_error"
  int exit_status;               // 1, or 2 for wrong use
  Text title;                    // shown above the message
};

const CodeInfo& info(Code code);

/// Why something could not be done: expected, actual and what to do next.
struct Error {
  Code code = Code::kInternal;
  Text message;
  std::string param;  // the field, flag or file part at fault; empty when there is none

  static Error make(Code code, std::string en, std::string zh = {}, std::string param = {}) {
    return Error{code, Text{std::move(en), std::move(zh)}, std::move(param)};
  }
  /// The same error with `what` in front of the message ("reading model.gguf: ...").
  Error within(std::string_view what) const;
};

/// An Error of the operating system from errno: `what` ("open"), path and strerror.
Error errno_error(std::string_view what, std::string_view path, int error_number);

}  // namespace mw
