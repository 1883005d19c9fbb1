// Encoders in files: reference/engine.md 1.6, and sentence-transformers' folders.
#include "models/encoder_config.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/file.h"
#include "models/architectures/architecture.h"

namespace mw::models {
namespace {

namespace fs = std::filesystem;

struct EncoderClass {
  std::string_view name;
  bool roberta;  // positions from 2, and its own classifier
  bool classifies;
};
constexpr std::array kClasses = {
    EncoderClass{"BertModel", false, false},
    EncoderClass{"BertForSequenceClassification", false, true},
    EncoderClass{"RobertaModel", true, false},
    EncoderClass{"RobertaForSequenceClassification", true, true},
    EncoderClass{"XLMRobertaModel", true, false},
    EncoderClass{"XLMRobertaForSequenceClassification", true, true},
};

constexpr WeightSpec kGguf[] = {
    {"token_embedding", "token_embd.weight", "VD"},
    {"position_embedding", "position_embd.weight", "CD"},
    {"type_embedding", "token_types.weight", "TD"},
    {"embedding_norm", "token_embd_norm.weight", "D"},
    {"embedding_norm_bias", "token_embd_norm.bias", "D"},
    {"attention_query", "blk.{}.attn_q.weight", "QD"},
    {"attention_query_bias", "blk.{}.attn_q.bias", "Q"},
    {"attention_key", "blk.{}.attn_k.weight", "PD"},
    {"attention_key_bias", "blk.{}.attn_k.bias", "P"},
    {"attention_value", "blk.{}.attn_v.weight", "PD"},
    {"attention_value_bias", "blk.{}.attn_v.bias", "P"},
    {"attention_output", "blk.{}.attn_output.weight", "DQ"},
    {"attention_output_bias", "blk.{}.attn_output.bias", "D"},
    {"attention_norm", "blk.{}.attn_output_norm.weight", "D"},
    {"attention_norm_bias", "blk.{}.attn_output_norm.bias", "D"},
    {"ffn_up", "blk.{}.ffn_up.weight", "FD"},
    {"ffn_up_bias", "blk.{}.ffn_up.bias", "F"},
    {"ffn_down", "blk.{}.ffn_down.weight", "DF"},
    {"ffn_down_bias", "blk.{}.ffn_down.bias", "D"},
    {"ffn_norm", "blk.{}.layer_output_norm.weight", "D"},
    {"ffn_norm_bias", "blk.{}.layer_output_norm.bias", "D"},
};

constexpr WeightSpec kFolder[] = {
    {"token_embedding", "embeddings.word_embeddings.weight", "VD"},
    {"position_embedding", "embeddings.position_embeddings.weight", "CD"},
    {"type_embedding", "embeddings.token_type_embeddings.weight", "TD"},
    {"embedding_norm", "embeddings.LayerNorm.weight", "D"},
    {"embedding_norm_bias", "embeddings.LayerNorm.bias", "D"},
    {"attention_query", "encoder.layer.{}.attention.self.query.weight", "QD"},
    {"attention_query_bias", "encoder.layer.{}.attention.self.query.bias", "Q"},
    {"attention_key", "encoder.layer.{}.attention.self.key.weight", "PD"},
    {"attention_key_bias", "encoder.layer.{}.attention.self.key.bias", "P"},
    {"attention_value", "encoder.layer.{}.attention.self.value.weight", "PD"},
    {"attention_value_bias", "encoder.layer.{}.attention.self.value.bias", "P"},
    {"attention_output", "encoder.layer.{}.attention.output.dense.weight", "DQ"},
    {"attention_output_bias", "encoder.layer.{}.attention.output.dense.bias", "D"},
    {"attention_norm", "encoder.layer.{}.attention.output.LayerNorm.weight", "D"},
    {"attention_norm_bias", "encoder.layer.{}.attention.output.LayerNorm.bias", "D"},
    {"ffn_up", "encoder.layer.{}.intermediate.dense.weight", "FD"},
    {"ffn_up_bias", "encoder.layer.{}.intermediate.dense.bias", "F"},
    {"ffn_down", "encoder.layer.{}.output.dense.weight", "DF"},
    {"ffn_down_bias", "encoder.layer.{}.output.dense.bias", "D"},
    {"ffn_norm", "encoder.layer.{}.output.LayerNorm.weight", "D"},
    {"ffn_norm_bias", "encoder.layer.{}.output.LayerNorm.bias", "D"},
};
constexpr WeightSpec kBertHead[] = {
    {"head_dense", "pooler.dense.weight", "DD"},
    {"head_dense_bias", "pooler.dense.bias", "D"},
    {"head_output", "classifier.weight", "LD"},
    {"head_output_bias", "classifier.bias", "L"},
};
constexpr WeightSpec kRobertaHead[] = {
    {"head_dense", "classifier.dense.weight", "DD"},
    {"head_dense_bias", "classifier.dense.bias", "D"},
    {"head_output", "classifier.out_proj.weight", "LD"},
    {"head_output_bias", "classifier.out_proj.bias", "L"},
};
/// The pooler that training on pairs leaves behind, and a table of numbers 0, 1, 2, ...
constexpr std::string_view kUnused[] = {"pooler.dense.weight", "pooler.dense.bias",
                                        ".position_ids"};

Error unsupported(const std::string& file, const std::string& what) {
  return Error::make(Code::kUnsupported, file + ": " + what + " is not supported by this version",
                     file + "：本版本不支持 " + what, file);
}

const EncoderClass* class_of(const Json& config) {
  const auto found = config.find("architectures");
  if (found == config.end() || !found->is_array() || found->size() != 1 ||
      !(*found)[0].is_string()) {
    return nullptr;
  }
  for (const EncoderClass& each : kClasses) {
    if (each.name == (*found)[0].get<std::string>()) return &each;
  }
  return nullptr;
}

Result<Json> read_json(const fs::path& path) {
  MW_ASSIGN(const std::string text, read_file(path, uint64_t{1} << 20));
  auto value = parse_json(text);
  if (!value) return value.error().within(path.string());
  return value;
}

/// sentence-transformers: which of its ways to pool is on.
Result<void> read_pooling(const fs::path& path, EncoderConfig& config) {
  MW_ASSIGN(const Json json, read_json(path));
  const std::string file = path.parent_path().filename().string() + "/config.json";
  constexpr std::pair<const char*, Pooling> kModes[] = {
      {"pooling_mode_mean_tokens", Pooling::kMean},
      {"pooling_mode_cls_token", Pooling::kFirst},
      {"pooling_mode_lasttoken", Pooling::kLast}};
  int modes = 0;
  for (const auto& [key, value] : json.items()) {
    if (!key.starts_with("pooling_mode") || value != Json(true)) continue;
    ++modes;
    const auto known = std::find_if(std::begin(kModes), std::end(kModes),
                                    [&](const auto& mode) { return mode.first == key; });
    if (known == std::end(kModes)) return unsupported(file, key);
    config.pooling = known->second;
  }
  if (const auto mode = json.find("pooling_mode"); modes == 0 && mode != json.end()) {
    modes = 1;
    if (*mode == Json("mean")) {
      config.pooling = Pooling::kMean;
    } else if (*mode == Json("cls")) {
      config.pooling = Pooling::kFirst;
    } else if (*mode == Json("lasttoken")) {
      config.pooling = Pooling::kLast;
    } else {
      return unsupported(file, "pooling_mode " + to_text(*mode));
    }
  }
  if (modes != 1) return unsupported(file, std::to_string(modes) + " ways to pool at once");
  return {};
}

Result<void> read_modules(const fs::path& folder, EncoderConfig& config) {
  std::error_code problem;
  if (!fs::exists(folder / "modules.json", problem)) {
    if (fs::exists(folder / "1_Pooling/config.json", problem)) {
      return read_pooling(folder / "1_Pooling/config.json", config);
    }
    return {};  // a bare encoder: the mean, to length 1
  }
  MW_ASSIGN(const Json modules, read_json(folder / "modules.json"));
  config.normalise = false;
  for (const Json& module : modules) {
    MW_ASSIGN(const std::string type, json_string(module, "type"));
    MW_ASSIGN(const std::string path, json_string(module, "path"));
    if (type.ends_with("Transformer")) continue;
    if (type.ends_with("Normalize")) {
      config.normalise = true;
    } else if (type.ends_with("Pooling")) {
      const fs::path inside = fs::path(path).lexically_normal();
      if (inside.is_absolute() || inside.string().starts_with("..")) {
        return unsupported("modules.json", "a path outside the folder");
      }
      MW_TRY(read_pooling(folder / inside / "config.json", config));
    } else {
      return unsupported("modules.json", "the module " + type.substr(0, 100));
    }
  }
  return {};
}

Result<void> read_lengths(const ModelFolder& folder, EncoderConfig& config) {
  const fs::path path = folder.path / "sentence_bert_config.json";
  std::error_code problem;
  if (fs::exists(path, problem)) {
    MW_ASSIGN(const Json json, read_json(path));
    MW_ASSIGN(const int64_t most, json_integer(json, "max_seq_length", config.max_tokens));
    if (most < 2) return unsupported("sentence_bert_config.json", "so small a max_seq_length");
    config.max_tokens = static_cast<int>(std::min<int64_t>(most, config.max_tokens));
  }
  const auto shorter = folder.config.find("matryoshka_dimensions");
  if (shorter == folder.config.end() || !shorter->is_array()) return {};
  for (const Json& each : *shorter) {
    if (each.is_number_unsigned() &&
        each.get<uint64_t>() <= static_cast<uint64_t>(config.model.width)) {
      config.shorter.push_back(each.get<int>());
    }
  }
  return {};
}

/// What encoders have in common, whatever file they come from.
Result<void> finish(EncoderConfig& config) {
  ModelConfig& model = config.model;
  model.kv_heads = model.heads;
  model.head_dim = model.width / model.heads;
  model.norm = NormKind::kLayer;
  model.gated_ffn = false;
  model.learned_positions = true;
  model.rope_dims = 0;
  const int positions = model.context_length - config.position_offset;
  if (positions < 2 || model.width % model.heads != 0) {
    return Error::make(Code::kCorrupt, "an encoder with " + std::to_string(positions) +
                                           " positions and " + std::to_string(model.heads) +
                                           " heads for width " + std::to_string(model.width));
  }
  config.max_tokens = config.max_tokens == 0 ? positions : std::min(config.max_tokens, positions);
  return check_config(model);
}

}  // namespace

bool is_encoder(const formats::GgufFile& file) {
  const auto name = file.text("general.architecture");
  return name && *name == "bert";
}

bool is_encoder(const Json& config_json) { return class_of(config_json) != nullptr; }

Result<EncoderConfig> read_encoder_config(const formats::GgufFile& file) {
  const ConfigKeys keys = ConfigKeys::of_gguf(file, "bert");
  EncoderConfig config;
  ModelConfig& model = config.model;
  model.architecture = "bert";
  MW_ASSIGN(model.layers, keys.integer("block_count", 1, 512));
  MW_ASSIGN(model.width, keys.integer("embedding_length", 16, 65536));
  MW_ASSIGN(model.heads, keys.integer("attention.head_count", 1, 1024));
  MW_ASSIGN(model.ffn_width, keys.integer("feed_forward_length", 16, 1 << 20));
  MW_ASSIGN(model.context_length, keys.integer("context_length", 2, 1 << 20));
  MW_ASSIGN(const double epsilon, keys.number("attention.layer_norm_epsilon", 1e-14, 0.1));
  model.norm_epsilon = static_cast<float>(epsilon);
  model.activation = tensor::Activation::kGeluErf;
  MW_ASSIGN(const bool causal, keys.flag("attention.causal", false));
  if (causal) return keys.unsupported("attention.causal", "an encoder that sees one way");
  MW_ASSIGN(const int pooling, keys.integer("pooling_type", 0, 4, 1));
  if (pooling < 1 || pooling > 3) return keys.unsupported("pooling_type", std::to_string(pooling));
  config.pooling = pooling == 1 ? Pooling::kMean : pooling == 2 ? Pooling::kFirst : Pooling::kLast;
  MW_ASSIGN(const int vocabulary, keys.integer("vocab_size", 1, 1 << 22, 1));
  (void)vocabulary;  // the embedding's rows count
  MW_TRY(keys.refuse_unread());
  for (const auto& [name, size] :
       {std::pair<const char*, int*>{"token_embd.weight", &model.vocabulary},
        {"token_types.weight", &model.token_types}}) {
    const formats::GgufTensor* found = file.tensor(name);
    if (found == nullptr || found->shape.size() != 2 || found->shape[0] > (1 << 22)) {
      return Error::make(Code::kCorrupt, std::string("tensor ") + name + " is missing", {}, name);
    }
    *size = static_cast<int>(found->shape[0]);
  }
  MW_TRY(finish(config));
  return config;
}

Result<EncoderConfig> read_encoder_config(const ModelFolder& folder) {
  const EncoderClass* kind = class_of(folder.config);
  if (kind == nullptr) return unsupported("config.json", "an architecture that is no encoder");
  const ConfigKeys keys = ConfigKeys::of_json(folder.config);
  EncoderConfig config;
  ModelConfig& model = config.model;
  model.architecture = kind->roberta ? "xlm-roberta" : "bert";
  MW_ASSIGN(model.layers, keys.integer("num_hidden_layers", 1, 512));
  MW_ASSIGN(model.width, keys.integer("hidden_size", 16, 65536));
  MW_ASSIGN(model.heads, keys.integer("num_attention_heads", 1, 1024));
  MW_ASSIGN(model.ffn_width, keys.integer("intermediate_size", 16, 1 << 20));
  MW_ASSIGN(model.vocabulary, keys.integer("vocab_size", 1, 1 << 22));
  MW_ASSIGN(model.context_length, keys.integer("max_position_embeddings", 2, 1 << 20));
  MW_ASSIGN(model.token_types, keys.integer("type_vocab_size", 1, 1024, 2));
  MW_ASSIGN(const double epsilon, keys.number("layer_norm_eps", 1e-14, 0.1, 1e-12));
  model.norm_epsilon = static_cast<float>(epsilon);
  MW_ASSIGN(model.activation, read_activation(keys, "hidden_act", "gelu"));
  MW_ASSIGN(const std::string positions, keys.text("position_embedding_type", "absolute"));
  if (positions != "absolute") return keys.unsupported("position_embedding_type", positions);
  if (kind->roberta) {
    MW_ASSIGN(const int padding, keys.integer("pad_token_id", 0, 1 << 20, 1));
    config.position_offset = padding + 1;
  }
  MW_TRY(keys.refuse({"is_decoder", "add_cross_attention", "quantization_config"}));
  if (kind->classifies) {
    config.head = kind->roberta ? EncoderHead::kRoberta : EncoderHead::kBert;
    const auto labels = folder.config.find("id2label");
    model.labels =
        labels != folder.config.end() && labels->is_object() ? static_cast<int>(labels->size()) : 2;
    config.pooling = Pooling::kFirst;
    config.normalise = false;
  }
  MW_TRY(finish(config));
  if (!kind->classifies) MW_TRY(read_modules(folder.path, config));
  MW_TRY(read_lengths(folder, config));
  return config;
}

WeightNames encoder_weights(const formats::GgufFile&) { return {kGguf, {}, {}, kUnused}; }

WeightNames encoder_weights(const ModelFolder& folder) {
  const EncoderClass* kind = class_of(folder.config);
  const bool roberta = kind != nullptr && kind->roberta;
  const bool classifies = kind != nullptr && kind->classifies;
  const std::string_view prefix = roberta ? "roberta." : "bert.";
  if (!classifies) return {kFolder, {}, prefix, kUnused};
  return roberta ? WeightNames{kFolder, kRobertaHead, prefix, kUnused}
                 : WeightNames{kFolder, kBertHead, prefix, kUnused};
}

}  // namespace mw::models
