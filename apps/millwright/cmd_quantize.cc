#include <cstdio>
#include <map>

#include "apps/millwright/commands.h"
#include "apps/millwright/engine_choice.h"
#include "apps/millwright/model_page.h"
#include "apps/millwright/quantize_flags.h"
#include "apps/millwright/quantize_report.h"
#include "apps/millwright/step_progress.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/sha256.h"
#include "models/gguf_of_folder.h"
#include "models/gguf_tokenizer.h"
#include "models/model_folder.h"
#include "runtime/loaded_model.h"
#include "runtime/perplexity.h"
#include "runtime/quantizer.h"

namespace mw::app {
namespace {

using formats::GgmlType;
using tokenizers::Tokenizer;

constexpr const char* kAllBlockTypes = "q4_0,q4_1,q4_k,q5_0,q5_1,q5_k,q6_k,q8_0";
constexpr uint64_t kMostTextBytes = uint64_t{1} << 30;
// Distributions that the probe keeps: 512 positions of a vocabulary of 262,144.
constexpr uint64_t kMostProbeBytes = uint64_t{512} << 20;

struct Request {
  EngineFlags flags;
  std::string model;
  std::string to;
  std::string type;
  std::string budget;
  std::string types;
  std::string text;
  std::string report;
  int window = 256;
  int tuning_windows = 4;
  int held_out_windows = 16;
  bool force = false;
  Language language = Language::kEn;
};

Error wrong(const char* param, std::string en, std::string zh) {
  return Error::make(Code::kInvalidArgument, std::move(en), std::move(zh), param);
}

/// What can be refused before anything is read.
Result<void> check(const Request& request) {
  if (request.type.empty() == request.budget.empty()) {
    return wrong("type",
                 "give one of --type TYPE (all matrices alike) and --budget SIZE --text FILE "
                 "(types by measured loss)",
                 "请给出其一：--type 类型（所有矩阵相同），或 --budget 大小 --text "
                 "文件（按实测损失选择类型）");
  }
  if (!request.budget.empty() && request.text.empty()) {
    return wrong("text",
                 "--budget needs --text FILE: types are chosen by what they lose on your text",
                 "--budget 需要 --text 文件：类型按其在您的文本上的损失选择");
  }
  if (!request.to.ends_with(".gguf")) {
    return wrong("to",
                 "--to: expected a name that ends in .gguf. Packed weights, our native form, are "
                 "made from such a file when it is first loaded, and belong to one build and "
                 "machine (ADR 0014, 0033): they are no form to pass on",
                 "--to：文件名应以 .gguf 结尾。我们的原生格式（打包权重）在首次加载时由该文件生成，"
                 "只属于某一版本和机器（ADR 0014、0033），不用于分发");
  }
  if (!request.report.empty() && !request.report.ends_with(".md") &&
      !request.report.ends_with(".json")) {
    return wrong("report", "--report: expected a name that ends in .md or .json",
                 "--report：文件名应以 .md 或 .json 结尾");
  }
  std::error_code problem;
  if (!request.force && std::filesystem::exists(request.to, problem)) {
    return Error::make(Code::kConflict, request.to + " exists: choose another name or give --force",
                       request.to + " 已存在：请换一个名称，或使用 --force", "to");
  }
  return {};
}

/// A model as the tensors of a GGUF file, and loaded from it.
struct Subject {
  std::filesystem::path path;
  std::unique_ptr<std::string> converted;  // of a folder: the bytes that `file` looks at
  formats::GgufFile file;
  std::shared_ptr<const models::Model> model;
  std::shared_ptr<const Tokenizer> tokenizer;
};

/// Whether the folder's model and the one converted from it say the same: by a window of ids that
/// mean nothing.
Result<void> compare_with_folder(const models::Model& converted, const models::ModelFolder& folder,
                                 const tensor::ExecContext& ctx) {
  constexpr int kIds = 64;
  constexpr double kMostNats = 1e-4;  // keys are f16 in one and may be f32 in the other
  constexpr int64_t kStep = 7919;     // a prime
  MW_ASSIGN(const auto original, models::load_model(folder, ctx));
  const int64_t words = std::min(original->config().vocabulary, converted.config().vocabulary);
  std::vector<int32_t> ids;
  for (int64_t i = 1; i <= kIds; ++i) ids.push_back(static_cast<int32_t>(i * kStep % words));
  const auto measured =
      runtime::measure_divergence(converted, *original, ids, kIds, 0, -1, ctx, nullptr);
  if (measured.kl_nats <= kMostNats) return {};
  return Error::make(
      Code::kUnsupported,
      folder.path.string() + ": as GGUF the model answers otherwise (KL " +
          std::to_string(measured.kl_nats) + "); convert it with llama.cpp's convert_hf_to_gguf.py",
      folder.path.string() + "：转换为 GGUF 后结果不同（KL " + std::to_string(measured.kl_nats) +
          "）；请用 llama.cpp 的 convert_hf_to_gguf.py 转换",
      "MODEL");
}

Result<Subject> open_folder(const std::filesystem::path& path, const Engine& engine) {
  MW_ASSIGN(const models::ModelFolder folder, models::ModelFolder::open(path));
  std::error_code problem;
  const auto own = std::filesystem::weakly_canonical(path, problem).filename();
  MW_ASSIGN(std::string bytes, models::gguf_of_folder(folder, own.string()));
  auto kept = std::make_unique<std::string>(std::move(bytes));
  MW_ASSIGN(formats::GgufFile file, formats::GgufFile::parse(std::as_bytes(std::span(*kept))));
  ThreadPool pool(engine.threads);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(engine.isa)};
  MW_ASSIGN(std::unique_ptr<models::Model> model, models::load_model(file, ctx));
  MW_TRY(compare_with_folder(*model, folder, ctx));
  MW_ASSIGN(std::unique_ptr<Tokenizer> tokenizer, models::read_tokenizer(file));
  return Subject{path, std::move(kept), std::move(file), std::move(model), std::move(tokenizer)};
}

Result<Subject> open_subject(const Request& request, const Engine& engine) {
  MW_ASSIGN(const auto path, model_path(request.flags.data, request.model));
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) return open_folder(path, engine);
  if (std::filesystem::equivalent(path, request.to, problem)) {
    return wrong("to", "--to names the source itself", "--to 与原模型是同一文件");
  }
  MW_ASSIGN(formats::GgufFile file, formats::GgufFile::open(path));
  MW_ASSIGN(const runtime::OpenedModel opened,
            runtime::open_model(path, open_options(request.flags, engine, path)));
  return Subject{path, nullptr, std::move(file), opened.model, opened.tokenizer};
}

/// The text's ids in two halves: types are tuned on windows of the first, and what is reported is
/// measured on windows of the second.
struct TextParts {
  std::string sha256;
  std::size_t tokens = 0;
  std::vector<int32_t> tuning;    // whole windows
  std::vector<int32_t> held_out;  // whole windows
  int32_t bos = -1;
};

/// Up to `most` windows, spread evenly.
std::vector<int32_t> spread(std::span<const int32_t> ids, int window, int most) {
  const auto size = static_cast<std::size_t>(window);
  const std::size_t all = ids.size() / size;
  const std::size_t count = std::min(all, static_cast<std::size_t>(most));
  std::vector<int32_t> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto part = ids.subspan(i * all / count * size, size);
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

Result<TextParts> read_text(const Request& request, const Subject& subject) {
  TextParts parts;
  MW_ASSIGN(const std::string text, read_file(request.text, kMostTextBytes));
  parts.sha256 = sha256_hex(text);
  const Tokenizer& tokenizer = *subject.tokenizer;
  const auto ids = tokenizer.encode(text, Tokenizer::Special::kAsText);
  parts.tokens = ids.size();
  const std::span<const int32_t> all(ids);
  const std::size_t half = ids.size() / 2;
  if (half < static_cast<std::size_t>(request.window)) {
    return wrong("text",
                 "the text has " + std::to_string(ids.size()) + " tokens; tuning and measuring " +
                     "need two windows of " + std::to_string(request.window) +
                     ": give more text or a smaller --window",
                 "文本只有 " + std::to_string(ids.size()) + " 个词元；选择与评测需要两个 " +
                     std::to_string(request.window) +
                     " 词元的窗口：请提供更多文本，或减小 --window");
  }
  const uint64_t row = uint64_t{4} * static_cast<uint64_t>(subject.model->config().vocabulary);
  const auto fit =
      static_cast<int>(kMostProbeBytes / (row * static_cast<uint64_t>(request.window) / 2));
  parts.tuning = spread(all.first(half), request.window,
                        std::clamp(request.tuning_windows, 1, std::max(fit, 1)));
  parts.held_out = spread(all.subspan(half), request.window, request.held_out_windows);
  const auto prompt = tokenizer.encode_prompt("", Tokenizer::Special::kAsText);
  if (!prompt.empty()) parts.bos = prompt.front();
  return parts;
}

std::string split_text(const Request& request, const TextParts& parts) {
  const auto windows = [&](const std::vector<int32_t>& ids) {
    return std::to_string(ids.size() / static_cast<std::size_t>(request.window));
  };
  const std::string size = std::to_string(request.window);
  const std::string tokens = std::to_string(parts.tokens);
  const bool tuned = !request.budget.empty();
  if (request.language == Language::kZh) {
    return "共 " + tokens + " 个词元，每个窗口 " + size + " 个：" +
           (tuned ? "前一半中的 " + windows(parts.tuning) + " 个窗口用于选择类型，" : "") +
           "后一半中的 " + windows(parts.held_out) + " 个窗口用于评测；每个窗口的后半部分计分。";
  }
  return tokens + " tokens in windows of " + size + ": " +
         (tuned ? windows(parts.tuning) + " from the first half to choose types, " : "") +
         windows(parts.held_out) +
         " from the second half to measure; the second half of each window is scored.";
}

/// Path, bytes and hash; of a folder the hash of "hash  name" lines of its files.
Result<Json> facts_of(const std::filesystem::path& path) {
  MW_ASSIGN(const std::vector<HashedFile> files, hash_model_files(path));
  uint64_t bytes = 0;
  std::string lines;
  for (const HashedFile& each : files) {
    bytes += each.bytes;
    lines += each.sha256 + "  " + each.name + "\n";
  }
  std::error_code problem;
  const bool folder = std::filesystem::is_directory(path, problem);
  return Json{{"path", path.string()},
              {"bytes", bytes},
              {"sha256", folder || files.empty() ? sha256_hex(lines) : files.front().sha256}};
}

std::string command_of(const Request& request) {
  std::string words = "millwright quantize " + request.model + " --to " + request.to;
  if (!request.text.empty()) words += " --text " + request.text;
  if (!request.type.empty()) return words + " --type " + request.type;
  words += " --budget " + request.budget;
  if (request.types != kAllBlockTypes) words += " --types " + request.types;
  return words + " --window " + std::to_string(request.window) + " --windows " +
         std::to_string(request.tuning_windows);
}

Json tensors_json(std::span<const runtime::TensorChoice> choices, std::span<const double> errors) {
  double total = 0;
  for (const auto& each : choices) total += each.nats;
  Json tensors = Json::array();
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const runtime::TensorChoice& each = choices[i];
    const auto elements = static_cast<double>(each.shape[0] * each.shape[1]);
    Json row = {{"name", each.name},
                {"shape", each.shape},
                {"from", formats::type_name(each.from)},
                {"to", formats::type_name(each.to)},
                {"bits", 8.0 * static_cast<double>(each.bytes) / elements},
                {"bytes", each.bytes},
                {"mean_squared_error", errors[i] / elements},
                {"note", each.why}};
    if (each.probe_type != each.from) {
      row["probe"] = {{"type", formats::type_name(each.probe_type)}, {"kl_nats", each.probe_nats}};
      row["expected_kl_nats"] = each.nats;
      row["share"] = total > 0 ? each.nats / total : 0.0;
    }
    tensors.push_back(std::move(row));
  }
  return tensors;
}

Json types_json(const formats::GgufFile& written) {
  std::map<std::string, std::pair<int, uint64_t>> totals;
  for (const formats::GgufTensor& each : written.tensors()) {
    auto& [tensors, bytes] = totals[std::string(formats::type_name(each.type))];
    ++tensors;
    bytes += each.bytes.size();
  }
  Json types = Json::object();
  for (const auto& [name, total] : totals) {
    types[name] = {{"tensors", total.first}, {"bytes", total.second}};
  }
  return types;
}

/// One run of the command.
class Run {
 public:
  Run(const Request& request, const Engine& engine, const Subject& subject)
      : request_(request),
        engine_(engine),
        subject_(subject),
        pool_(engine.threads),
        ctx_{&pool_, &tensor::kernels_of(engine.isa)},
        quantizer_(subject.file, subject.model, ctx_) {}

  Result<Json> make() {
    const int64_t start = steady_ns();
    std::optional<TextParts> parts;
    if (!request_.text.empty()) {
      MW_ASSIGN(parts, read_text(request_, subject_));
    }
    MW_ASSIGN(const auto choices, choose(parts));
    StepProgress rounding({"rounding", "量化"}, request_.language);
    MW_ASSIGN(const auto errors, quantizer_.write(choices, request_.to, [&](int done, int total) {
      rounding.show(done, total);
    }));
    MW_ASSIGN(const formats::GgufFile written, formats::GgufFile::open(request_.to));
    MW_ASSIGN(const Json source, facts_of(subject_.path));
    MW_ASSIGN(const Json output, facts_of(request_.to));
    uint64_t tensor_bytes = 0;
    for (const formats::GgufTensor& each : written.tensors()) tensor_bytes += each.bytes.size();
    Json report = {{"command", command_of(request_)},
                   {"version", version()},
                   {"commit", commit()},
                   {"isa", tensor::isa_name(engine_.isa)},
                   {"threads", engine_.threads},
                   {"source", source},
                   {"output", output},
                   {"bits_per_weight", 8.0 * static_cast<double>(tensor_bytes) /
                                           static_cast<double>(quantizer_.parameters())},
                   {"types", types_json(written)},
                   {"tensors", tensors_json(choices, errors)}};
    if (parts) MW_TRY(measure(*parts, choices, report));
    report["seconds"] = static_cast<double>(steady_ns() - start) / 1e9;
    return report;
  }

 private:
  Result<std::vector<runtime::TensorChoice>> choose(const std::optional<TextParts>& parts) {
    if (request_.budget.empty()) {
      MW_ASSIGN(const GgmlType type, parse_type(request_.type, "type"));
      return quantizer_.uniform(type);
    }
    MW_ASSIGN(const SizeBudget budget, parse_budget(request_.budget));
    MW_ASSIGN(const std::vector<GgmlType> types, parse_types(request_.types));
    uint64_t bytes = budget.bytes;
    if (budget.bits_per_weight > 0) {
      bytes = quantizer_.overhead_bytes() +
              static_cast<uint64_t>(budget.bits_per_weight / 8 *
                                    static_cast<double>(quantizer_.parameters()));
    }
    probe_.emplace(*subject_.model, parts->tuning, request_.window, parts->bos, ctx_);
    StepProgress measuring({"measuring", "测量"}, request_.language);
    return quantizer_.by_loss(types, bytes, *probe_,
                              [&](int done, int total) { measuring.show(done, total); });
  }

  Result<void> measure(const TextParts& parts, std::span<const runtime::TensorChoice> choices,
                       Json& report) {
    const std::filesystem::path path(request_.to);
    MW_ASSIGN(const auto made,
              runtime::open_model(path, open_options(request_.flags, engine_, path)));
    StepProgress progress({"comparing", "比较"}, request_.language);
    const auto held = runtime::measure_divergence(
        *made.model, *subject_.model, parts.held_out, request_.window, 0, parts.bos, ctx_,
        [&](int done, int total) { progress.show(done, total); });
    report["text"] = {{"file", request_.text},
                      {"sha256", parts.sha256},
                      {"tokens", parts.tokens},
                      {"window", request_.window},
                      {"split", split_text(request_, parts)}};
    report["held_out"] = {
        {"kl_nats", held.kl_nats},         {"standard_error", held.standard_error},
        {"kl_p99_nats", held.kl_p99_nats}, {"same_top", held.same_top},
        {"ppl", held.model_perplexity},    {"reference_ppl", held.reference_perplexity},
        {"tokens", held.tokens},           {"windows", held.windows}};
    if (!probe_) return {};
    double expected = 0;
    for (const auto& each : choices) expected += each.nats;
    report["tuning"] = {{"expected_kl_nats", expected},
                        {"kl_nats", probe_->kl_nats(*made.model)},
                        {"tokens", probe_->positions()}};
    return {};
  }

  const Request& request_;
  const Engine& engine_;
  const Subject& subject_;
  ThreadPool pool_;
  tensor::ExecContext ctx_;
  runtime::Quantizer quantizer_;
  std::optional<runtime::DivergenceProbe> probe_;
};

Result<Json> quantize(const Request& request) {
  MW_TRY(check(request));
  // The words are read once more where they are used; here so that nothing long comes before.
  if (!request.type.empty()) MW_TRY(parse_type(request.type, "type"));
  if (!request.budget.empty()) MW_TRY(parse_budget(request.budget));
  MW_TRY(parse_types(request.types));
  MW_ASSIGN(const Engine engine, choose_engine(request.flags, Calibrate::kForThreads));
  MW_ASSIGN(const Subject subject, open_subject(request, engine));
  MW_ASSIGN(const Json report, Run(request, engine, subject).make());
  if (!request.report.empty()) {
    const bool markdown = request.report.ends_with(".md");
    MW_TRY(write_file_atomically(request.report, markdown
                                                     ? quantize_markdown(report, request.language)
                                                     : report.dump(1) + "\n"));
  }
  return report;
}

}  // namespace

int cmd_quantize(CommandLine& line) {
  line.describe(
      "Writes a model with smaller weights as GGUF, which llama.cpp reads too: all matrices in one "
      "--type, or types chosen by what each loses on your --text so that the file fits a "
      "--budget.");
  Request request;
  request.flags = engine_flags(line);
  request.to = line.option("to", "FILE.gguf", "", "the file to write");
  request.type = line.option("type", "TYPE", "", "one type for all: q4_0 ... q8_0, f16, bf16, f32");
  request.budget = line.option("budget", "SIZE", "", "80MB, 76MiB or 4.5bpw; needs --text");
  request.types = line.option("types", "LIST", kAllBlockTypes, "types that --budget chooses among");
  request.text = line.option("text", "FILE", "", "text to tune on (first half) and measure on");
  request.report = line.option("report", "FILE", "", "the report: .md or .json");
  request.window =
      static_cast<int>(line.integer("window", "N", 256, "tokens of a window", 16, 1 << 16));
  request.tuning_windows = static_cast<int>(
      line.integer("windows", "N", 4, "windows to measure each matrix on", 1, 1 << 16));
  request.held_out_windows = static_cast<int>(
      line.integer("held-out-windows", "N", 16, "windows to measure the result on", 1, 1 << 20));
  request.force = line.flag("force", "replace the file if it exists");
  const bool zh = terminal_language() == Language::kZh;
  const std::string language =
      line.option("lang", "zh|en", zh ? "zh" : "en", "language of the report");
  request.model = line.positional("MODEL", "name in the store, GGUF file or model folder");
  if (const auto status = line.finish()) return *status;
  if (language != "zh" && language != "en") {
    return fail(line, wrong("lang", "--lang: expected zh or en", "--lang：应为 zh 或 en"));
  }
  request.language = language == "zh" ? Language::kZh : Language::kEn;
  const auto report = quantize(request);
  if (!report) return fail(line, report.error());
  if (line.json()) {
    print_json(*report);
  } else {
    std::printf("%s", quantize_summary(*report, request.language).c_str());
  }
  return 0;
}

}  // namespace mw::app
