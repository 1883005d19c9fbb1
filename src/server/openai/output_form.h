#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "grammar/grammar_cache.h"
#include "server/openai/field_reader.h"

namespace mw::server::openai {

/// What the text of an answer has to match, as a request says it.
struct OutputForm {
  enum class Kind { kAnyText, kJsonObject, kSchema, kRegex, kGrammar, kChoice };
  Kind kind = Kind::kAnyText;
  Json schema;
  std::string text;  // of kRegex and kGrammar
  std::vector<std::string> choices;
  std::string field;  // that said so, for errors
};

/// OpenAI's response_format (text, json_object, json_schema) and what other local servers take:
/// vLLM's structured_outputs {json, regex, choice, grammar, json_object} and guided_json,
/// guided_regex, guided_choice, guided_grammar; llama.cpp's json_schema and grammar. At most one of
/// them. Errors: kInvalidArgument, kUnsupported, with the field as param.
Result<OutputForm> read_output_form(FieldReader& fields);

/// The inside of response_format, or of text.format of /v1/responses, where name, schema and strict
/// stand beside the type. `path` leads to it.
Result<OutputForm> read_text_format(const Json& format, const std::string& path);

/// The grammar of a form; nothing for any text. Errors as compile_schema() and the like, with the
/// field in front of the place.
Result<grammar::GrammarPtr> compile_output_form(const OutputForm& form,
                                                grammar::GrammarCache& cache);

}  // namespace mw::server::openai
