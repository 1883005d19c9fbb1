#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/language.h"
#include "runtime/model_host.h"

namespace mw::assistant {

/// Whether the card of a model says that it passed: "copying", "tool_choice".
bool card_passed(const Json& card, const char* probe);
bool card_writes(const Json& card, Language language);

/// Which of `texts` the model finds likelier after `prompt`, by mean log-probability a token: the
/// one that leads all others by `lead` nats. Nothing where none does.
std::optional<size_t> likelier_text(const runtime::ServedModel& model, const std::string& prompt,
                                    const std::vector<std::string>& texts, double lead);

/// Which of `texts` (English) the model finds clearly likelier as the meaning of `question`: the
/// first by mean log-probability a token, if it leads by at least half a nat. Nothing otherwise.
std::optional<size_t> likelier_reading(const runtime::ServedModel& model,
                                       const std::string& question,
                                       const std::vector<std::string>& texts);

/// At most two short sentences of the model about `facts`, unchecked; empty when it has none or was
/// stopped.
std::vector<std::string> explanation(const runtime::ServedModel& model, const std::string& question,
                                     const std::vector<std::string>& facts, Language language,
                                     std::stop_token stop);

/// Whether a sentence judges or explains in words that none of the facts uses: "rising", "because",
/// "fault". Such a sentence is not let through: no evidence carries it.
bool claims_more(const std::string& sentence, const std::vector<std::string>& facts);

}  // namespace mw::assistant
