#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence.h"
#include "core/identity.h"
#include "core/json.h"
#include "core/language.h"
#include "core/result.h"

namespace mw::assistant {

struct AskRequest {
  std::string question;
  std::optional<Language> language;  // of the answer; the question's own when absent
  std::string reading_id;            // the choice taken, when an earlier answer offered readings
};

/// One sentence and the facts that carry it.
struct Sentence {
  std::string text;
  std::vector<std::string> evidence;  // ids
  bool from_model = false;  // an explanation that the model wrote, checked to state no fact
};

/// One way to understand the question.
struct Reading {
  std::string id;
  std::string
      text;  // in the asker's language: "mean spindle temperature of CNC-2, last 10 minutes"
};

struct AskAnswer {
  std::string answer;  // the sentences, joined
  std::vector<Sentence> sentences;
  std::vector<Evidence> evidence;
  std::vector<Reading> readings;  // more than one: the asker has to choose, nothing is claimed
  bool refused = false;           // nothing fitted; the sentences say what can be answered
  Language language = Language::kEn;
  std::string tool;  // what was called, for "why"
  Json arguments;
  std::string replay_id;
};

/// Told of each step while the answer comes. `event` is one of "status" {stage}, "evidence"
/// (to_json(Evidence)), "sentence" {text, evidence, from_model}, "readings" [{id, text}],
/// "done" (to_json(AskAnswer)).
using AskListener = std::function<void(std::string_view event, const Json& data)>;

/// Answers questions about the plant from evidence.
class Asker {
 public:
  virtual ~Asker() = default;
  /// Blocks until answered; `stop` ends it with kCancelled. Safe from any thread.
  virtual Result<AskAnswer> ask(const Identity& who, const AskRequest& request,
                                const AskListener& listener, std::stop_token stop) = 0;
};

Json to_json(const Evidence& evidence);
Json to_json(const AskAnswer& answer);

}  // namespace mw::assistant
