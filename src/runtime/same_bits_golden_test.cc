// Scope: the same request gives the same logits, bit for bit, on each instruction set, for 1 and 2
// threads, alone and in company, with its beginning computed, shared in memory, or read from disk
// (ADR 0005, 0016). Tolerance: none; hashes over the bits of all logits are compared.
//
// By default a few prompts, so that CI can afford it. The whole claim, 200 prompts:
//   MILLWRIGHT_SAME_BITS_PROMPTS=200 MILLWRIGHT_SAME_BITS_RESULT=bench/results/same_bits.jsonl
//   before mw_runtime_golden_test --gtest_filter='*SameBits*'
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>

#include "core/json.h"
#include "core/testing.h"
#include "runtime/loaded_model.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

namespace mw::runtime {
namespace {

constexpr int kGenerate = 4;

/// Instruction set, and whether keys, values and activations have 8 bits.
using Subject = std::tuple<tensor::Isa, bool>;

/// What is compared. Scalar code is twenty times slower: it gets one case by default.
struct Cases {
  int prompts = 8;
  std::vector<int> threads = {1, 2};
  std::vector<int> batches = {1, 3, 16};
};

Cases cases_of(tensor::Isa isa) {
  Cases cases;
  const char* set = std::getenv("MILLWRIGHT_SAME_BITS_PROMPTS");
  if (set != nullptr) {
    cases.prompts = std::atoi(set);
    cases.batches.push_back(64);
  }
  if (set == nullptr && isa == tensor::Isa::kScalar) {
    cases.prompts = 1;
    cases.threads = {2};
    cases.batches = {3};
  }
  return cases;
}

/// Prompt `index`: one of four beginnings of 16 to 64 tokens that many share, and 1 to 24 of its
/// own.
GenerateRequest prompt(int index, int vocabulary) {
  uint64_t state = 0;
  const auto random = [&](int below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<int32_t>((state >> 33) % static_cast<uint64_t>(below));
  };
  GenerateRequest request;
  const int beginning = index / 2 % 4;
  state = static_cast<uint64_t>(beginning);
  for (int i = 0; i < 16 * (1 + beginning); ++i) request.prompt_ids.push_back(random(vocabulary));
  state = static_cast<uint64_t>(index) * 7919 + 1;
  const int own = 1 + random(16);
  for (int i = 0; i < own; ++i) request.prompt_ids.push_back(random(vocabulary));
  request.max_tokens = kGenerate;
  request.ignore_eos = true;
  request.hash_logits = true;
  return request;
}

/// Hash of each of `count` prompts' logits, all asked at once.
std::vector<uint64_t> hashes(Scheduler& scheduler, int count, int vocabulary) {
  std::vector<uint64_t> out(static_cast<std::size_t>(count));
  std::atomic<int> left = count;
  std::promise<void> all;
  for (int i = 0; i < count; ++i) {
    const auto id = scheduler.submit(prompt(i, vocabulary), {}, [&, i](const GenerateResult& r) {
      out[static_cast<std::size_t>(i)] = r.logits_hash;
      if (--left == 0) all.set_value();
    });
    EXPECT_TRUE(id) << id.error().message.en;
    if (!id) return {};
  }
  all.get_future().wait();
  return out;
}

class SameBits : public ::testing::TestWithParam<Subject> {
 protected:
  std::vector<uint64_t> run(const OpenedModel& opened, SchedulerOptions options, int prompts,
                            int times) {
    options.kv_bytes = uint64_t{1} << 30;
    options.max_waiting = 1000;
    options.max_first_token_ms = 86'400'000;  // a busy machine, plain kernels
    Scheduler scheduler(opened.model, opened.tokenizer, options, no_log());
    std::vector<uint64_t> last;
    for (int i = 0; i < times; ++i) {
      last = hashes(scheduler, prompts, opened.model->config().vocabulary);
    }
    return last;
  }
};

TEST_P(SameBits, ForAnyThreadsCompanyAndCache) {
  const auto [isa, eight_bits] = GetParam();
  const auto path = mw::testing_support::default_model(mw::testing_support::source_dir());
  if (!path) GTEST_SKIP() << "the default model is not there (./test fetches it)";
  const auto available = tensor::available_isas();
  if (std::find(available.begin(), available.end(), isa) == available.end()) {
    GTEST_SKIP() << "this machine has no " << tensor::isa_name(isa);
  }
  OpenOptions open{.isa = available.back(), .threads = 2};
  if (eight_bits) {
    open.precision.kv = models::KvPrecision::kBytes;
    open.precision.inputs = models::InputPrecision::kBytes;
  }
  const auto opened = open_model(*path, open);
  ASSERT_TRUE(opened) << opened.error().message.en;
  const Cases wanted = cases_of(isa);
  const int prompts = wanted.prompts;

  // What each prompt gives alone, on one thread of the highest instruction set, nothing shared.
  SchedulerOptions plain{.threads = 1, .isa = available.back(), .max_running = 1};
  plain.share_prompts = false;
  plain.guess_tokens = false;
  const std::vector<uint64_t> expected = run(*opened, plain, prompts, 1);

  int cases = 0;
  int different = 0;
  const auto compare = [&](const std::vector<uint64_t>& got, const std::string& what) {
    ASSERT_EQ(got.size(), expected.size()) << what;
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i], expected[i]) << what << ", prompt " << i;
      different += got[i] == expected[i] ? 0 : 1;
      ++cases;
    }
  };
  for (const int threads : wanted.threads) {
    for (const int batch : wanted.batches) {
      SchedulerOptions options{.threads = threads, .isa = isa, .max_running = batch};
      const std::string name = std::string(tensor::isa_name(isa)) + ", " + std::to_string(threads) +
                               " threads, batch " + std::to_string(batch);
      auto cold = options;
      cold.share_prompts = false;
      compare(run(*opened, cold, prompts, 1), name + ", cold");
      const mw::testing_support::TemporaryFolder folder;
      options.kept_prompts = {.folder = folder.path(), .model = "same bits", .least_blocks = 1};
      compare(run(*opened, options, prompts, 2), name + ", warm");
      compare(run(*opened, options, prompts, 1), name + ", from disk");
    }
  }
  if (const char* result = std::getenv("MILLWRIGHT_SAME_BITS_RESULT")) {
    std::ofstream(result, std::ios::app)
        << Json{{"what", "logits of the same request compared bit for bit"},
                {"isa", tensor::isa_name(isa)},
                {"kv", eight_bits ? "int8" : "f16"},
                {"activations", eight_bits ? "int8" : "int16"},
                {"reference", std::string(tensor::isa_name(available.back())) + ", alone"},
                {"threads", wanted.threads},
                {"batch", wanted.batches},
                {"cache", {"cold", "warm", "from disk"}},
                {"prompts", prompts},
                {"compared", cases},
                {"different", different}}
               .dump()
        << "\n";
  }
}

std::string name_of(const ::testing::TestParamInfo<Subject>& each) {
  const auto [isa, eight_bits] = each.param;
  return std::string(tensor::isa_name(isa)) + (eight_bits ? "_int8" : "");
}

INSTANTIATE_TEST_SUITE_P(
    Isa, SameBits,
    ::testing::Combine(::testing::Values(tensor::Isa::kScalar, tensor::Isa::kAvx2,
                                         tensor::Isa::kAvxVnni, tensor::Isa::kAvx512,
                                         tensor::Isa::kAmx),
                       ::testing::Bool()),
    name_of);

}  // namespace
}  // namespace mw::runtime
