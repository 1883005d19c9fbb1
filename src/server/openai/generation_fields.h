#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/generator.h"
#include "server/openai/field_reader.h"
#include "server/openai/output_form.h"

namespace mw::server::openai {

/// What chat and plain completions have in common.
struct GenerationFields {
  std::string model;
  bool stream = false;
  bool include_usage = false;        // stream_options
  bool include_obfuscation = false;  // stream_options; only when asked for, see ADR 0063
  int n = 1;
  std::optional<int64_t> max_tokens;
  std::optional<uint64_t> seed;
  runtime::SamplingOptions sampling;  // its seed is set from `seed` when the request is run
  std::vector<std::string> stop;
  bool ignore_eos = false;
  int top_logprobs = -1;
  runtime::Priority priority = runtime::Priority::kInteractive;  // service_tier
  std::string reasoning_effort;                                  // "none" to "max", empty: not said
  Json template_variables = Json::object();  // what the chat template may look at

  OutputForm form;  // what the answer has to match

  std::vector<std::string> ignored;         // fields that OpenAI's description does not know
  std::vector<std::string> without_effect;  // known there, accepted, and changing nothing here
};

/// Reads the common fields, OpenAI's and the usual extras of local servers (top_k, min_p,
/// repeat_penalty, ignore_eos, cache_prompt). Does not read max_tokens and logprobs, whose meaning
/// differs.
Result<void> read_generation_fields(FieldReader& fields, GenerationFields& out);

/// OpenAI's service_tier: "flex" is a batch job that makes way for the others, all else is served
/// as it comes.
Result<void> read_service_tier(FieldReader& fields, GenerationFields& out);

/// "none", "minimal", "low", ... into `reasoning_effort`; what it means depends on the model.
Result<void> read_reasoning_effort(FieldReader& fields, const char* name, GenerationFields& out);

/// Notes a field that is accepted and changes nothing, after checking its type.
Result<void> accept_without_effect(FieldReader& fields, const char* name, Json::value_t type,
                                   GenerationFields& out);

/// Accepts the text values that mean what happens here anyway, and refuses any other.
Result<void> accept_only(FieldReader& fields, const char* name,
                         std::initializer_list<const char*> values, GenerationFields& out);

/// Keeps the names of what nobody took, the first 32.
void note_unknown(const FieldReader& fields, GenerationFields& out);

/// The request's JSON object. Errors: kInvalidArgument.
Result<Json> parse_request_object(std::string_view body);

/// The seed of choice `index`: the first is the request's own, so that n=1 and the first of n=3
/// are the same text.
uint64_t choice_seed(uint64_t seed, int index);

}  // namespace mw::server::openai
