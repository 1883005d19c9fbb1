#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/engine_choice.h"
#include "core/clock.h"
#include "core/file.h"
#include "runtime/loaded_model.h"
#include "runtime/perplexity.h"

namespace mw::app {
namespace {

struct Request {
  EngineFlags flags;
  std::string measure;
  std::string model;
  std::string file;
  std::string against;
  int window = 512;
  int max_windows = 0;
};

/// A line on stderr with rate and remaining time, redrawn in place.
void show_progress(int64_t start_ns, int done, int windows) {
  const double seconds = static_cast<double>(steady_ns() - start_ns) / 1e9;
  const double rate = done / seconds;
  std::fprintf(stderr, "\r%4d/%d windows  %5.2f/s  %4.0f s left ", done, windows, rate,
               (windows - done) / rate);
  if (done == windows) std::fprintf(stderr, "\n");
}

/// A model opened to be measured, and the text in its ids.
struct Subject {
  Engine engine;
  runtime::OpenedModel opened;
  std::string text;
  std::vector<int32_t> ids;
  int32_t bos =
      -1;  // llama-perplexity replaces the first token by BOS only where the model adds it
};

Result<Subject> open_subject(const Request& request) {
  Subject subject;
  MW_ASSIGN(const auto path, model_path(request.flags.data, request.model));
  MW_ASSIGN(subject.engine, choose_engine(request.flags, Calibrate::kForThreads));
  MW_ASSIGN(subject.text, read_file(request.file, uint64_t{1} << 30));
  MW_ASSIGN(subject.opened,
            runtime::open_model(path, open_options(request.flags, subject.engine, path)));
  const auto& tokenizer = *subject.opened.tokenizer;
  subject.ids = tokenizer.encode(subject.text, tokenizers::Tokenizer::Special::kAsText);
  if (subject.ids.size() < static_cast<std::size_t>(request.window)) {
    return Error::make(Code::kInvalidArgument,
                       "the text has " + std::to_string(subject.ids.size()) +
                           " tokens, one window needs " + std::to_string(request.window),
                       "文本只有 " + std::to_string(subject.ids.size()) + " 个词元，一个窗口需要 " +
                           std::to_string(request.window) + " 个",
                       "file");
  }
  const auto prompt = tokenizer.encode_prompt("", tokenizers::Tokenizer::Special::kAsText);
  if (!prompt.empty()) subject.bos = prompt.front();
  return subject;
}

/// What stands beside every score: how it was made.
Json protocol_of(const Request& request, const Engine& engine, int64_t tokens, int windows) {
  return Json{{"tokens", tokens},
              {"windows", windows},
              {"protocol", "non-overlapping windows of " + std::to_string(request.window) +
                               ", second half scored (llama-perplexity)"},
              {"isa", tensor::isa_name(engine.isa)},
              {"threads", engine.threads}};
}

Result<Json> perplexity(const Request& request) {
  MW_ASSIGN(const Subject subject, open_subject(request));
  ThreadPool pool(subject.engine.threads);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(subject.engine.isa)};
  const int64_t start = steady_ns();
  const auto measured = runtime::measure_perplexity(
      *subject.opened.model, subject.ids, request.window, request.max_windows, subject.bos, ctx,
      [&](int done, int windows) { show_progress(start, done, windows); });
  runtime::keep_packed(subject.opened);
  Json out = protocol_of(request, subject.engine, measured.tokens, measured.windows);
  out["ppl"] = measured.perplexity;
  out["standard_error"] = measured.standard_error;
  out["nats_per_token"] = measured.nats_per_token;
  return out;
}

Result<Json> divergence(const Request& request) {
  MW_ASSIGN(const Subject subject, open_subject(request));
  MW_ASSIGN(const auto path, model_path(request.flags.data, request.against));
  EngineFlags as_stored = request.flags;  // the flags of precision are those of the model alone
  as_stored.precision = {};
  MW_ASSIGN(const auto reference,
            runtime::open_model(path, open_options(as_stored, subject.engine, path)));
  if (reference.tokenizer->encode(subject.text, tokenizers::Tokenizer::Special::kAsText) !=
          subject.ids ||
      reference.model->config().vocabulary != subject.opened.model->config().vocabulary) {
    return Error::make(Code::kInvalidArgument,
                       "the two models have different vocabularies: compare a model with another "
                       "precision of itself",
                       "两个模型的词表不同：请与同一模型的其他精度比较", "against");
  }
  ThreadPool pool(subject.engine.threads);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(subject.engine.isa)};
  const int64_t start = steady_ns();
  const auto measured = runtime::measure_divergence(
      *subject.opened.model, *reference.model, subject.ids, request.window, request.max_windows,
      subject.bos, ctx, [&](int done, int windows) { show_progress(start, done, windows); });
  Json out = protocol_of(request, subject.engine, measured.tokens, measured.windows);
  out["kl_nats"] = measured.kl_nats;
  out["standard_error"] = measured.standard_error;
  out["kl_p99_nats"] = measured.kl_p99_nats;
  out["same_top"] = measured.same_top;
  out["ppl"] = measured.model_perplexity;
  out["reference_ppl"] = measured.reference_perplexity;
  return out;
}

void print_measured(const Request& request, const Json& result) {
  if (request.measure == "divergence") {
    std::printf(
        "KL %.6f +- %.6f nats a token (p99 %.5f), same top token %.2f %%, perplexity %.4f "
        "against %.4f",
        result["kl_nats"].get<double>(), result["standard_error"].get<double>(),
        result["kl_p99_nats"].get<double>(), 100 * result["same_top"].get<double>(),
        result["ppl"].get<double>(), result["reference_ppl"].get<double>());
  } else {
    std::printf("perplexity %.4f +- %.4f", result["ppl"].get<double>(),
                result["standard_error"].get<double>());
  }
  std::printf("  (%d windows, %lld tokens; %s)\n", result["windows"].get<int>(),
              result["tokens"].get<long long>(), result["protocol"].get<std::string>().c_str());
}

}  // namespace

int cmd_eval(CommandLine& line) {
  line.describe(
      "Measures a model's quality: eval perplexity MODEL --file TEXT, or how far it is from "
      "another "
      "precision of itself: eval divergence MODEL --against MODEL --file TEXT.");
  Request request;
  request.flags = model_flags(line);
  request.file = line.option("file", "FILE", "", "the text to measure on");
  request.against = line.option("against", "MODEL", "", "divergence: the reference");
  request.window =
      static_cast<int>(line.integer("window", "N", 512, "tokens of a window", 4, 1 << 20));
  request.max_windows = static_cast<int>(
      line.integer("max-windows", "N", 0, "windows at most; 0 is all", 0, 1 << 30));
  request.measure = line.positional("MEASURE", "perplexity or divergence");
  request.model = line.positional("MODEL", "name in the store, GGUF file or model folder");
  if (const auto status = line.finish()) return *status;
  if (request.measure != "perplexity" && request.measure != "divergence") {
    return fail(
        line, Error::make(
                  Code::kInvalidArgument,
                  "unknown measure '" + request.measure + "': expected perplexity or divergence",
                  "未知的评测“" + request.measure + "”，可用：perplexity、divergence", "MEASURE"));
  }
  if ((request.measure == "divergence") == request.against.empty()) {
    return fail(line,
                Error::make(Code::kInvalidArgument,
                            "--against MODEL names the reference of a divergence, and only "
                            "there: eval divergence MODEL --against MODEL --file TEXT",
                            "--against 指定 divergence 的参照模型，且仅用于该评测", "against"));
  }
  const auto result = request.measure == "divergence" ? divergence(request) : perplexity(request);
  if (!result) return fail(line, result.error());
  if (line.json()) {
    print_json(*result);
  } else {
    print_measured(request, *result);
  }
  return 0;
}

}  // namespace mw::app
