#include "server/openai/output_form.h"

#include <array>

namespace mw::server::openai {
namespace {

using Kind = OutputForm::Kind;

constexpr std::size_t kMaxGrammarBytes = 256 * 1024;
constexpr std::size_t kMaxChoices = 10'000;

Result<void> set_schema(FieldReader& fields, const char* name, const std::string& field,
                        OutputForm& out) {
  const Json* schema = fields.take(name);
  if (schema == nullptr || !(schema->is_object() || schema->is_boolean())) {
    return fields.wrong(name, "a JSON Schema", " JSON Schema", schema ? *schema : Json());
  }
  out.kind = Kind::kSchema;
  out.schema = *schema;
  out.field = field;
  return {};
}

Result<void> set_text(FieldReader& fields, const char* name, Kind kind, OutputForm& out) {
  MW_ASSIGN(const auto text, fields.text(name, kMaxGrammarBytes));
  if (!text) return {};
  out.kind = kind;
  out.text = *text;
  out.field = fields.full_name(name);
  return {};
}

Result<void> set_choices(FieldReader& fields, const char* name, OutputForm& out) {
  const Json* choices = fields.take(name);
  if (choices == nullptr) return {};
  const auto refuse = [&] {
    return fields.wrong(name, "an array of 1 to 10000 strings", " 1 到 10000 个字符串的数组",
                        *choices);
  };
  if (!choices->is_array() || choices->empty() || choices->size() > kMaxChoices) return refuse();
  for (const Json& choice : *choices) {
    if (!choice.is_string()) return refuse();
    out.choices.push_back(choice.get<std::string>());
  }
  out.kind = Kind::kChoice;
  out.field = fields.full_name(name);
  return {};
}

/// Reads one way to say a form into `found`, if the request uses it.
template <class Read>
Result<void> add(Read read, std::vector<OutputForm>& found) {
  OutputForm form;
  MW_TRY(read(form));
  if (form.kind != Kind::kAnyText) found.push_back(std::move(form));
  return {};
}

}  // namespace

Result<OutputForm> read_text_format(const Json& format, const std::string& path) {
  FieldReader inner(format, path + ".");
  MW_ASSIGN(const auto type, inner.text("type", 64));
  OutputForm out;
  if (type == "text") return out;
  if (type == "json_object") {
    out.kind = Kind::kJsonObject;
    out.field = path;
    return out;
  }
  if (type != "json_schema") {
    return inner.wrong("type", "\"text\", \"json_object\" or \"json_schema\"",
                       " text、json_object 或 json_schema", format.value("type", Json()));
  }
  // Chat completions put the rest into a member of their own.
  const Json* nested = inner.take("json_schema");
  const bool flat = nested == nullptr && format.contains("schema");
  if (!flat && (nested == nullptr || !nested->is_object())) {
    return inner.wrong("json_schema", "an object with name and schema", "含 name 和 schema 的对象",
                       nested == nullptr ? Json() : *nested);
  }
  const std::string place = flat ? path : path + ".json_schema";
  FieldReader reader(flat ? format : *nested, place + ".");
  MW_ASSIGN(const auto name, reader.text("name", 64));
  if (!name || name->empty()) {
    return reader.wrong("name", "a name for the format", "格式名称", Json());
  }
  MW_ASSIGN(const auto strict, reader.boolean("strict"));
  static_cast<void>(strict);  // it is held to either way
  MW_TRY(set_schema(reader, "schema", place + ".schema", out));
  return out;
}

Result<OutputForm> read_output_form(FieldReader& fields) {
  std::vector<OutputForm> found;
  if (const Json* format = fields.take("response_format")) {
    if (!format->is_object()) return fields.wrong("response_format", "an object", "对象", *format);
    MW_TRY(add(
        [&](OutputForm& out) -> Result<void> {
          MW_ASSIGN(out, read_text_format(*format, "response_format"));
          return {};
        },
        found));
  }
  const auto read_named = [&](FieldReader& from, const std::string& prefix) -> Result<void> {
    const std::string json = prefix.empty() ? "json" : prefix + "json";
    if (from.take(json) != nullptr) {
      MW_TRY(add(
          [&](OutputForm& out) {
            return set_schema(from, json.c_str(), from.full_name(json), out);
          },
          found));
    }
    for (const auto& [name, kind] : {std::pair{prefix + "regex", Kind::kRegex},
                                     std::pair{prefix + "grammar", Kind::kGrammar}}) {
      MW_TRY(add([&, name = name,
                  kind = kind](OutputForm& out) { return set_text(from, name.c_str(), kind, out); },
                 found));
    }
    const std::string choice = prefix + "choice";
    return add([&](OutputForm& out) { return set_choices(from, choice.c_str(), out); }, found);
  };
  MW_TRY(read_named(fields, "guided_"));
  if (const Json* outputs = fields.take("structured_outputs")) {
    if (!outputs->is_object()) {
      return fields.wrong("structured_outputs", "an object", "对象", *outputs);
    }
    FieldReader inner(*outputs, "structured_outputs.");
    MW_TRY(read_named(inner, ""));
    MW_ASSIGN(const auto any, inner.boolean("json_object"));
    if (any.value_or(false)) {
      OutputForm form;
      form.kind = Kind::kJsonObject;
      form.field = "structured_outputs.json_object";
      found.push_back(std::move(form));
    }
    for (const std::string& name : inner.unknown()) {
      return Error::make(Code::kUnsupported,
                         "'" + name + "': expected json, regex, choice, grammar or json_object",
                         "“" + name + "”：应为 json、regex、choice、grammar 或 json_object", name);
    }
  }
  if (fields.take("json_schema") != nullptr) {
    MW_TRY(
        add([&](OutputForm& out) { return set_schema(fields, "json_schema", "json_schema", out); },
            found));
  }
  MW_TRY(add([&](OutputForm& out) { return set_text(fields, "grammar", Kind::kGrammar, out); },
             found));
  if (found.size() > 1) {
    return Error::make(Code::kInvalidArgument,
                       "'" + found[1].field + "': '" + found[0].field +
                           "' says already what the answer must match; send one of them",
                       "“" + found[1].field + "”与“" + found[0].field + "”只能使用一个",
                       found[1].field);
  }
  return found.empty() ? OutputForm{} : found[0];
}

Result<grammar::GrammarPtr> compile_output_form(const OutputForm& form,
                                                grammar::GrammarCache& cache) {
  const auto compile = [&]() -> Result<grammar::GrammarPtr> {
    switch (form.kind) {
      case Kind::kSchema:
        return grammar::compile_schema(form.schema);
      case Kind::kRegex:
        return grammar::compile_regex(form.text);
      case Kind::kGrammar:
        return grammar::compile_lark(form.text);
      case Kind::kChoice:
        return grammar::compile_choice(form.choices);
      default:
        return grammar::compile_json_object();
    }
  };
  if (form.kind == Kind::kAnyText) return grammar::GrammarPtr();
  const std::string key = std::to_string(static_cast<int>(form.kind)) +
                          (form.kind == Kind::kSchema ? to_text(form.schema) : form.text) +
                          to_text(Json(form.choices));
  Result<grammar::GrammarPtr> made = cache.get(key, compile);
  if (made) return made;
  Error error = made.error().within("'" + form.field + "'");
  error.param = form.field;
  return error;
}

}  // namespace mw::server::openai
