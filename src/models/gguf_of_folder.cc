#include "models/gguf_of_folder.h"

#include <algorithm>
#include <cstring>

#include "core/file.h"
#include "formats/dequantize.h"
#include "formats/gguf_writer.h"
#include "models/architectures/architecture.h"
#include "models/model.h"
#include "tokenizers/byte_level_spec.h"

namespace mw::models {
namespace {

using formats::GgmlType;
using formats::StoredTensor;

constexpr std::string_view kCarried[] = {"llama", "qwen2", "qwen3"};
constexpr uint64_t kMostTokenizerBytes = uint64_t{256} << 20;

Error unsupported(const std::string& what) {
  return Error::make(Code::kUnsupported,
                     what +
                         " is not carried over to GGUF by this version; convert the folder with "
                         "llama.cpp's convert_hf_to_gguf.py",
                     what + "：本版本无法转换为 GGUF；请用 llama.cpp 的 convert_hf_to_gguf.py 转换",
                     what);
}

Result<const Architecture*> carried_architecture(const ModelConfig& config) {
  for (const Architecture* each : architectures()) {
    if (each->name == config.architecture &&
        std::find(std::begin(kCarried), std::end(kCarried), each->name) != std::end(kCarried)) {
      return each;
    }
  }
  return unsupported("architecture " + config.architecture);
}

/// llama.cpp turns adjacent elements in this family, folders halves.
bool pairs_rows(const ModelConfig& config, std::string_view weight) {
  return config.architecture == "llama" &&
         (weight.starts_with("attention_query") || weight.starts_with("attention_key"));
}

/// Rows i and i + d/2 of each head become neighbours.
std::vector<std::byte> paired_rows(const StoredTensor& source, int head_dim) {
  const auto rows = static_cast<std::size_t>(source.shape[0]);
  const std::size_t row_bytes = source.bytes.size() / rows;
  const auto dim = static_cast<std::size_t>(head_dim);
  std::vector<std::byte> out(source.bytes.size());
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t in_head = r % dim;
    const std::size_t from = r - in_head + in_head / 2 + in_head % 2 * (dim / 2);
    std::memcpy(out.data() + r * row_bytes, source.bytes.data() + from * row_bytes, row_bytes);
  }
  return out;
}

std::string name_in_gguf(const WeightSpec& spec, int layer) {
  std::string text(spec.file_name);
  const auto brace = text.find("{}");
  if (brace != std::string::npos) text.replace(brace, 2, std::to_string(layer));
  return text;
}

/// Adds the tensors of one file to the other.
class TensorCopy {
 public:
  TensorCopy(const ModelFolder& folder, const ModelConfig& config, const Architecture& architecture,
             formats::GgufWriter& writer)
      : config_(config),
        architecture_(architecture),
        file_(folder.weights),
        registry_(file_, config, architecture.folder_weights),
        writer_(writer) {}

  Result<void> run() {
    for (const auto& specs : {architecture_.gguf_weights.specs, architecture_.gguf_weights.more}) {
      for (const WeightSpec& spec : specs) {
        if (spec.file_name.find("{}") == std::string_view::npos) {
          MW_TRY(copy(spec, -1));
          continue;
        }
        for (int layer = 0; layer < config_.layers; ++layer) MW_TRY(copy(spec, layer));
      }
    }
    return registry_.refuse_unused();
  }

 private:
  Result<void> copy(const WeightSpec& spec, int layer) {
    const bool tied = spec.name == "output" && config_.tied_output;
    if (tied) return registry_.has(spec.name) ? registry_.skip(spec.name) : Result<void>();
    if (spec.name == "rope_divisors") return add_divisors(spec);
    if (spec.optional && !registry_.has(spec.name, layer)) return {};
    MW_ASSIGN(const StoredTensor tensor, registry_.tensor(spec.name, layer));
    const std::string name = name_in_gguf(spec, layer);
    if (pairs_rows(config_, spec.name)) {
      const auto bytes = paired_rows(tensor, config_.head_dim);
      StoredTensor turned = tensor;
      turned.bytes = bytes;
      return add(name, turned, true);
    }
    return add(name, tensor, false);
  }

  /// Vectors become f32, as llama.cpp wants them.
  Result<void> add(const std::string& name, const StoredTensor& tensor, bool copied) {
    if (tensor.shape.size() == 1) {
      std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
      formats::dequantize(tensor.type, tensor.bytes, values);
      writer_.add_tensor(name, tensor.shape, values);
    } else if (copied) {
      writer_.add_tensor(name, tensor.type, tensor.shape, tensor.bytes);
    } else {
      writer_.add_borrowed_tensor(name, tensor.type, tensor.shape, tensor.bytes);
    }
    return {};
  }

  Result<void> add_divisors(const WeightSpec& spec) {
    if (config_.rope.divisors.empty()) return {};
    const int64_t shape[] = {static_cast<int64_t>(config_.rope.divisors.size())};
    writer_.add_tensor(spec.file_name, shape, config_.rope.divisors);
    return {};
  }

  const ModelConfig& config_;
  const Architecture& architecture_;
  const WeightFile file_;
  WeightRegistry registry_;
  formats::GgufWriter& writer_;
};

void add_config(const ModelConfig& config, formats::GgufWriter& writer) {
  const std::string prefix = config.architecture + ".";
  const auto whole = [&](const char* key, int value) {
    writer.add_u32(prefix + key, static_cast<uint32_t>(value));
  };
  whole("block_count", config.layers);
  whole("context_length", config.context_length);
  whole("embedding_length", config.width);
  whole("feed_forward_length", config.ffn_width);
  whole("attention.head_count", config.heads);
  whole("attention.head_count_kv", config.kv_heads);
  whole("attention.key_length", config.head_dim);
  whole("attention.value_length", config.head_dim);
  whole("rope.dimension_count", config.rope_dims);
  whole("vocab_size", config.vocabulary);
  if (config.window > 0) whole("attention.sliding_window", config.window);
  writer.add_f32(prefix + "attention.layer_norm_rms_epsilon", config.norm_epsilon);
  writer.add_f32(prefix + "rope.freq_base", static_cast<float>(config.rope.base));
}

Result<void> add_tokenizer(const ModelFolder& folder, int rows, formats::GgufWriter& writer) {
  MW_ASSIGN(const std::string text, read_file(folder.path / "tokenizer.json", kMostTokenizerBytes));
  MW_ASSIGN(const std::unique_ptr<tokenizers::Tokenizer> own, read_folder_tokenizer(folder.path));
  const auto shown = [&](std::optional<int32_t> id) {
    return id ? own->display_piece(*id) : std::string();
  };
  MW_ASSIGN(tokenizers::TokenizerSpec spec,
            tokenizers::byte_level_spec(text, {shown(own->bos_id()), shown(own->eos_id())}));
  // Folders round the embedding up; a GGUF file has a token for each of its rows.
  for (auto i = spec.tokens.size(); i < static_cast<std::size_t>(rows); ++i) {
    spec.tokens.push_back("[PAD" + std::to_string(i) + "]");
    spec.token_types.push_back(5);
  }
  const std::string prefix = "tokenizer.ggml.";
  writer.add_text(prefix + "model", "gpt2");
  writer.add_text(prefix + "pre", spec.pre);
  writer.add_texts(prefix + "tokens", spec.tokens);
  writer.add_i32s(prefix + "token_type", spec.token_types);
  writer.add_texts(prefix + "merges", spec.merges);
  if (spec.bos_id) writer.add_u32(prefix + "bos_token_id", static_cast<uint32_t>(*spec.bos_id));
  if (spec.eos_id) writer.add_u32(prefix + "eos_token_id", static_cast<uint32_t>(*spec.eos_id));
  writer.add_bool(prefix + "add_bos_token", spec.add_bos);
  if (!folder.chat_template.empty()) {
    writer.add_text("tokenizer.chat_template", folder.chat_template);
  }
  return {};
}

/// The first setting that differs; empty where none does.
std::string difference(const ModelConfig& a, const ModelConfig& b) {
  const std::pair<const char*, bool> same[] = {
      {"layers", a.layers == b.layers},
      {"width", a.width == b.width},
      {"heads", a.heads == b.heads && a.kv_heads == b.kv_heads && a.head_dim == b.head_dim},
      {"feed-forward", a.ffn_width == b.ffn_width && a.gated_ffn == b.gated_ffn},
      {"vocabulary", a.vocabulary == b.vocabulary && a.tied_output == b.tied_output},
      {"context", a.context_length == b.context_length},
      {"norm", a.norm == b.norm && a.norm_epsilon == b.norm_epsilon},
      {"activation", a.activation == b.activation},
      {"scales", a.embedding_scale == b.embedding_scale && a.query_scale == b.query_scale &&
                     a.attention_cap == b.attention_cap && a.logit_cap == b.logit_cap},
      {"positions", a.learned_positions == b.learned_positions && a.rope_dims == b.rope_dims},
      {"rope", static_cast<float>(a.rope.base) == static_cast<float>(b.rope.base) &&
                   a.rope.magnitude == b.rope.magnitude},
      {"window", a.window == b.window && (a.window == 0 || a.sliding == b.sliding) &&
                     a.sliding_rope.has_value() == b.sliding_rope.has_value()},
  };
  for (const auto& [name, is_same] : same) {
    if (!is_same) return name;
  }
  return {};
}

}  // namespace

Result<std::string> gguf_of_folder(const ModelFolder& folder, const std::string& name) {
  MW_ASSIGN(const ModelConfig config, read_config(folder.config));
  MW_ASSIGN(const Architecture* architecture, carried_architecture(config));
  if (!config.rope.divisors.empty() && config.architecture != "llama") {
    return unsupported("rope scaling of " + config.architecture);
  }
  formats::GgufWriter writer;
  writer.add_text("general.architecture", config.architecture);
  writer.add_text("general.type", "model");
  writer.add_text("general.name", name);
  add_config(config, writer);
  MW_TRY(add_tokenizer(folder, config.vocabulary, writer));
  MW_TRY(TensorCopy(folder, config, *architecture, writer).run());
  MW_ASSIGN(std::string bytes, writer.build());
  MW_ASSIGN(const formats::GgufFile file,
            formats::GgufFile::parse(std::as_bytes(std::span(bytes))));
  MW_ASSIGN(const ModelConfig again, read_config(file));
  const std::string differs = difference(config, again);
  if (!differs.empty()) return unsupported("setting '" + differs + "'");
  return bytes;
}

}  // namespace mw::models
