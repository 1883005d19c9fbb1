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

Result<Json> perplexity(const Request& request) {
  MW_ASSIGN(const auto path, model_path(request.flags.data, request.model));
  MW_ASSIGN(const Engine engine, choose_engine(request.flags, Calibrate::kForThreads));
  MW_ASSIGN(const std::string text, read_file(request.file, uint64_t{1} << 30));
  MW_ASSIGN(const auto opened,
            runtime::open_model(path, open_options(request.flags, engine, path)));
  const auto ids = opened.tokenizer->encode(text, tokenizers::Tokenizer::Special::kAsText);
  if (ids.size() < static_cast<std::size_t>(request.window)) {
    return Error::make(Code::kInvalidArgument,
                       "the text has " + std::to_string(ids.size()) + " tokens, one window needs " +
                           std::to_string(request.window),
                       {}, "file");
  }
  ThreadPool pool(engine.threads);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(engine.isa)};
  // llama-perplexity replaces the first token by BOS only where the model adds BOS.
  const auto prompt = opened.tokenizer->encode_prompt("", tokenizers::Tokenizer::Special::kAsText);
  const int32_t bos = prompt.empty() ? -1 : prompt.front();
  const int64_t start = steady_ns();
  const auto measured = runtime::measure_perplexity(
      *opened.model, ids, request.window, request.max_windows, bos, ctx,
      [&](int done, int windows) { show_progress(start, done, windows); });
  runtime::keep_packed(opened);
  return Json{{"ppl", measured.perplexity},
              {"standard_error", measured.standard_error},
              {"nats_per_token", measured.nats_per_token},
              {"tokens", measured.tokens},
              {"windows", measured.windows},
              {"protocol", "non-overlapping windows of " + std::to_string(request.window) +
                               ", second half scored (llama-perplexity)"},
              {"isa", tensor::isa_name(engine.isa)},
              {"threads", engine.threads}};
}

}  // namespace

int cmd_eval(CommandLine& line) {
  line.describe("Measures a model's quality: eval perplexity MODEL --file TEXT.");
  Request request;
  request.flags = engine_flags(line);
  request.file = line.option("file", "FILE", "", "the text to measure on");
  request.window =
      static_cast<int>(line.integer("window", "N", 512, "tokens of a window", 4, 1 << 20));
  request.max_windows = static_cast<int>(
      line.integer("max-windows", "N", 0, "windows at most; 0 is all", 0, 1 << 30));
  request.measure = line.positional("MEASURE", "perplexity");
  request.model = line.positional("MODEL", "name in the store, GGUF file or model folder");
  if (const auto status = line.finish()) return *status;
  if (request.measure != "perplexity") {
    return fail(line,
                Error::make(Code::kInvalidArgument,
                            "unknown measure '" + request.measure + "': expected perplexity",
                            "未知的评测“" + request.measure + "”，可用：perplexity", "MEASURE"));
  }
  const auto result = perplexity(request);
  if (!result) return fail(line, result.error());
  if (line.json()) {
    print_json(*result);
  } else {
    std::printf("perplexity %.4f +- %.4f  (%d windows, %lld tokens; %s)\n",
                (*result)["ppl"].get<double>(), (*result)["standard_error"].get<double>(),
                (*result)["windows"].get<int>(), (*result)["tokens"].get<long long>(),
                (*result)["protocol"].get<std::string>().c_str());
  }
  return 0;
}

}  // namespace mw::app
