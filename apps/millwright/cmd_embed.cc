#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/engine_choice.h"
#include "core/clock.h"
#include "core/file.h"
#include "runtime/embed_texts.h"

namespace mw::app {
namespace {

constexpr uint64_t kMaxFileBytes = uint64_t{1} << 30;
constexpr std::size_t kBatch = 256;  // texts that are held as vectors at once

struct Request {
  EngineFlags flags;
  std::string model;
  std::string text;  // a text a line
  runtime::WhenLong when_long = runtime::WhenLong::kRefuse;
  bool exact = false;
  bool quiet = false;  // numbers only
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
    at = end + 1;
  }
  return lines;
}

Result<Json> embed(const Request& request) {
  MW_ASSIGN(const auto path, model_path(request.flags.data, request.model));
  MW_ASSIGN(const Engine engine, choose_engine(request.flags, Calibrate::kForThreads));
  runtime::EmbedderOptions options;
  options.name = request.model;
  options.isa = engine.isa;
  options.threads = engine.threads;
  if (request.exact) options.precision = models::EncoderPrecision::kStored;
  MW_ASSIGN(const auto embedder, runtime::open_embedder(path, options));
  const std::vector<std::string> lines = lines_of(request.text);
  const int64_t start = steady_ns();
  int64_t tokens = 0;
  for (std::size_t at = 0; at < lines.size(); at += kBatch) {
    runtime::EmbedRequest batch;
    batch.when_long = request.when_long;
    for (std::size_t i = at; i < std::min(at + kBatch, lines.size()); ++i) {
      batch.texts.emplace_back(lines[i]);
    }
    auto embedded = runtime::embed_texts(*embedder, batch);
    if (!embedded) return embedded.error().within("lines from " + std::to_string(at + 1));
    tokens += embedded->tokens;
    if (request.quiet) continue;
    for (const std::vector<float>& vector : embedded->vectors) {
      std::printf("%s\n", to_text(Json(vector)).c_str());
    }
  }
  const double seconds = static_cast<double>(steady_ns() - start) * 1e-9;
  return Json{{"texts", lines.size()},
              {"tokens", tokens},
              {"dimensions", embedder->info().dimensions},
              {"seconds", seconds},
              {"texts_s", static_cast<double>(lines.size()) / seconds},
              {"tokens_s", static_cast<double>(tokens) / seconds},
              {"threads", engine.threads},
              {"isa", tensor::isa_name(engine.isa)}};
}

}  // namespace

int cmd_embed(CommandLine& line) {
  line.describe("Prints a vector, as a JSON array on a line, for each line of a text.");
  Request request;
  request.flags = engine_flags(line);
  const auto text = line.maybe_option("text", "TEXT", "what to embed");
  const auto file = line.maybe_option("file", "FILE", "what to embed, a text a line");
  const bool split = line.flag("split", "embed what is longer than the model's window in parts");
  request.exact = line.flag("exact", "float weights as the file has them: half as fast");
  request.quiet = line.flag("measure", "print how long it took, and no vectors");
  request.when_long = split ? runtime::WhenLong::kSplit : runtime::WhenLong::kRefuse;
  request.model =
      line.positional("MODEL", "name in the store, a GGUF file or a Hugging Face folder");
  if (const auto status = line.finish()) return *status;
  if (text.has_value() == file.has_value()) {
    return fail(line, Error::make(Code::kInvalidArgument, "give either --text or --file",
                                  "请给出 --text 或 --file 之一", "text"));
  }
  request.text = text.value_or("");
  if (file) {
    auto read = read_file(*file, kMaxFileBytes);
    if (!read) return fail(line, read.error());
    request.text = std::move(*read);
  }
  const auto result = embed(request);
  if (!result) return fail(line, result.error());
  if (request.quiet) print_json(*result);
  return 0;
}

}  // namespace mw::app
