// Scope: what load_adapter refuses, by key or tensor, and what it tells of an adapter.
#include "models/adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "formats/gguf_writer.h"
#include "models/internal/build_adapter.h"
#include "models/model.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_adapter.h"

namespace mw::models {
namespace {

using ::testing::HasSubstr;
using testing_support::TemporaryFolder;
using testing_support::TinyAdapter;
using testing_support::TinyDecoder;

ModelConfig config_of(const std::string& base) {
  TinyDecoder tiny(mw::testing_support::source_dir(), base);
  return read_config(tiny.config()).value();
}

Result<std::shared_ptr<const Adapter>> load(const TinyAdapter& tiny, const ModelConfig& base) {
  const TemporaryFolder folder;
  tiny.write_folder(folder.path());
  return load_adapter(folder.path(), base);
}

struct Refused {
  void (*spoil)(TinyAdapter& tiny);
  const char* named;
  Code code = Code::kUnsupported;
};

TEST(Adapter, OfAFolderThatIsNotUnderstoodIsRefusedByKeyOrTensor) {
  const Refused cases[] = {
      {[](TinyAdapter& t) { t.config()["peft_type"] = "IA3"; }, "key peft_type"},
      {[](TinyAdapter& t) { t.config().erase("peft_type"); }, "key peft_type"},
      {[](TinyAdapter& t) { t.config()["task_type"] = "SEQ_CLS"; }, "key task_type"},
      {[](TinyAdapter& t) { t.config()["use_dora"] = true; }, "key use_dora"},
      {[](TinyAdapter& t) { t.config()["bias"] = "lora_only"; }, "key bias"},
      {[](TinyAdapter& t) { t.config()["lora_bias"] = true; }, "key lora_bias"},
      {[](TinyAdapter& t) { t.config()["modules_to_save"] = {"lm_head"}; }, "key modules_to_save"},
      {[](TinyAdapter& t) { t.config()["init_lora_weights"] = "pissa_niter_4"; },
       "key init_lora_weights"},
      {[](TinyAdapter& t) {
         t.config()["layer_replication"] = {{0, 2}};
       },
       "key layer_replication"},
      {[](TinyAdapter& t) { t.config()["alora_invocation_tokens"] = {1}; },
       "key alora_invocation_tokens"},
      {[](TinyAdapter& t) { t.config()["of_a_later_version"] = 1; }, "key of_a_later_version"},
      {[](TinyAdapter& t) {
         t.config()["rank_pattern"] = {{"layers.[01].*", 8}};
       },
       "key rank_pattern"},
      {[](TinyAdapter& t) {
         t.config()["alpha_pattern"] = {{"v_proj", "8"}};
       },
       "key alpha_pattern", Code::kCorrupt},
      {[](TinyAdapter& t) {
         t.config()["rank_pattern"] = {{"v_proj", 8}};
       },
       "tensor base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight: expected rank 8",
       Code::kCorrupt},
      {[](TinyAdapter& t) { t.config()["r"] = 0; }, "key r", Code::kCorrupt},
      {[](TinyAdapter& t) { t.config()["r"] = "4"; }, "key r", Code::kCorrupt},
      {[](TinyAdapter& t) { t.config().erase("lora_alpha"); }, "key lora_alpha is missing",
       Code::kCorrupt},
      {[](TinyAdapter& t) {
         t.config()["target_modules"] = {1, 2};
       },
       "key target_modules", Code::kCorrupt},
      {[](TinyAdapter& t) { t.tensors().erase(0); }, "lora_A.weight is missing", Code::kCorrupt},
      {[](TinyAdapter& t) { t.tensors().erase(1); }, "lora_B.weight is missing", Code::kCorrupt},
      {[](TinyAdapter& t) { t.tensors().erase(t.tensors().begin(), t.tensors().begin() + 2); },
       "lora_A.weight is missing: target_modules has", Code::kCorrupt},
      {[](TinyAdapter& t) {
         t.tensors() = Json::array();
         t.config()["target_modules"] = nullptr;
       },
       "no tensor", Code::kCorrupt},
      {[](TinyAdapter& t) {
         t.tensors().push_back(
             {"base_model.model.model.embed_tokens.lora_embedding_A", {4, 64}, 1, 0});
       },
       "embed_tokens.lora_embedding_A"},
      {[](TinyAdapter& t) {
         t.tensors().push_back({"base_model.model.lm_head.base_layer.weight", {64, 128}, 1, 0});
       },
       "lm_head.base_layer.weight: a copy of the base"},
      {[](TinyAdapter& t) {
         const std::string name = "base_model.model.model.layers.7.self_attn.q_proj.lora_";
         t.tensors().push_back({name + "A.weight", {4, 128}, 1, 0});
         t.tensors().push_back({name + "B.weight", {128, 4}, 1, 0});
       },
       "layers.7.self_attn.q_proj.lora_A.weight: a model of architecture llama with 2 layers"},
      {[](TinyAdapter& t) {
         t.tensors()[0][1] = {4, 64};
       },
       "expected shape (rank, 128)"},
      {[](TinyAdapter& t) {
         t.tensors()[0][1] = {4, 128, 1};
       },
       "expected shape (rank, 128)"},
      {[](TinyAdapter& t) {
         t.tensors()[1][1] = {96, 4};
       },
       "got (96, 4)"},
      {[](TinyAdapter& t) { t.tensors()[1][2] = 1e39; }, "is not finite", Code::kCorrupt},
  };
  const ModelConfig base = config_of("llama");
  for (const Refused& each : cases) {
    TinyAdapter tiny(mw::testing_support::source_dir(), "llama_all");
    each.spoil(tiny);
    const auto adapter = load(tiny, base);
    ASSERT_FALSE(adapter) << each.named;
    EXPECT_EQ(adapter.error().code, each.code) << each.named;
    EXPECT_THAT(adapter.error().message.en, HasSubstr(each.named));
  }
}

TEST(Adapter, OfAnotherBaseIsRefused) {
  const TinyAdapter tiny(mw::testing_support::source_dir(), "llama_all");
  for (const char* other : {"llama3_tied", "qwen3", "gpt2", "phi3"}) {
    const auto adapter = load(tiny, config_of(other));
    ASSERT_FALSE(adapter) << other;
    EXPECT_THAT(adapter.error().message.en, HasSubstr("tensor base_model.model.")) << other;
  }
}

TEST(Adapter, OfABaseOfAnotherNameIsRefusedWhereBothAreTheHubs) {
  TinyAdapter tiny(mw::testing_support::source_dir(), "llama_other");
  ModelConfig base = config_of("llama");
  const auto fits = [&](const char* wanted, const char* origin) {
    tiny.config()["base_model_name_or_path"] = wanted;
    base.origin = origin;
    return load(tiny, base);
  };
  EXPECT_TRUE(fits("meta-llama/Llama-3.2-1B", "meta-llama/Llama-3.2-1B"));
  EXPECT_TRUE(
      fits("unsloth/llama-3.2-1b-bnb-4bit", "https://huggingface.co/meta-llama/Llama-3.2-1B"));
  EXPECT_TRUE(fits("/home/me/models/llama", "meta-llama/Llama-3.2-1B"));
  EXPECT_TRUE(fits("meta-llama/Llama-3.2-1B", ""));
  const auto other = fits("meta-llama/Llama-3.2-1B", "meta-llama/Llama-3.2-1B-Instruct");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message.en,
              HasSubstr("made for 'meta-llama/Llama-3.2-1B', this model is "
                        "'meta-llama/Llama-3.2-1B-Instruct'"));
  EXPECT_EQ(other.error().param, "base_model_name_or_path");
}

TEST(Adapter, WithoutItsFilesSaysWhichIsMissing) {
  const TemporaryFolder folder;
  TinyAdapter(mw::testing_support::source_dir(), "llama_other").write_folder(folder.path());
  const ModelConfig base = config_of("llama");
  ASSERT_TRUE(write_file_atomically(folder.path() / "adapter_config.json", "[1]"));
  EXPECT_EQ(load_adapter(folder.path(), base).error().code, Code::kCorrupt);
  std::filesystem::remove(folder.path() / "adapter_model.safetensors");
  const auto missing = load_adapter(folder.path(), base);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_THAT(missing.error().message.en, HasSubstr("no adapter_model.safetensors"));
  EXPECT_FALSE(load_adapter(folder.path() / "nothing", base));
}

TEST(Adapter, OfGgufThatIsNotUnderstoodIsRefusedByKeyOrTensor) {
  struct Case {
    void (*add)(formats::GgufWriter& writer);
    const char* named;
  };
  const auto tensor = [](formats::GgufWriter& writer, const char* name) {
    const std::vector<int64_t> shape = {2, 128};
    writer.add_tensor(name, shape, std::vector<float>(256, 1.0F));
  };
  static const auto add_tensor = tensor;
  const Case cases[] = {
      {[](formats::GgufWriter& w) { w.add_text("general.type", "model"); }, "general.type"},
      {[](formats::GgufWriter& w) { w.add_text("general.architecture", "llama"); },
       "general.type: expected 'adapter', got 'nothing'"},
      {[](formats::GgufWriter& w) {
         w.add_text("general.type", "adapter");
         w.add_text("general.architecture", "qwen2");
         w.add_text("adapter.type", "lora");
       },
       "the adapter is for 'qwen2', the model is 'llama'"},
      {[](formats::GgufWriter& w) {
         w.add_text("general.type", "adapter");
         w.add_text("general.architecture", "llama");
       },
       "GGUF key adapter.type"},
      {[](formats::GgufWriter& w) {
         w.add_text("general.type", "adapter");
         w.add_text("general.architecture", "llama");
         w.add_text("adapter.type", "lora");
         w.add_i32s("adapter.alora.invocation_tokens", std::vector<int32_t>{5});
       },
       "GGUF key adapter.alora.invocation_tokens"},
      {[](formats::GgufWriter& w) {
         w.add_text("general.type", "adapter");
         w.add_text("general.architecture", "llama");
         w.add_text("adapter.type", "lora");
         add_tensor(w, "blk.0.attn_q.weight.lora_a");
       },
       "blk.0.attn_q.weight.lora_b is missing"},
      {[](formats::GgufWriter& w) {
         w.add_text("general.type", "adapter");
         w.add_text("general.architecture", "llama");
         w.add_text("adapter.type", "lora");
         add_tensor(w, "blk.0.attn_norm.weight");
       },
       "tensor blk.0.attn_norm.weight: expected NAME.lora_a"},
      {[](formats::GgufWriter& w) {
         w.add_text("general.type", "adapter");
         w.add_text("general.architecture", "llama");
         w.add_text("adapter.type", "lora");
         add_tensor(w, "token_embd.weight.lora_a");
         add_tensor(w, "token_embd.weight.lora_b");
       },
       "tensor token_embd.weight.lora_a"},
  };
  const ModelConfig base = config_of("llama");
  const TemporaryFolder folder;
  for (const Case& each : cases) {
    formats::GgufWriter writer;
    each.add(writer);
    const auto path = folder.path() / "adapter.gguf";
    ASSERT_TRUE(write_file_atomically(path, writer.build().value()));
    const auto adapter = load_adapter(path, base);
    ASSERT_FALSE(adapter) << each.named;
    EXPECT_THAT(adapter.error().message.en, HasSubstr(each.named));
  }
}

TEST(Adapter, ThatDoesNotFitIntoMemoryIsRefusedWithTheNumbers) {
  AdapterSource source;
  source.pairs["a"].down.shape = {500, 1000};
  source.pairs["a"].up.shape = {1000, 500};
  EXPECT_TRUE(check_adapter_memory(source, std::nullopt));
  EXPECT_TRUE(check_adapter_memory(source, 4'000'000));
  const auto refused = check_adapter_memory(source, 3'000'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kResourceExhausted);
  EXPECT_THAT(refused.error().message.en, HasSubstr("takes 4 MB of memory and 3 MB are free"));
}

TEST(Adapter, TellsItsRankBytesAndNumbers) {
  TinyAdapter tiny(mw::testing_support::source_dir(), "llama_patterns");
  const ModelConfig base = config_of("llama");
  const auto adapter = load(tiny, base);
  ASSERT_TRUE(adapter) << adapter.error().message.en;
  EXPECT_EQ((*adapter)->rank(), 9);
  EXPECT_EQ((*adapter)->layers(), 2);
  EXPECT_EQ((*adapter)->change(Product::kQuery, 0), nullptr);
  ASSERT_NE((*adapter)->change(Product::kQuery, 1), nullptr);
  EXPECT_EQ((*adapter)->logits_change(), nullptr);
  EXPECT_GT((*adapter)->bytes(), (*adapter)->change(Product::kQuery, 1)->bytes());
  EXPECT_EQ((*load(tiny, base))->digest(), (*adapter)->digest());
  tiny.config()["lora_alpha"] = 7;
  EXPECT_NE((*load(tiny, base))->digest(), (*adapter)->digest());
}

}  // namespace
}  // namespace mw::models
