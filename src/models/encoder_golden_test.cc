// Scope: tiny random encoders and rerankers against Hugging Face Transformers
// (tests/golden/models/encoders), from a folder and from GGUF; alone and packed into one pass; what
// their files may not say. Tolerance: 2e-5 of the largest number of a row; both sides compute in
// f32. The project's bar is 1e-4. Real weights: tests/golden/models/compare_embeddings.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "core/file.h"
#include "models/encoder_model.h"
#include "tensor/isa.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_decoder.h"

namespace mw::models {
namespace {

using ::testing::HasSubstr;
using testing_support::TemporaryFolder;
using testing_support::TinyDecoder;
using Rows = std::vector<std::vector<float>>;

constexpr double kTolerance = 2e-5;
constexpr std::size_t kLengths[] = {7, 40, 17};

TinyDecoder tiny_encoder(const std::string& name) {
  return TinyDecoder(mw::testing_support::source_dir(), "../encoders/" + name);
}

std::vector<EncoderModel::Input> inputs_of(const TinyDecoder& tiny) {
  std::vector<EncoderModel::Input> inputs;
  std::size_t at = 0;
  for (const std::size_t length : kLengths) {
    inputs.push_back({std::span(tiny.ids()).subspan(at, length), {}});
    at += length;
  }
  return inputs;
}

double worst_error(const Rows& ours, const Rows& theirs) {
  EXPECT_EQ(ours.size(), theirs.size());
  double worst = 0;
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    EXPECT_EQ(ours[i].size(), theirs[i].size());
    double largest = 0;
    for (const float v : theirs[i]) largest = std::max(largest, std::fabs(double{v}));
    for (std::size_t d = 0; d < theirs[i].size(); ++d) {
      const double error = std::fabs(double{ours[i][d]} - theirs[i][d]) / largest;
      worst = std::max(worst, std::isfinite(error) ? error : 1e9);
    }
  }
  return worst;
}

class Encoders : public ::testing::Test {
 protected:
  void write(const TinyDecoder& tiny) { tiny.write_folder(files_.path(), 1); }
  void add(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((files_.path() / name).parent_path());
    EXPECT_TRUE(write_file_atomically(files_.path() / name, text));
  }
  Result<std::unique_ptr<EncoderModel>> load(
      EncoderPrecision precision = EncoderPrecision::kStored) {
    MW_ASSIGN(ModelFolder folder, ModelFolder::open(files_.path()));
    folder_ = std::make_unique<ModelFolder>(std::move(folder));
    return EncoderModel::load(*folder_, precision, ctx_);
  }
  Rows run(const EncoderModel& model, std::span<const EncoderModel::Input> inputs) {
    tensor::Matrix<float> out(static_cast<int>(inputs.size()), model.outputs());
    const auto workspace = model.make_workspace();
    model.run(inputs, *workspace, out.view(), ctx_);
    Rows rows;
    for (int i = 0; i < out.rows(); ++i) {
      rows.emplace_back(out.row(i), out.row(i) + model.outputs());
    }
    return rows;
  }

  ThreadPool pool_{2};
  tensor::ExecContext ctx_{&pool_, &tensor::kernels_of(tensor::available_isas().back())};
  TemporaryFolder files_;
  std::unique_ptr<ModelFolder> folder_;
};

TEST_F(Encoders, EqualTransformers) {
  for (const char* name :
       {"bert", "bert_first", "bert_rerank", "xlm_roberta", "xlm_roberta_rerank"}) {
    const TinyDecoder tiny = tiny_encoder(name);
    write(tiny);
    if (std::string_view(name) == "bert_first") {
      add("1_Pooling/config.json", R"({"pooling_mode_cls_token": true})");
    }
    const auto model = load();
    ASSERT_TRUE(model) << name << ": " << model.error().message.en;
    const double error = worst_error(run(**model, inputs_of(tiny)), tiny.logits());
    std::cout << name << ": " << error << "\n";
    EXPECT_LE(error, kTolerance) << name;
    std::filesystem::remove_all(files_.path() / "1_Pooling");
  }
}

TEST_F(Encoders, GgufIsTheSameModel) {
  const TinyDecoder tiny = tiny_encoder("bert");
  const std::string bytes = tiny.gguf();
  const auto file = formats::GgufFile::parse(std::as_bytes(std::span(bytes))).value();
  EXPECT_TRUE(is_encoder(file));
  const auto model = EncoderModel::load(file, EncoderPrecision::kStored, ctx_);
  ASSERT_TRUE(model) << model.error().message.en;
  EXPECT_LE(worst_error(run(**model, inputs_of(tiny)), tiny.logits()), kTolerance);
}

TEST_F(Encoders, ATextsBitsDoNotDependOnItsCompanyOrTheInstructionSet) {
  const TinyDecoder tiny = tiny_encoder("bert");
  write(tiny);
  const auto inputs = inputs_of(tiny);
  Rows expected;
  for (const tensor::Isa isa : tensor::available_isas()) {
    ctx_.kernels = &tensor::kernels_of(isa);
    const auto model = load().value();
    const Rows together = run(*model, inputs);
    if (expected.empty()) expected = together;
    EXPECT_EQ(together, expected) << tensor::isa_name(isa);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      EXPECT_EQ(run(*model, std::span(inputs).subspan(i, 1))[0], expected[i]) << i;
    }
    std::vector<EncoderModel::Input> many;  // several passes
    for (int copy = 0; copy < 30; ++copy) many.insert(many.end(), inputs.begin(), inputs.end());
    EXPECT_EQ(run(*model, many)[85], expected[1]);
  }
}

TEST_F(Encoders, TwelveBitsStayNearAndHaveTheSameBitsOnEachInstructionSet) {
  const TinyDecoder tiny = tiny_encoder("bert");
  write(tiny);
  Rows expected;
  for (const tensor::Isa isa : tensor::available_isas()) {
    ctx_.kernels = &tensor::kernels_of(isa);
    const auto model = load(EncoderPrecision::kTwelveBit).value();
    const Rows rows = run(*model, inputs_of(tiny));
    if (expected.empty()) expected = rows;
    EXPECT_EQ(rows, expected) << tensor::isa_name(isa);
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    double cosine = 0;
    for (std::size_t d = 0; d < expected[i].size(); ++d) {
      cosine += double{expected[i][d]} * tiny.logits()[i][d];
    }
    EXPECT_GT(cosine, 0.99999);
    EXPECT_NE(expected[i][0], static_cast<float>(tiny.logits()[i][0]));  // it is not the exact one
  }
}

TEST_F(Encoders, PoolingAndLengthsComeFromSentenceTransformersFiles) {
  write(tiny_encoder("bert"));
  add("modules.json", R"([{"path":"","type":"sentence_transformers.models.Transformer"},)"
                      R"({"path":"1_Pooling","type":"sentence_transformers.models.Pooling"}])");
  add("1_Pooling/config.json", R"({"pooling_mode_lasttoken": true})");
  add("sentence_bert_config.json", R"({"max_seq_length": 9})");
  const auto model = load();
  ASSERT_TRUE(model) << model.error().message.en;
  EXPECT_EQ((*model)->config().pooling, Pooling::kLast);
  EXPECT_FALSE((*model)->config().normalise);
  EXPECT_EQ((*model)->config().max_tokens, 9);
}

TEST_F(Encoders, WhatTheyCannotDoIsRefusedByName) {
  const auto refusal = [&](const char* file, const char* text) {
    write(tiny_encoder("bert"));
    std::filesystem::remove_all(files_.path() / "1_Pooling");
    std::filesystem::remove(files_.path() / "modules.json");
    add(file, text);
    const auto model = load();
    EXPECT_FALSE(model) << text;
    return model ? std::string() : model.error().message.en;
  };
  EXPECT_THAT(refusal("1_Pooling/config.json", R"({"pooling_mode_max_tokens": true})"),
              HasSubstr("pooling_mode_max_tokens"));
  EXPECT_THAT(refusal("1_Pooling/config.json",
                      R"({"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true})"),
              HasSubstr("2 ways to pool"));
  EXPECT_THAT(refusal("modules.json", R"([{"path":"2","type":"x.models.Dense"}])"),
              HasSubstr("x.models.Dense"));
  EXPECT_THAT(refusal("modules.json", R"([{"path":"../up","type":"x.Pooling"}])"),
              HasSubstr("outside the folder"));
  std::filesystem::remove(files_.path() / "modules.json");
  for (const auto& [key, value] :
       {std::pair<const char*, Json>{"position_embedding_type", "rotary"},
        {"hidden_act", "relu6"},
        {"is_decoder", true},
        {"num_attention_heads", 5},
        {"max_position_embeddings", 47}}) {
    TinyDecoder tiny = tiny_encoder("bert");
    tiny.config()[key] = value;
    write(tiny);
    EXPECT_FALSE(load()) << key;
  }
}

}  // namespace
}  // namespace mw::models
