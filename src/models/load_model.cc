// Which architecture a file or folder is of, and its model.
#include "core/free_memory.h"
#include "models/architectures/architecture.h"
#include "models/decoder_model.h"
#include "models/memory_need.h"
#include "models/model_folder.h"
#include "models/pack_weight.h"

namespace mw::models {
namespace {

std::string supported() {
  std::string names;
  for (const Architecture* each : architectures()) {
    names += (names.empty() ? "" : ", ") + std::string(each->name);
  }
  return names;
}

Error unknown(const std::string& name, const std::string& key) {
  return Error::make(
      Code::kUnsupported,
      "architecture '" + name + "' is not supported by this version; supported: " + supported(),
      "本版本不支持架构 " + name + "；支持：" + supported(), key);
}

Result<const Architecture*> architecture_of(const formats::GgufFile& file) {
  if (const auto kind = file.text("general.type"); kind && *kind == "adapter") {
    return Error::make(Code::kUnsupported,
                       "GGUF key general.type: this is an adapter and no model; name it beside its "
                       "model: --adapter NAME=PATH",
                       "GGUF 键 general.type：这是适配器而不是模型，请与其模型一起使用："
                       "--adapter NAME=PATH",
                       "general.type");
  }
  constexpr const char* kKey = "general.architecture";
  MW_ASSIGN(const std::string name, file.text(kKey));
  for (const Architecture* each : architectures()) {
    if (each->name == name) return each;
  }
  return unknown(name, kKey);
}

Result<const Architecture*> architecture_of(const Json& config) {
  constexpr const char* kKey = "architectures";
  const auto found = config.find(kKey);
  if (found == config.end() || !found->is_array() || found->size() != 1 ||
      !(*found)[0].is_string()) {
    return Error::make(Code::kCorrupt, "config.json key architectures: expected a list of one name",
                       {}, kKey);
  }
  const auto name = (*found)[0].get<std::string>();
  for (const Architecture* each : architectures()) {
    for (const std::string_view known : each->classes) {
      if (known == name) return each;
    }
  }
  return unknown(name, kKey);
}

std::string origin_of(const formats::GgufFile& file) {
  for (const char* key :
       {"general.source.huggingface.repository", "general.source.repo_url", "general.source.url"}) {
    if (auto name = file.text(key)) return *std::move(name);
  }
  return {};
}

/// A few elements of biased keys are hundreds of times the others, and share a head's scale with
/// them. What is stored as f32 was meant to stay exact.
Result<bool> suits_byte_keys(const ModelConfig& config, WeightRegistry& weights) {
  if (!config.even_keys || weights.has("attention_key_bias", 0)) return false;
  MW_ASSIGN(const formats::StoredTensor embedding, weights.tensor("token_embedding"));
  return embedding.type != formats::GgmlType::kF32 || weights.rounds_floats();
}

/// Only integer weights are multiplied with integers; one matrix tells how a file keeps its
/// layers'.
Result<bool> suits_byte_inputs(const ModelConfig& config, WeightRegistry& weights) {
  if (!config.bears_byte_inputs) return false;
  MW_ASSIGN(const formats::StoredTensor matrix, weights.tensor("ffn_down", 0));
  MW_ASSIGN(const tensor::WeightFormat format, packed_format(matrix));
  return tensor::is_integer(format) || weights.rounds_floats();
}

Result<std::unique_ptr<Model>> load_decoder(ModelConfig config, const WeightFile& file,
                                            const WeightNames& names,
                                            const tensor::ExecContext& ctx,
                                            const PackedWeights* packed,
                                            const Precision& precision) {
  WeightRegistry weights(file, config, names, packed);
  if (precision.floats == FloatWeights::kRounded) weights.round_floats();
  bool bytes = precision.kv == KvPrecision::kBytes;
  if (precision.kv == KvPrecision::kByModel) {
    MW_ASSIGN(bytes, suits_byte_keys(config, weights));
  }
  if (bytes) config.kv_format = tensor::KvFormat::kI8;
  bool byte_inputs = precision.inputs == InputPrecision::kBytes;
  if (precision.inputs == InputPrecision::kByModel) {
    MW_ASSIGN(byte_inputs, suits_byte_inputs(config, weights));
  }
  if (byte_inputs) config.inputs = tensor::InputForm::kBytes;
  MW_TRY(check_memory(memory_need(file, config, precision.floats), free_memory_bytes()));
  return DecoderModel::load(config, weights, ctx);
}

}  // namespace

Result<ModelConfig> read_config(const formats::GgufFile& file) {
  MW_ASSIGN(const Architecture* architecture, architecture_of(file));
  const ConfigKeys keys = ConfigKeys::of_gguf(file, architecture->name);
  MW_ASSIGN(ModelConfig config, architecture->from_gguf(keys));
  MW_TRY(keys.refuse_unread());
  config.architecture = architecture->name;
  config.origin = origin_of(file);
  constexpr const char* kEmbedding = "token_embd.weight";
  const formats::GgufTensor* embedding = file.tensor(kEmbedding);
  if (embedding == nullptr || embedding->shape.size() != 2 || embedding->shape[0] > (1 << 22)) {
    return Error::make(Code::kCorrupt,
                       std::string("tensor ") + kEmbedding + " is missing or not a matrix", {},
                       kEmbedding);
  }
  config.vocabulary = static_cast<int>(embedding->shape[0]);
  config.tied_output = file.tensor("output.weight") == nullptr;
  MW_TRY(check_config(config));
  return config;
}

Result<ModelConfig> read_config(const Json& config_json) {
  MW_ASSIGN(const Architecture* architecture, architecture_of(config_json));
  MW_ASSIGN(ModelConfig config, architecture->from_folder(ConfigKeys::of_json(config_json)));
  config.architecture = architecture->name;
  config.origin = json_string(config_json, "_name_or_path").value_or("");
  MW_TRY(check_config(config));
  return config;
}

std::string precision_suffix(FloatWeights floats, const ModelConfig& loaded) {
  return std::string(floats == FloatWeights::kRounded ? "-w8" : "") +
         (loaded.kv_format == tensor::KvFormat::kI8 ? "-kv8" : "") +
         (loaded.inputs == tensor::InputForm::kBytes ? "-a8f" : "");
}

Result<std::unique_ptr<Model>> load_model(const formats::GgufFile& file,
                                          const tensor::ExecContext& ctx,
                                          const PackedWeights* packed, const Precision& precision) {
  MW_ASSIGN(const ModelConfig config, read_config(file));
  MW_ASSIGN(const Architecture* architecture, architecture_of(file));
  return load_decoder(config, WeightFile(file), architecture->gguf_weights, ctx, packed, precision);
}

Result<std::unique_ptr<Model>> load_model(const ModelFolder& folder, const tensor::ExecContext& ctx,
                                          const PackedWeights* packed, const Precision& precision) {
  MW_ASSIGN(const ModelConfig config, read_config(folder.config));
  MW_ASSIGN(const Architecture* architecture, architecture_of(folder.config));
  return load_decoder(config, WeightFile(folder.weights), architecture->folder_weights, ctx, packed,
                      precision);
}

Result<std::unique_ptr<Model>> load_variant(const formats::GgufFile& file,
                                            std::shared_ptr<const Model> base,
                                            const ReplacedTensors& replaced,
                                            const tensor::ExecContext& ctx) {
  MW_ASSIGN(ModelConfig config, read_config(file));
  MW_ASSIGN(const Architecture* architecture, architecture_of(file));
  const WeightFile weight_file(file, replaced);
  const PackedWeights shared = PackedWeights::shared_with(std::move(base), replaced);
  WeightRegistry weights(weight_file, config, architecture->gguf_weights, &shared);
  return DecoderModel::load(config, weights, ctx);
}

uint64_t Model::weight_bytes() const {
  uint64_t bytes = 0;
  for (const NamedMatrix& each : matrices()) bytes += each.matrix->bytes();
  return bytes;
}

}  // namespace mw::models
