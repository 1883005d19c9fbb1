#include <cinttypes>
#include <cstdio>

#include "apps/millwright/adapter_flag.h"
#include "apps/millwright/commands.h"
#include "apps/millwright/engine_choice.h"
#include "core/clock.h"
#include "core/file.h"
#include "grammar/compiled_grammar.h"
#include "runtime/loaded_model.h"

namespace mw::app {
namespace {

struct Request {
  EngineFlags flags;
  std::string model;
  std::string prompt;
  bool chat = false;
  std::optional<AdapterFlag> adapter;
  runtime::GenerateRequest generate;
};

Result<std::vector<int32_t>> prompt_ids(const Request& request,
                                        const runtime::OpenedModel& opened) {
  if (request.chat) {
    return runtime::chat_prompt_ids(*opened.chat_template, *opened.tokenizer,
                                    {{"user", request.prompt}}, true);
  }
  return opened.tokenizer->encode_prompt(request.prompt, tokenizers::Tokenizer::Special::kParse);
}

Result<Json> generate(Request request, bool stream) {
  MW_ASSIGN(const auto path, model_path(request.flags.data, request.model));
  MW_ASSIGN(const Engine engine, choose_engine(request.flags, Calibrate::kForThreads));
  const int64_t start = steady_ns();
  MW_ASSIGN(const auto opened,
            runtime::open_model(path, open_options(request.flags, engine, path)));
  const int64_t loaded = steady_ns();
  MW_ASSIGN(request.generate.prompt_ids, prompt_ids(request, opened));
  const std::vector<int32_t> ids = request.generate.prompt_ids;

  runtime::LoadOptions options;
  options.name = request.model;
  options.fingerprint = fingerprint(
      path, models::precision_suffix(request.flags.precision.floats, opened.model->config()));
  options.scheduler.threads = engine.threads;
  options.scheduler.isa = engine.isa;
  options.scheduler.max_running = 1;
  auto served = runtime::serve_model(opened, std::move(options), no_log());
  if (request.adapter) {
    MW_ASSIGN(served, with_adapter(*served, *request.adapter));
  }
  runtime::Generator::OnPiece on_piece;
  if (stream) {
    on_piece = [](const runtime::Piece& piece) {
      std::fwrite(piece.text.data(), 1, piece.text.size(), stdout);
      std::fflush(stdout);
    };
  }
  MW_ASSIGN(const auto result,
            runtime::generate(*served->generator, std::move(request.generate), on_piece));
  if (stream) std::printf("\n");
  runtime::keep_packed(opened);
  char hash[20];
  std::snprintf(hash, sizeof hash, "%016" PRIx64, result.logits_hash);
  Json out = {{"text", result.text},
              {"prompt_ids", ids},
              {"ids", result.ids},
              {"finish", result.finish == runtime::FinishReason::kLength ? "length" : "stop"},
              {"logits_hash", hash},
              {"isa", tensor::isa_name(engine.isa)},
              {"threads", engine.threads},
              {"timings",
               {{"load_ms", static_cast<double>(loaded - start) / 1e6},
                {"prefill_ms", static_cast<double>(result.prefill_ns) / 1e6},
                {"decode_ms", static_cast<double>(result.decode_ns) / 1e6}}}};
  if (served->adapter) {
    out["adapter"] = {{"name", request.adapter->name},
                      {"base", served->adapter->base_name()},
                      {"rank", served->adapter->rank()},
                      {"bytes", served->adapter->bytes()},
                      {"sha256", served->adapter->digest()}};
  }
  return out;
}

/// What --json-schema and its like ask for; nothing when none is there.
Result<grammar::GrammarPtr> grammar_of(const std::optional<std::string>& schema,
                                       const std::optional<std::string>& regex,
                                       const std::optional<std::string>& rules,
                                       const std::optional<std::string>& choices) {
  constexpr uint64_t kMaxBytes = uint64_t{4} << 20;
  if (schema) {
    MW_ASSIGN(const std::string text, read_file(*schema, kMaxBytes));
    MW_ASSIGN(const Json parsed, parse_json(text, 200));
    return grammar::compile_schema(parsed);
  }
  if (regex) return grammar::compile_regex(*regex);
  if (rules) {
    MW_ASSIGN(const std::string text, read_file(*rules, kMaxBytes));
    return grammar::compile_lark(text);
  }
  if (!choices) return grammar::GrammarPtr();
  std::vector<std::string> all;
  for (std::size_t from = 0; from <= choices->size();) {
    const std::size_t comma = std::min(choices->find(',', from), choices->size());
    all.push_back(choices->substr(from, comma - from));
    from = comma + 1;
  }
  return grammar::compile_choice(all);
}

}  // namespace

int cmd_generate(CommandLine& line) {
  line.describe("Continues a text with a model, greedily unless a temperature is given.");
  Request request;
  request.flags = model_flags(line);
  const auto prompt = line.maybe_option("prompt", "TEXT", "what to continue");
  const auto prompt_file = line.maybe_option("prompt-file", "FILE", "the same, from a file");
  request.chat =
      line.flag("chat", "put the prompt into the model's chat format as the user's turn");
  auto& generate_request = request.generate;
  generate_request.max_tokens = static_cast<int>(
      line.integer("max-tokens", "N", 128, "tokens to generate at most", 0, 1 << 20));
  auto& sampling = generate_request.sampling;
  sampling.temperature = static_cast<float>(
      line.number("temperature", "T", 0.0, "0 takes the likeliest token", 0.0, 100.0));
  sampling.top_k = static_cast<int>(line.integer("top-k", "K", 0, "0 keeps all", 0, 1 << 20));
  sampling.top_p =
      static_cast<float>(line.number("top-p", "P", 1.0, "smallest set of mass P", 0.0, 1.0));
  sampling.min_p = static_cast<float>(
      line.number("min-p", "P", 0.0, "at least P times the likeliest", 0.0, 1.0));
  sampling.repeat_penalty =
      static_cast<float>(line.number("repeat-penalty", "R", 1.0, "1 is none", 0.01, 100.0));
  sampling.seed =
      static_cast<uint64_t>(line.integer("seed", "S", 0, "same seed, same text", 0, INT64_MAX));
  const auto schema =
      line.maybe_option("json-schema", "FILE", "the answer is JSON that fulfils this JSON Schema");
  const auto regex = line.maybe_option("regex", "R", "the answer matches this regular expression");
  const auto rules = line.maybe_option(
      "grammar", "FILE", "the answer matches these rules, in Lark's or llama.cpp's notation");
  const auto choices = line.maybe_option("choice", "A,B", "the answer is one of these texts");
  const auto adapter = line.maybe_option("adapter", "NAME=PATH",
                                         "with a LoRA adapter: a PEFT folder or a GGUF file");
  generate_request.hash_logits = true;
  request.model = line.positional("MODEL", "name in the store, GGUF file or model folder");
  if (const auto status = line.finish()) return *status;
  if (prompt.has_value() == prompt_file.has_value()) {
    return fail(line, Error::make(Code::kInvalidArgument, "give either --prompt or --prompt-file",
                                  "请给出 --prompt 或 --prompt-file 之一", "prompt"));
  }
  if (adapter) {
    auto parsed = parse_adapter_flag(*adapter);
    if (!parsed) return fail(line, parsed.error());
    request.adapter = std::move(*parsed);
  }
  request.prompt = prompt.value_or("");
  if (prompt_file) {
    auto text = read_file(*prompt_file, uint64_t{64} << 20);
    if (!text) return fail(line, text.error());
    request.prompt = std::move(*text);
  }
  if (schema.has_value() + regex.has_value() + rules.has_value() + choices.has_value() > 1) {
    return fail(line, Error::make(Code::kInvalidArgument,
                                  "give one of --json-schema, --regex, --grammar and --choice",
                                  "--json-schema、--regex、--grammar、--choice 只能给出一个",
                                  "json-schema"));
  }
  auto grammar = grammar_of(schema, regex, rules, choices);
  if (!grammar) return fail(line, grammar.error());
  generate_request.grammar = std::move(*grammar);
  generate_request.end_within_limit = generate_request.grammar != nullptr;
  const auto result = generate(std::move(request), !line.json());
  if (!result) return fail(line, result.error());
  if (line.json()) print_json(*result);
  return 0;
}

}  // namespace mw::app
