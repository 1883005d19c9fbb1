// Scope: one scheduler over a tiny Llama with two adapters: requests of each, at once and alone,
// give the same ids and the same bits of logits; prompts are shared among requests of one adapter
// only, in memory and on disk; scores are the adapter's.
#include "runtime/adapted_model.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <optional>

#include "models/model_folder.h"
#include "runtime/scheduler.h"
#include "runtime/testing/alphabet.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_adapter.h"

namespace mw::runtime {
namespace {

using mw::testing_support::TemporaryFolder;
using mw::testing_support::TinyAdapter;
using mw::testing_support::TinyDecoder;

class AdaptedModels : public ::testing::Test {
 protected:
  AdaptedModels() {
    tiny_.write_folder(files_.path(), 1);
    folder_.emplace(models::ModelFolder::open(files_.path()).value());
    ThreadPool pool(1);
    model_ = models::load_model(*folder_, {&pool, &tensor::kernels_of(isa_)}).value();
    for (const char* name : {"llama_all", "llama_other"}) {
      const TemporaryFolder adapter;
      TinyAdapter(mw::testing_support::source_dir(), name).write_folder(adapter.path());
      adapters_.push_back(models::load_adapter(adapter.path(), model_->config()).value());
    }
    start(2);
  }

  /// Models of a scheduler that has just been started: the base, then one an adapter.
  void start(int threads) {
    served_.clear();
    SchedulerOptions options;
    options.threads = threads;
    options.isa = isa_;
    options.kv_bytes = 1 << 20;
    auto base = std::make_shared<ServedModel>();
    base->name = "tiny";
    base->fingerprint = "mw-1";
    base->scheduler =
        std::make_shared<Scheduler>(model_, testing::byte_tokenizer(), options, no_log());
    base->generator = base->scheduler;
    served_.push_back(base);
    served_.push_back(serve_adapter(*base, "all", adapters_[0]).value());
    served_.push_back(serve_adapter(*base, "other", adapters_[1]).value());
  }

  GenerateRequest request(int first, int tokens) const {
    GenerateRequest out;
    for (int i = 0; i < tokens; ++i) {
      out.prompt_ids.push_back((tiny_.ids()[static_cast<std::size_t>(i) % 24] + first) % 64);
    }
    out.max_tokens = 6;
    out.ignore_eos = true;
    out.hash_logits = true;
    return out;
  }
  GenerateResult ask(std::size_t model, const GenerateRequest& wanted) {
    const auto result = generate(*served_[model]->generator, wanted);
    EXPECT_TRUE(result) << result.error().message.en;
    return *result;
  }

  const tensor::Isa isa_ = tensor::available_isas().back();
  const TinyDecoder tiny_{mw::testing_support::source_dir(), "llama"};
  const TemporaryFolder files_;
  std::optional<models::ModelFolder> folder_;
  std::shared_ptr<const models::Model> model_;
  std::vector<std::shared_ptr<const models::Adapter>> adapters_;
  std::vector<std::shared_ptr<ServedModel>> served_;
};

TEST_F(AdaptedModels, AnswerInOneBatchAsTheyDoAlone) {
  constexpr std::size_t kRequests = 24;
  std::vector<GenerateResult> alone;
  for (std::size_t i = 0; i < kRequests; ++i) {
    start(1);
    alone.push_back(ask(i % 3, request(static_cast<int>(i / 6), 20 + static_cast<int>(i % 4))));
  }
  EXPECT_NE(alone[0].logits_hash, alone[1].logits_hash);
  EXPECT_NE(alone[1].logits_hash, alone[2].logits_hash);
  start(2);
  std::vector<std::promise<GenerateResult>> promised(kRequests);
  for (std::size_t i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(served_[i % 3]->generator->submit(
        request(static_cast<int>(i / 6), 20 + static_cast<int>(i % 4)), {},
        [&, i](const GenerateResult& result) { promised[i].set_value(result); }));
  }
  for (std::size_t i = 0; i < kRequests; ++i) {
    const GenerateResult together = promised[i].get_future().get();
    EXPECT_EQ(together.ids, alone[i].ids) << i;
    EXPECT_EQ(together.logits_hash, alone[i].logits_hash) << i;
  }
}

TEST_F(AdaptedModels, ShareNoPromptWithTheModelOrEachOther) {
  const auto wanted = request(0, 50);
  for (std::size_t model = 0; model < served_.size(); ++model) {
    const auto first = ask(model, wanted);
    EXPECT_EQ(first.cached_prompt_tokens, 0) << model;
    const auto again = ask(model, wanted);
    EXPECT_EQ(again.cached_prompt_tokens, 48) << model;
    EXPECT_EQ(again.logits_hash, first.logits_hash) << model;
  }
}

/// By the model of the scheduler's tests: the tiny one's context is too short to be kept.
TEST_F(AdaptedModels, FindOnDiskWhatTheirOwnPromptsLeft) {
  const TemporaryFolder kept;
  SchedulerOptions options;
  options.threads = 1;
  options.kept_prompts = {.folder = kept.path(), .model = "alphabet", .least_blocks = 4};
  const auto cached = [&](std::shared_ptr<const models::Adapter> adapter, bool twice) {
    Scheduler scheduler(std::make_shared<testing::Alphabet>(), testing::byte_tokenizer(), options,
                        no_log());
    GenerateRequest wanted;
    wanted.prompt_ids.assign(160, '!');
    wanted.max_tokens = 1;
    wanted.adapter = std::move(adapter);
    const int first = generate(scheduler, wanted)->cached_prompt_tokens;
    wanted.prompt_ids[130] = '?';  // two requests of the same 8 blocks: those are kept
    if (twice) {
      EXPECT_EQ(generate(scheduler, wanted)->cached_prompt_tokens, 128);
    }
    return first;
  };
  EXPECT_EQ(cached(adapters_[0], true), 0);
  EXPECT_EQ(cached(nullptr, false), 0);
  EXPECT_EQ(cached(adapters_[1], false), 0);
  EXPECT_EQ(cached(adapters_[0], false), 128);
}

TEST_F(AdaptedModels, ScoreAsTheyWrite) {
  const std::vector<int32_t> prompt = request(0, 20).prompt_ids;
  const std::vector<std::vector<int32_t>> choices = {{1, 2}, {3, 4}, {5, 6}};
  const auto base = served_[0]->generator->score(prompt, choices);
  const auto adapted = served_[1]->generator->score(prompt, choices);
  ASSERT_TRUE(base && adapted);
  EXPECT_NE(*base, *adapted);
  EXPECT_EQ(*served_[1]->generator->score(prompt, choices), *adapted);
}

TEST_F(AdaptedModels, AreNamedAfterTheirModel) {
  EXPECT_EQ(served_[1]->name, "tiny:all");
  EXPECT_EQ(served_[1]->fingerprint, "mw-1-" + adapters_[0]->digest().substr(0, 12));
  const auto twice = serve_adapter(*served_[1], "more", adapters_[1]);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Code::kUnsupported);
}

}  // namespace
}  // namespace mw::runtime
