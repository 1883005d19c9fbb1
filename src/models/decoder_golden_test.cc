// Scope: tiny random decoders of every family against Hugging Face Transformers
// (tests/golden/models/decoders), from a folder and from GGUF; prompts whole and token by token.
// Tolerance: 2e-5 relative, |ours - theirs| <= 2e-5 * max(|theirs|, rms of the position's logits),
// over all logits of all positions; both sides compute in f32. The project's bar is 1e-4; measured:
// 7e-6 at most, which is the rounding of two orders of sums.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "core/file.h"
#include "models/model.h"
#include "models/model_folder.h"
#include "tensor/isa.h"
#include "tests/support/decoder_logits.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_decoder.h"

namespace mw::models {
namespace {

using ::testing::HasSubstr;
using testing_support::logits_of;
using testing_support::Rows;
using testing_support::TemporaryFolder;
using testing_support::TinyDecoder;
using testing_support::worst_error;

constexpr const char* kCases[] = {"gpt2",   "llama", "llama3_tied", "mistral_window",
                                  "qwen2",  "qwen3", "qwen2_yarn",  "gemma2",
                                  "gemma3", "phi3",  "phi3_long"};

constexpr double kTolerance = 2e-5;

class Loaded : public ::testing::Test {
 protected:
  /// The model of a folder that holds `tiny`.
  Result<std::unique_ptr<Model>> from_folder(const TinyDecoder& tiny, int files = 1) {
    files_.push_back(std::make_unique<TemporaryFolder>());
    tiny.write_folder(files_.back()->path(), files);
    MW_ASSIGN(ModelFolder folder, ModelFolder::open(files_.back()->path()));
    folders_.push_back(std::make_unique<ModelFolder>(std::move(folder)));
    return load_model(*folders_.back(), ctx_);
  }
  Result<std::unique_ptr<Model>> from_gguf(const TinyDecoder& tiny) {
    gguf_bytes_.push_back(std::make_unique<std::string>(tiny.gguf()));
    MW_ASSIGN(auto file, formats::GgufFile::parse(std::as_bytes(std::span(*gguf_bytes_.back()))));
    gguf_.push_back(std::make_unique<formats::GgufFile>(std::move(file)));
    return load_model(*gguf_.back(), ctx_);
  }

  ThreadPool pool_{1};
  tensor::ExecContext ctx_{&pool_, &tensor::kernels_of(tensor::available_isas().back())};
  std::vector<std::unique_ptr<TemporaryFolder>> files_;
  std::vector<std::unique_ptr<ModelFolder>> folders_;
  std::vector<std::unique_ptr<std::string>> gguf_bytes_;
  std::vector<std::unique_ptr<formats::GgufFile>> gguf_;
};

class Decoders : public Loaded, public ::testing::WithParamInterface<const char*> {};

TEST_P(Decoders, AnswerAsTransformersDoes) {
  const TinyDecoder tiny(mw::testing_support::source_dir(), GetParam());
  const auto model = from_folder(tiny, 3);
  ASSERT_TRUE(model) << model.error().message.en;
  const Rows whole = logits_of(**model, tiny.ids(), tiny.ids().size(), ctx_);
  const double worst = worst_error(whole, tiny.logits());
  EXPECT_LE(worst, kTolerance);
  std::cout << GetParam() << ": largest relative error " << worst << "\n";
  EXPECT_EQ(logits_of(**model, tiny.ids(), 1, ctx_), whole) << "token by token";
  EXPECT_EQ(logits_of(**model, tiny.ids(), 5, ctx_), whole) << "in pieces";
}

/// The two files differ in names, order of rows, and what is added to norms; the model must not.
TEST_P(Decoders, AreTheSameFromGgufAndFromAFolder) {
  const TinyDecoder tiny(mw::testing_support::source_dir(), GetParam());
  if (!tiny.has_gguf()) return;  // the same tensors as another case, with keys GGUF does not have
  const auto model = from_gguf(tiny);
  ASSERT_TRUE(model) << model.error().message.en;
  const Rows ours = logits_of(**model, tiny.ids(), tiny.ids().size(), ctx_);
  EXPECT_LE(worst_error(ours, tiny.logits()), kTolerance);
  const auto other = from_folder(tiny);
  ASSERT_TRUE(other) << other.error().message.en;
  EXPECT_LE(worst_error(ours, logits_of(**other, tiny.ids(), tiny.ids().size(), ctx_)), kTolerance);
}

/// The last layer leaves out rows whose logits nobody asks for (DecoderBatch::ends).
TEST_P(Decoders, GiveTheSameBitsWhetherTheOtherRowsAreAskedForOrNot) {
  using Logits = ForwardSegment::Logits;
  const TinyDecoder tiny(mw::testing_support::source_dir(), GetParam());
  const auto loaded = from_folder(tiny);
  ASSERT_TRUE(loaded) << loaded.error().message.en;
  const Model& model = **loaded;
  const std::span<const int32_t> ids = tiny.ids();
  const Rows whole = logits_of(model, tiny.ids(), ids.size(), ctx_);
  KvPool pool(model.config(), uint64_t{8} << 20);
  KvSequence first(pool);
  KvSequence second(pool);
  KvSequence third(pool);
  for (KvSequence* each : {&first, &second, &third}) {
    ASSERT_TRUE(each->reserve(static_cast<int>(ids.size())));
  }
  const auto workspace = model.make_workspace(256, 64);
  const auto rows_of = [&](std::initializer_list<ForwardSegment> segments, int rows) {
    tensor::Matrix<float> logits(rows, model.config().vocabulary);
    model.forward(std::span(segments.begin(), segments.size()), *workspace, logits.view(), ctx_);
    Rows out;
    for (int i = 0; i < rows; ++i) {
      out.emplace_back(logits.row(i), logits.row(i) + model.config().vocabulary);
    }
    return out;
  };
  const std::size_t rest = 2;
  const std::size_t at = ids.size() - rest;
  EXPECT_THAT(rows_of({{ids.first(at), &first, Logits::kNone},
                       {ids, &second, Logits::kLast},
                       {ids.first(3), &third, Logits::kAll}},
                      4),
              ::testing::ElementsAre(whole.back(), whole[0], whole[1], whole[2]));
  EXPECT_THAT(rows_of({{ids.subspan(3), &third, Logits::kNone}}, 0), ::testing::IsEmpty());
  EXPECT_THAT(rows_of({{ids.last(rest), &first, Logits::kAll}}, 2),
              ::testing::ElementsAre(whole[at], whole[at + 1]));
}

INSTANTIATE_TEST_SUITE_P(Families, Decoders, ::testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param); });

TEST_F(Loaded, ALlamaWithTheOtherPairingOfRowsIsTold) {
  TinyDecoder tiny(mw::testing_support::source_dir(), "llama");
  for (Json& tensor : tiny.gguf_tensors()) {
    if (tensor[2] == "pair_rows") tensor[2] = "as_is";
  }
  const auto model = from_gguf(tiny);
  ASSERT_TRUE(model) << model.error().message.en;
  const Rows ours = logits_of(**model, tiny.ids(), tiny.ids().size(), ctx_);
  EXPECT_GT(worst_error(ours, tiny.logits()), 0.1);
}

TEST_F(Loaded, FloatsAreRoundedToEightBitsWhenAsked) {
  const TinyDecoder tiny(mw::testing_support::source_dir(), "llama");
  ASSERT_TRUE(from_folder(tiny));
  const auto rounded =
      load_model(*folders_.back(), ctx_, nullptr, {.floats = FloatWeights::kRounded});
  ASSERT_TRUE(rounded) << rounded.error().message.en;
  EXPECT_EQ((*rounded)->config().kv_format, tensor::KvFormat::kF16);
  for (const NamedMatrix& each : (*rounded)->matrices()) {
    EXPECT_EQ(each.matrix->format(), tensor::WeightFormat::kW8) << each.name;
  }
  const double error =
      worst_error(logits_of(**rounded, tiny.ids(), tiny.ids().size(), ctx_), tiny.logits());
  EXPECT_LT(error, 0.2);   // random weights, the worst of 1536 logits
  EXPECT_GT(error, 1e-3);  // it did round
}

TEST_F(Loaded, KeysAndValuesBecomeBytesByModelOnlyWhereTheFamilyBearsThem) {
  struct Case {
    const char* model;
    KvPrecision asked;
    FloatWeights floats;
    tensor::KvFormat kept;
  };
  using enum KvPrecision;
  using enum tensor::KvFormat;
  constexpr auto kStored = FloatWeights::kAsStored;
  constexpr auto kRounded = FloatWeights::kRounded;
  const Case cases[] = {
      {"llama", kByModel, kRounded, kI8},   {"llama", kHalf, kRounded, kF16},
      {"llama", kByModel, kStored, kF32},   {"llama", kBytes, kStored, kI8},
      {"qwen2", kByModel, kRounded, kF16},  {"qwen3", kByModel, kRounded, kF16},
      {"gemma3", kByModel, kRounded, kF16}, {"gpt2", kByModel, kRounded, kF16},
      {"qwen2", kBytes, kRounded, kI8},
  };
  for (const Case& each : cases) {
    const TinyDecoder tiny(mw::testing_support::source_dir(), each.model);
    ASSERT_TRUE(from_folder(tiny)) << each.model;
    const auto model =
        load_model(*folders_.back(), ctx_, nullptr, {.floats = each.floats, .kv = each.asked});
    ASSERT_TRUE(model) << model.error().message.en;
    EXPECT_EQ((*model)->config().kv_format, each.kept) << each.model;
  }
}

TEST_F(Loaded, InputsBecomeBytesByModelOnlyWhereTheFamilyBearsThemAndItsWeightsAreIntegers) {
  struct Case {
    const char* model;
    InputPrecision asked;
    FloatWeights floats;
    tensor::InputForm taken;
  };
  using enum InputPrecision;
  constexpr auto kStored = FloatWeights::kAsStored;
  constexpr auto kRounded = FloatWeights::kRounded;
  constexpr auto kAsWords = tensor::InputForm::kWords;
  constexpr auto kAsBytes = tensor::InputForm::kBytes;
  const Case cases[] = {
      {"llama", kByModel, kRounded, kAsBytes}, {"llama", kWords, kRounded, kAsWords},
      {"llama", kByModel, kStored, kAsWords},  {"gemma3", kByModel, kRounded, kAsWords},
      {"qwen2", kByModel, kRounded, kAsWords}, {"qwen3", kByModel, kRounded, kAsWords},
      {"gpt2", kByModel, kRounded, kAsWords},  {"qwen2", kBytes, kRounded, kAsBytes},
  };
  for (const Case& each : cases) {
    const TinyDecoder tiny(mw::testing_support::source_dir(), each.model);
    ASSERT_TRUE(from_folder(tiny)) << each.model;
    const auto model =
        load_model(*folders_.back(), ctx_, nullptr, {.floats = each.floats, .inputs = each.asked});
    ASSERT_TRUE(model) << model.error().message.en;
    EXPECT_EQ((*model)->config().inputs, each.taken) << each.model;
  }
}

TEST_F(Loaded, NamesWithoutTheirPrefixAndMasksAreRead) {
  TinyDecoder tiny(mw::testing_support::source_dir(), "gpt2");  // as the original GPT-2 is kept
  const auto original = from_folder(tiny);
  for (Json& tensor : tiny.tensors()) {
    const auto name = tensor[0].get<std::string>();
    tensor[0] = name.substr(std::string("transformer.").size());
  }
  tiny.tensors().push_back({"h.0.attn.bias", {1, 1, 4, 4}, 1.0, 0.0});
  EXPECT_TRUE(original);
  const auto model = from_folder(tiny);
  EXPECT_TRUE(model) << model.error().message.en;
}

/// Spoils a model and says what its refusal must name.
struct Refused {
  const char* name;
  void (*spoil)(TinyDecoder& tiny);
  const char* named;
  Code code = Code::kUnsupported;
};

TEST_F(Loaded, AFolderThatIsNotUnderstoodIsRefusedByKeyOrTensor) {
  const Refused cases[] = {
      {"llama", [](TinyDecoder& t) { t.config()["architectures"] = {"MambaForCausalLM"}; },
       "architecture 'MambaForCausalLM'"},
      {"llama", [](TinyDecoder& t) { t.config().erase("architectures"); }, "key architectures",
       Code::kCorrupt},
      {"llama", [](TinyDecoder& t) { t.config()["hidden_act"] = "relu"; }, "key hidden_act"},
      {"llama",
       [](TinyDecoder& t) {
         t.config()["quantization_config"] = {{"bits", 4}};
       },
       "key quantization_config"},
      {"llama", [](TinyDecoder& t) { t.config()["rope_parameters"]["rope_type"] = "dynamic"; },
       "key rope_parameters.rope_type"},
      {"llama", [](TinyDecoder& t) { t.config()["hidden_size"] = "128"; }, "key hidden_size",
       Code::kCorrupt},
      {"llama", [](TinyDecoder& t) { t.config()["hidden_size"] = 128.5; }, "key hidden_size",
       Code::kCorrupt},
      {"llama", [](TinyDecoder& t) { t.config().erase("num_hidden_layers"); },
       "key num_hidden_layers is missing", Code::kCorrupt},
      {"llama", [](TinyDecoder& t) { t.config()["head_dim"] = 24; }, "head width"},
      {"llama", [](TinyDecoder& t) { t.config()["num_key_value_heads"] = 3; }, "key/value heads",
       Code::kCorrupt},
      {"llama", [](TinyDecoder& t) { t.config()["intermediate_size"] = 112; },
       "tensor model.layers.0.mlp.gate_proj.weight: expected shape (112, 128), got (96, 128)",
       Code::kCorrupt},
      {"llama",
       [](TinyDecoder& t) {
         t.tensors().push_back({"model.layers.0.extra.weight", {2}, 1, 0});
       },
       "tensor model.layers.0.extra.weight"},
      {"llama", [](TinyDecoder& t) { t.tensors().erase(2); }, "is missing", Code::kCorrupt},
      {"qwen2",
       [](TinyDecoder& t) {
         for (std::size_t i = t.tensors().size(); i-- > 0;) {
           if (t.tensors()[i][0].get<std::string>().ends_with("q_proj.bias")) t.tensors().erase(i);
         }
       },
       "tensor model.layers.0.self_attn.q_proj.bias is missing", Code::kCorrupt},
      {"gemma3", [](TinyDecoder& t) { t.config()["layer_types"] = {"full_attention"}; },
       "key layer_types", Code::kCorrupt},
      {"gemma3", [](TinyDecoder& t) { t.config()["layer_types"][0] = "linear_attention"; },
       "key layer_types"},
      {"gpt2", [](TinyDecoder& t) { t.config()["scale_attn_by_inverse_layer_idx"] = true; },
       "key scale_attn_by_inverse_layer_idx"},
      {"phi3_long",
       [](TinyDecoder& t) {
         t.config()["rope_parameters"]["short_factor"] = {1, 2};
       },
       "RoPE factors: expected 12, got 2", Code::kCorrupt},
  };
  for (const Refused& each : cases) {
    TinyDecoder tiny(mw::testing_support::source_dir(), each.name);
    each.spoil(tiny);
    const auto model = from_folder(tiny);
    ASSERT_FALSE(model) << each.named;
    EXPECT_EQ(model.error().code, each.code) << each.named;
    EXPECT_THAT(model.error().message.en, HasSubstr(each.named));
  }
}

TEST_F(Loaded, AGgufFileThatIsNotUnderstoodIsRefusedByKeyOrTensor) {
  const Refused cases[] = {
      {"llama", [](TinyDecoder& t) { t.gguf_keys()["general.architecture"] = "mamba"; },
       "architecture 'mamba'"},
      {"llama", [](TinyDecoder& t) { t.gguf_keys()["general.type"] = "adapter"; },
       "this is an adapter and no model"},
      {"llama", [](TinyDecoder& t) { t.gguf_keys()["llama.expert_count"] = 8; },
       "GGUF key llama.expert_count"},
      {"llama", [](TinyDecoder& t) { t.gguf_keys()["llama.rope.scaling.type"] = "ntk"; },
       "GGUF key llama.rope.scaling.type"},
      {"llama", [](TinyDecoder& t) { t.gguf_keys()["llama.attention.value_length"] = 32; },
       "GGUF key llama.attention.value_length"},
      {"llama", [](TinyDecoder& t) { t.gguf_keys().erase("llama.block_count"); },
       "GGUF key llama.block_count is missing", Code::kCorrupt},
      {"llama", [](TinyDecoder& t) { t.gguf_keys()["llama.block_count"] = 100000; },
       "expected 1..512, got 100000", Code::kCorrupt},
      {"qwen3", [](TinyDecoder& t) { t.gguf_tensors().erase(6); }, "is missing", Code::kCorrupt},
      {"llama",
       [](TinyDecoder& t) {
         t.gguf_tensors().push_back({"blk.0.attn_sinks.weight", "model.norm.weight", "as_is"});
       },
       "tensor blk.0.attn_sinks.weight"},
  };
  for (const Refused& each : cases) {
    TinyDecoder tiny(mw::testing_support::source_dir(), each.name);
    each.spoil(tiny);
    const auto model = from_gguf(tiny);
    ASSERT_FALSE(model) << each.named;
    EXPECT_EQ(model.error().code, each.code) << each.named;
    EXPECT_THAT(model.error().message.en, HasSubstr(each.named));
  }
}

TEST_F(Loaded, AKeyOfZeroSaysNothing) {
  TinyDecoder tiny(mw::testing_support::source_dir(), "llama");
  tiny.gguf_keys()["llama.expert_count"] = 0;
  EXPECT_TRUE(from_gguf(tiny));
}

}  // namespace
}  // namespace mw::models
