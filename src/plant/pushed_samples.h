#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/language.h"
#include "core/result.h"
#include "plant/ingest.h"

namespace mw::plant {

/// A sample that was not taken, and why.
struct PushRefusal {
  uint64_t position = 0;  // of the element or the line, from 1
  std::string tag;        // as it was sent; empty when it could not be read
  Text reason;
};

/// What a body holds: {"tag": "press-1/force", "ts": ..., "value": ...} and so on.
struct PushedSamples {
  std::vector<Reading> readings;
  std::vector<uint64_t> positions;  // of each reading
  std::vector<PushRefusal> refusals;
};

enum class PushForm {
  kArray,  // a JSON array, or one object
  kLines,  // NDJSON: one object a line
};

/// Reads a body. What is wrong with one element or line is a refusal of it; the others stand.
/// Format  docs/formats/push.md
/// Errors  a body that is no JSON, or larger than 8 MiB or 50,000 samples: all of it is refused.
Result<PushedSamples> decode_pushed(std::string_view body, PushForm form);

struct PushOutcome {
  uint64_t stored = 0;
  uint64_t doubtful = 0;  // of them with quality bad or uncertain
  bool buffered = false;  // the disk refuses: they are in memory only (ADR 0043)
  std::vector<PushRefusal> refusals;
};

}  // namespace mw::plant
