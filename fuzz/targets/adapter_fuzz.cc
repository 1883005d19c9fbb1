// Any bytes as an adapter: an adapter_config.json beside a sound adapter_model.safetensors, the
// same followed (after a byte 0) by a safetensors file of its own, and a GGUF file. What comes out
// is an adapter that a pass of its base can be asked for, or an error with words.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "core/check.h"
#include "models/internal/build_adapter.h"
#include "models/model.h"

namespace {

using namespace mw;

const models::ModelConfig& base() {
  static const models::ModelConfig config =
      models::read_config(parse_json(R"({"architectures":["LlamaForCausalLM"],"hidden_size":32,
            "intermediate_size":32,"num_hidden_layers":1,"num_attention_heads":2,
            "num_key_value_heads":1,"vocab_size":16,"max_position_embeddings":32,
            "rms_norm_eps":1e-5,"hidden_act":"silu"})")
                              .value())
          .value();
  return config;
}

/// A change of rank 2 to one product.
const std::string& sound_weights() {
  static const std::string bytes = [] {
    const std::string name = R"("base_model.model.model.layers.0.self_attn.q_proj.lora_)";
    const std::string header =
        "{" + name + R"(A.weight":{"dtype":"F32","shape":[2,32],"data_offsets":[0,256]},)" + name +
        R"(B.weight":{"dtype":"F32","shape":[32,2],"data_offsets":[256,512]}})";
    const uint64_t length = header.size();
    std::string out(sizeof length, '\0');
    std::memcpy(out.data(), &length, sizeof length);
    return out + header + std::string(512, '\0');
  }();
  return bytes;
}

void check(const Result<models::AdapterSource>& source) {
  if (!source) {
    MW_CHECK(!source.error().message.en.empty());
    return;
  }
  const auto adapter = models::build_adapter(*source, base());
  if (!adapter) {
    MW_CHECK(!adapter.error().message.en.empty());
    return;
  }
  MW_CHECK_EQ((*adapter)->layers(), base().layers);
  MW_CHECK((*adapter)->rank() >= 1 && (*adapter)->rank() <= tensor::kMaxRank);
  for (std::size_t i = 0; i < models::kLayerProducts; ++i) {
    const auto* change = (*adapter)->change(static_cast<models::Product>(i), 0);
    if (change != nullptr) MW_CHECK_EQ(change->down.rows(), change->up.width());
  }
}

void check_folder(std::string_view config, std::string_view weights) {
  const auto json = parse_json(config);
  if (!json || !json->is_object()) return;
  const auto file = formats::SafetensorsFile::parse(std::as_bytes(std::span(weights)));
  if (file) check(models::read_peft_adapter(*json, *file));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto end = all.find('\0');
  check_folder(all.substr(0, end), sound_weights());
  if (end != std::string_view::npos) check_folder(all.substr(0, end), all.substr(end + 1));
  const auto file = formats::GgufFile::parse(std::as_bytes(std::span(data, size)));
  if (file) check(models::read_gguf_adapter(*file));
  return 0;
}
