#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "assistant/ask.h"
#include "assistant/time_expression.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/tool.h"
#include "plant/plant.h"
#include "runtime/model_host.h"

namespace mw::assistant {

class Lexicon;

struct AskOptions {
  TimeZone zone = TimeZone::utc();  // of the plant: what "14:05" and "yesterday" mean
  // Working shifts; the plant's own where empty.
  std::vector<plant::Shift> shifts;
  std::string model;    // that ranks and explains; empty is the default model
  bool explain = true;  // a checked sentence of the model after the facts, if its card allows
  size_t max_question_bytes = 4000;
};

/// Answers questions about the plant: understands them by a grammar over the plant's own names,
/// calls registered tools, and words what they return. Every number, unit and time of an answer is
/// one of its evidence, every name one of the catalogue; a sentence that is not so is not said.
///
/// A model is optional. Where one is ready and its card passes tool choice, it ranks readings that
/// fit equally well; where it passes a language and copying, it may add one explanation, checked.
///
/// Errors   ask: kInvalidArgument (empty question, unknown reading), kTooLarge, kCancelled, and
///          what a tool reports. A question that cannot be answered is no error: `refused`.
/// Rights   the catalogue and all data are those that `who` may see.
/// Threads  safe from any thread; all references must outlive it.
class Assistant final : public Asker {
 public:
  Assistant(ToolRegistry& tools, plant::Plant& plant, runtime::ModelHost* models,
            const Clock& clock, AskOptions options, LogSink log);
  ~Assistant() override;

  Result<AskAnswer> ask(const Identity& who, const AskRequest& request, const AskListener& listener,
                        std::stop_token stop) override;

 private:
  struct Call;  // one question on its way

  std::shared_ptr<const Lexicon> lexicon_for(const Identity& who);
  Result<void> answer(Call& call);
  Result<void> run_steps(Call& call);
  /// Runs a tool and notes the call; no evidence where the tool is not registered.
  Result<std::vector<Evidence>> run_tool(Call& call, const std::string& name, const Json& arguments,
                                         Json& calls);
  void explain(Call& call);

  ToolRegistry& tools_;
  plant::Plant& plant_;
  runtime::ModelHost* models_;
  const Clock& clock_;
  const AskOptions options_;
  const LogSink log_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Lexicon>> lexicons_;  // one a view of the catalogue
};

}  // namespace mw::assistant
