#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "runtime/scheduler.h"

namespace mw::runtime::testing {

/// After letter x comes x + 1; 'z' is followed by the end token. Writes KV lengths like a real one.
class Alphabet final : public models::Model {
 public:
  Alphabet() {
    config_.layers = 1;
    config_.kv_heads = 1;
    config_.head_dim = 16;
    config_.vocabulary = 257;
    config_.context_length = 256;
  }
  const models::ModelConfig& config() const override { return config_; }
  std::vector<models::NamedMatrix> matrices() const override { return {}; }
  std::unique_ptr<models::Workspace> make_workspace(int, int) const override {
    return std::make_unique<models::Workspace>();
  }
  void forward(std::span<const models::ForwardSegment> segments, models::Workspace&,
               tensor::MatView<float> logits, const tensor::ExecContext&) const override {
    if (pause_us > 0) std::this_thread::sleep_for(std::chrono::microseconds(pause_us));
    int row = 0;
    for (const auto& segment : segments) {
      for (std::size_t i = 0; i < segment.ids.size(); ++i) {
        const bool last = i + 1 == segment.ids.size();
        segment.kv->advance(1);
        if (segment.logits == models::ForwardSegment::Logits::kNone) continue;
        if (segment.logits == models::ForwardSegment::Logits::kLast && !last) continue;
        std::fill_n(logits.row(row), 257, 0.0F);
        const int32_t id = segment.ids[i];
        logits.row(row++)[id == 'z' ? 256 : (id + 1) % 256] = 10.0F;
      }
    }
    while (held) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ++passes;
  }
  mutable std::atomic<int> passes = 0;
  std::atomic<bool> held = false;  // a pass waits meanwhile
  std::atomic<int> pause_us = 0;   // a pass takes at least so long

 private:
  models::ModelConfig config_;
};

/// 256 single bytes and an end token.
inline std::shared_ptr<const tokenizers::Tokenizer> byte_tokenizer() {
  tokenizers::TokenizerSpec spec;
  int next = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const bool same = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    const int code = same ? byte : next++;
    std::string text;
    if (code < 128) {
      text += static_cast<char>(code);
    } else {
      text += static_cast<char>(0xc0 | (code >> 6));
      text += static_cast<char>(0x80 | (code & 63));
    }
    spec.tokens.push_back(text);
    spec.token_types.push_back(1);
  }
  spec.tokens.push_back("<end>");
  spec.token_types.push_back(3);
  spec.pre = "gpt-2";
  spec.eos_id = 256;
  auto tokenizer = tokenizers::Tokenizer::create(std::move(spec));
  EXPECT_TRUE(tokenizer) << tokenizer.error().message.en;
  return std::move(*tokenizer);
}

class SchedulerTest : public ::testing::Test {
 protected:
  std::unique_ptr<Scheduler> make(SchedulerOptions options = {}) {
    options.threads = 1;
    options.end_ids = {256};
    return std::make_unique<Scheduler>(model_, byte_tokenizer(), options, no_log());
  }
  static GenerateRequest from(char letter, int max_tokens) {
    GenerateRequest request;
    request.prompt_ids = {'!', letter};
    request.max_tokens = max_tokens;
    return request;
  }
  std::shared_ptr<Alphabet> model_ = std::make_shared<Alphabet>();
};

}  // namespace mw::runtime::testing
