#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/engine_choice.h"
#include "apps/millwright/limit_shares.h"
#include "core/clock.h"
#include "runtime/loaded_model.h"

namespace mw::app {
namespace {

struct Request {
  EngineFlags flags;
  std::string model;
  int prompt_tokens = 512;
  int generate_tokens = 128;
  int batch = 1;
  int context = 0;
  bool calibrate = false;
  int repetitions = 3;
};

uint64_t peak_rss_bytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

/// Random tokens of the vocabulary: a prompt that no cache can know.
std::vector<int32_t> random_prompt(int tokens, int vocabulary, uint32_t seed) {
  std::vector<int32_t> ids;
  uint64_t state = seed * 2654435761U + 1;
  for (int i = 0; i < tokens; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    ids.push_back(static_cast<int32_t>((state >> 33) % static_cast<uint64_t>(vocabulary)));
  }
  return ids;
}

/// Runs the model itself, without scheduler and sampling, as llama-bench does.
class Bench {
 public:
  Bench(const models::Model& model, const Request& request, const tensor::ExecContext& ctx)
      : model_(model),
        request_(request),
        ctx_(ctx),
        workspace_(model.make_workspace(512, std::max(1, request.batch))),
        pool_(model.config(), uint64_t{4} << 30),
        logits_(std::max(1, request.batch), model.config().vocabulary) {}

  Result<double> prefill_tok_s() {
    models::KvSequence kv(pool_);
    MW_TRY(kv.reserve(request_.prompt_tokens));
    const int64_t start = steady_ns();
    read_prompt(kv, request_.prompt_tokens, true);
    return static_cast<double>(request_.prompt_tokens) * 1e9 /
           static_cast<double>(steady_ns() - start);
  }

  Result<double> decode_tok_s() {
    std::vector<std::unique_ptr<models::KvSequence>> sequences;
    for (int i = 0; i < request_.batch; ++i) {
      sequences.push_back(std::make_unique<models::KvSequence>(pool_));
      MW_TRY(sequences.back()->reserve(request_.context + request_.generate_tokens));
      read_prompt(*sequences.back(), request_.context, false);
    }
    const int64_t start = steady_ns();
    for (int step = 0; step < request_.generate_tokens; ++step) {
      const auto ids = random_prompt(request_.batch, model_.config().vocabulary, ++seed_);
      std::vector<models::ForwardSegment> segments;
      for (std::size_t i = 0; i < sequences.size(); ++i) {
        segments.push_back({{&ids[i], 1}, sequences[i].get()});
      }
      model_.forward(segments, *workspace_, logits_.view(request_.batch), ctx_);
    }
    return static_cast<double>(request_.generate_tokens) * request_.batch * 1e9 /
           static_cast<double>(steady_ns() - start);
  }

 private:
  /// Appends random tokens to a sequence, 512 in a pass.
  void read_prompt(models::KvSequence& kv, int tokens, bool with_logits) {
    using Logits = models::ForwardSegment::Logits;
    const auto ids = random_prompt(tokens, model_.config().vocabulary, ++seed_);
    for (std::size_t at = 0; at < ids.size(); at += 512) {
      const std::size_t count = std::min<std::size_t>(512, ids.size() - at);
      const bool last = with_logits && at + count == ids.size();
      const models::ForwardSegment segment{
          {ids.data() + at, count}, &kv, last ? Logits::kLast : Logits::kNone};
      model_.forward({&segment, 1}, *workspace_, logits_.view(last ? 1 : 0), ctx_);
    }
  }

  const models::Model& model_;
  const Request& request_;
  const tensor::ExecContext& ctx_;
  std::unique_ptr<models::Workspace> workspace_;
  models::KvPool pool_;
  tensor::Matrix<float> logits_;
  uint32_t seed_ = 0;
};

Result<Json> run(const Request& request) {
  MW_ASSIGN(const auto path, model_path(request.flags.data, request.model));
  const auto when = request.calibrate ? Calibrate::kAnew : Calibrate::kWhenMissing;
  MW_ASSIGN(const Engine engine, choose_engine(request.flags, when));
  MW_ASSIGN(const auto opened,
            runtime::open_model(path, open_options(request.flags, engine, path)));
  ThreadPool threads(engine.threads);
  const tensor::ExecContext ctx{&threads, &tensor::kernels_of(engine.isa)};
  Bench bench(*opened.model, request, ctx);
  Json prefill = Json::array();
  Json decode = Json::array();
  double best_prefill = 0;
  double best_decode = 0;
  for (int i = 0; i < request.repetitions; ++i) {
    if (request.prompt_tokens > 0) {
      MW_ASSIGN(const double rate, bench.prefill_tok_s());
      prefill.push_back(rate);
      best_prefill = std::max(best_prefill, rate);
    }
    if (request.generate_tokens > 0) {
      MW_ASSIGN(const double rate, bench.decode_tok_s());
      decode.push_back(rate);
      best_decode = std::max(best_decode, rate);
    }
  }
  runtime::keep_packed(opened);
  Json out{{"prefill_tok_s", best_prefill},
           {"decode_tok_s", best_decode},
           {"prefill_runs", std::move(prefill)},
           {"decode_runs", std::move(decode)},
           {"prompt_tokens", request.prompt_tokens},
           {"generate_tokens", request.generate_tokens},
           {"batch", request.batch},
           {"context", request.context},
           {"threads", engine.threads},
           {"isa", tensor::isa_name(engine.isa)},
           {"kv", tensor::kv_format_name(opened.model->config().kv_format)},
           {"activations", tensor::input_form_name(opened.model->config().inputs)},
           {"weight_bytes", opened.model->weight_bytes()},
           {"peak_rss_bytes", peak_rss_bytes()}};
  if (engine.limits) {
    const BenchRates rates{.prefill_tok_s = best_prefill,
                           .decode_tok_s = best_decode,
                           .threads = engine.threads,
                           .batch = request.batch,
                           .context = request.context,
                           .generate_tokens = request.generate_tokens,
                           .weight_bytes = static_cast<double>(opened.model->weight_bytes())};
    add_shares(out, opened.model->config(), *engine.limits, rates);
  }
  return out;
}

void print_text(const Json& r) {
  const bool limits = r.contains("limits");
  if (r["prompt_tokens"].get<int>() > 0) {
    std::printf("prefill %d tokens  %9.1f tok/s", r["prompt_tokens"].get<int>(),
                r["prefill_tok_s"].get<double>());
    if (limits) {
      std::printf("   %5.1f %% of %.0f int GMAC/s (%d a weight, attention not counted)",
                  100 * r["prefill_share"].get<double>(), r["limits"]["int_gmac_s"].get<double>(),
                  r["macs_a_weight"].get<int>());
    }
    std::printf("\n");
  }
  if (r["generate_tokens"].get<int>() > 0) {
    std::printf("decode batch %-4d   %9.1f tok/s", r["batch"].get<int>(),
                r["decode_tok_s"].get<double>());
    if (limits) {
      std::printf("   %5.1f %% of %.1f GB/s from memory (weights, keys and values%s)",
                  100 * r["decode_share"].get<double>(), r["limits"]["memory_gb_s"].get<double>(),
                  r["weights_fit_l3"].get<bool>() ? "; they fit L3, which is faster" : "");
    }
    if (limits && r["batch"].get<int>() > 1) {
      std::printf(", %.1f %% of int multiply-adds", 100 * r["decode_mac_share"].get<double>());
    }
    if (r["context"].get<int>() > 0) std::printf(", after %d tokens", r["context"].get<int>());
    std::printf("\n");
  }
  std::printf("%s, %d threads, weights %.1f MB, peak memory %.1f MB\n",
              r["isa"].get<std::string>().c_str(), r["threads"].get<int>(),
              r["weight_bytes"].get<double>() / 1e6, r["peak_rss_bytes"].get<double>() / 1e6);
  if (limits && r["limits"]["busy"].get<bool>()) {
    std::printf("the limits were measured while others used the processors\n");
  }
}

}  // namespace

int cmd_bench(CommandLine& line) {
  line.describe("Measures a model on this machine; prints the best of a few runs.");
  Request request;
  request.flags = model_flags(line);
  request.prompt_tokens = static_cast<int>(
      line.integer("prompt-tokens", "N", 512, "tokens of the prefill run", 0, 1 << 20));
  request.generate_tokens = static_cast<int>(
      line.integer("generate-tokens", "N", 128, "steps of the decode run", 0, 1 << 20));
  request.batch =
      static_cast<int>(line.integer("batch", "N", 1, "sequences that decode side by side", 1, 512));
  request.context = static_cast<int>(line.integer(
      "context", "N", 0, "tokens each sequence holds before it decodes, not timed", 0, 1 << 20));
  request.calibrate = line.flag("calibrate", "measure the machine's limits anew in this run");
  request.repetitions = static_cast<int>(line.integer("runs", "N", 3, "runs of each", 1, 100));
  request.model = line.positional("MODEL", "name in the store, GGUF file or model folder");
  if (const auto status = line.finish()) return *status;
  const auto result = run(request);
  if (!result) return fail(line, result.error());
  if (line.json()) {
    print_json(*result);
    return 0;
  }
  print_text(*result);
  return 0;
}

}  // namespace mw::app
