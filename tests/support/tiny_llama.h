#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "core/half.h"
#include "formats/gguf_writer.h"

namespace mw::testing_support {

/// A Llama of two layers with random weights of three types, as the bytes of a GGUF file: loads in
/// a millisecond and has everything but a tokenizer.
class TinyLlama {
 public:
  static constexpr int kVocabulary = 48;

  std::string build() {
    writer_.add_text("general.architecture", "llama");
    writer_.add_u32("llama.block_count", 2);
    writer_.add_u32("llama.embedding_length", 64);
    writer_.add_u32("llama.attention.head_count", 4);
    writer_.add_u32("llama.attention.head_count_kv", 2);
    writer_.add_u32("llama.feed_forward_length", 96);
    writer_.add_u32("llama.context_length", 64);
    writer_.add_f32("llama.attention.layer_norm_rms_epsilon", 1e-5F);
    using enum formats::GgmlType;
    add("token_embd.weight", kQ8_0, kVocabulary, 64);
    for (const std::string layer : {"blk.0.", "blk.1."}) {
      add_ones(layer + "attn_norm.weight");
      add(layer + "attn_q.weight", kQ4_1, 64, 64);
      add(layer + "attn_k.weight", kQ4_1, 32, 64);
      add(layer + "attn_v.weight", kF16, 32, 64);
      add(layer + "attn_output.weight", kQ4_0, 64, 64);
      add_ones(layer + "ffn_norm.weight");
      add(layer + "ffn_gate.weight", kQ4_1, 96, 64);
      add(layer + "ffn_up.weight", kQ5_0, 96, 64);
      add(layer + "ffn_down.weight", kQ8_0, 64, 96);
    }
    add_ones("output_norm.weight");
    return writer_.build().value_or("");
  }

 private:
  void add(const std::string& name, formats::GgmlType type, int64_t rows, int64_t width) {
    const auto layout = formats::block_layout(type).value();
    std::vector<std::byte> bytes(static_cast<std::size_t>(rows * width / layout.elements) *
                                 static_cast<std::size_t>(layout.bytes));
    for (std::byte& each : bytes) each = static_cast<std::byte>(random_());
    const auto put_half = [&](std::size_t at) {
      const uint16_t half = f32_to_f16(0.0005F * static_cast<float>(random_() % 100));
      std::memcpy(&bytes[at], &half, sizeof half);
    };
    for (std::size_t at = 0; at < bytes.size(); at += static_cast<std::size_t>(layout.bytes)) {
      put_half(at);  // the scale, or the value itself
      if (type == formats::GgmlType::kQ4_1) put_half(at + 2);
    }
    const int64_t shape[] = {rows, width};
    writer_.add_tensor(name, type, shape, bytes);
  }

  void add_ones(const std::string& name) {
    const int64_t shape[] = {64};
    writer_.add_tensor(name, shape, std::vector<float>(64, 1.0F));
  }

  formats::GgufWriter writer_;
  std::mt19937 random_{7};
};

}  // namespace mw::testing_support
