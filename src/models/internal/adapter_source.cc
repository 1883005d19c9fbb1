// Not here: what a file's names mean in the base model (adapter.cc). Left out, refused by name:
// DoRA, biases, modules saved whole, embeddings, everything that PEFT added to LoRA and that
// changes what is computed.
#include "models/internal/adapter_source.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "models/internal/config_keys.h"

namespace mw::models {
namespace {

using formats::StoredTensor;

/// A factor by the end of a module's name, as PEFT's rank_pattern and alpha_pattern have it.
using Pattern = std::vector<std::pair<std::string, double>>;

Error unknown_tensor(const std::string& name, const std::string& expected) {
  return Error::make(Code::kUnsupported, "tensor " + name + ": " + expected,
                     "张量 " + name + " 不是本版本支持的 LoRA 张量", name);
}

Error missing_tensor(const std::string& name, const std::string& other) {
  return Error::make(Code::kCorrupt, "tensor " + name + " is missing, beside " + other,
                     "缺少张量 " + name, name);
}

/// `name` without `prefix` and `suffix`; nothing where it does not have both.
std::optional<std::string> between(const std::string& name, std::string_view prefix,
                                   std::string_view suffix) {
  if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) ||
      !name.ends_with(suffix)) {
    return std::nullopt;
  }
  return name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
}

/// The patterns under `key`. PEFT takes any regular expression; names, and names from the start
/// (^), are what adapters have.
Result<Pattern> read_pattern(const Json& config, const ConfigKeys& keys, const char* key) {
  Pattern out;
  if (!keys.has(key)) return out;
  const Json& value = config[key];
  if (!value.is_object()) return keys.corrupt(key, "expected an object");
  for (const auto& [name, number] : value.items()) {
    const std::string plain = name.starts_with('^') ? name.substr(1) : name;
    const bool simple = !plain.empty() && std::all_of(plain.begin(), plain.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '.';
    });
    if (!simple) {
      return keys.unsupported(
          key, "'" + name.substr(0, 80) + "' is a regular expression; names of modules are read");
    }
    if (!number.is_number() || !(number.get<double>() > 0 && number.get<double>() < 1e6)) {
      return keys.corrupt(key, "expected a positive number for '" + name + "'");
    }
    out.emplace_back(name, number.get<double>());
  }
  return out;
}

double by_pattern(const Pattern& pattern, const std::string& module, double otherwise) {
  for (const auto& [name, number] : pattern) {
    if (name.starts_with('^') ? module == name.substr(1)
                              : module == name || module.ends_with("." + name)) {
      return number;
    }
  }
  return otherwise;
}

/// What adapter_config.json says of the numbers.
struct PeftConfig {
  double rank = 0;
  double alpha = 0;
  bool by_root = false;  // rsLoRA, arXiv:2312.03732
  Pattern ranks;
  Pattern alphas;
  std::vector<std::string> targets;
  std::string base_name;
};

/// Starts from changed base weights (PiSSA and its kind) mean nothing without those weights.
Result<void> check_start(const Json& config, const ConfigKeys& keys) {
  constexpr const char* kKey = "init_lora_weights";
  if (!keys.has(kKey) || config[kKey].is_boolean()) return {};
  MW_ASSIGN(const std::string name, keys.text(kKey, ""));
  if (name == "gaussian" || name == "eva" || name == "orthogonal") return {};
  return keys.unsupported(
      kKey, "'" + name.substr(0, 40) +
                "' changes the base model's weights too; save it as a plain LoRA adapter");
}

Result<std::vector<std::string>> read_targets(const Json& config, const ConfigKeys& keys) {
  std::vector<std::string> out;
  const bool partly = keys.has("layers_to_transform") || keys.has("exclude_modules");
  (void)keys.has("layers_pattern");
  if (!keys.has("target_modules") || !config["target_modules"].is_array()) return out;
  MW_ASSIGN(out, keys.texts("target_modules"));
  if (partly) out.clear();
  return out;
}

Result<PeftConfig> read_peft_config(const Json& config) {
  const ConfigKeys keys = ConfigKeys::of_adapter(config);
  MW_ASSIGN(const std::string kind, keys.text("peft_type", ""));
  if (kind != "LORA") {
    return keys.unsupported("peft_type", "'" + kind.substr(0, 40) + "' is not supported by this " +
                                             "version; supported: LORA");
  }
  MW_ASSIGN(const std::string task, keys.text("task_type", "CAUSAL_LM"));
  if (task != "CAUSAL_LM") {
    return keys.unsupported("task_type", "'" + task.substr(0, 40) + "' is not supported by this " +
                                             "version; supported: CAUSAL_LM");
  }
  MW_ASSIGN(const std::string bias, keys.text("bias", "none"));
  if (bias != "none") return keys.unsupported("bias", "'" + bias.substr(0, 40) + "', not 'none'");
  MW_TRY(keys.refuse({"use_dora", "modules_to_save", "lora_bias", "loftq_config"}));
  MW_TRY(check_start(config, keys));
  PeftConfig out;
  MW_ASSIGN(out.rank, keys.integer("r", 1, 1 << 16));
  MW_ASSIGN(out.alpha, keys.number("lora_alpha", 1e-6, 1e6));
  MW_ASSIGN(out.by_root, keys.flag("use_rslora", false));
  MW_ASSIGN(out.ranks, read_pattern(config, keys, "rank_pattern"));
  MW_ASSIGN(out.alphas, read_pattern(config, keys, "alpha_pattern"));
  MW_ASSIGN(out.targets, read_targets(config, keys));
  MW_ASSIGN(out.base_name, keys.text("base_model_name_or_path", ""));
  // How it was trained, by what, and how PEFT lays out weights that we do not touch.
  // fan_in_fan_out is about the base's weight (Conv1D); A and B are the same with it.
  for (const char* each :
       {"auto_mapping", "revision", "inference_mode", "peft_version", "lora_dropout",
        "fan_in_fan_out", "megatron_core", "eva_config", "qalora_group_size"}) {
    (void)keys.has(each);
  }
  MW_TRY(keys.refuse_unread());
  return out;
}

}  // namespace

Result<AdapterSource> read_peft_adapter(const Json& config,
                                        const formats::SafetensorsFile& weights) {
  constexpr std::string_view kPrefix = "base_model.model.";
  constexpr std::string_view kDown = ".lora_A.weight";
  constexpr std::string_view kUp = ".lora_B.weight";
  MW_ASSIGN(const PeftConfig peft, read_peft_config(config));
  AdapterSource source;
  source.base_name = peft.base_name;
  source.targets = peft.targets;
  for (const formats::SafetensorsTensor& each : weights.tensors()) {
    if (const auto up = between(each.name, kPrefix, kUp)) {
      const std::string other = std::string(kPrefix) + *up + std::string(kDown);
      if (weights.tensor(other) == nullptr) return missing_tensor(other, each.name);
      continue;
    }
    const auto module = between(each.name, kPrefix, kDown);
    if (!module && each.name.ends_with(".base_layer.weight")) {
      return unknown_tensor(each.name,
                            "a copy of the base model's own weight, which may differ from it; save "
                            "the adapter with save_embedding_layers=False");
    }
    if (!module) {
      return unknown_tensor(each.name,
                            "expected base_model.model.MODULE.lora_A.weight or .lora_B.weight; "
                            "embeddings, biases, DoRA and modules saved whole are not supported");
    }
    const std::string other = std::string(kPrefix) + *module + std::string(kUp);
    const formats::SafetensorsTensor* up = weights.tensor(other);
    if (up == nullptr) return missing_tensor(other, each.name);
    AdapterPair pair;
    MW_ASSIGN(pair.down, formats::stored_tensor(each));
    MW_ASSIGN(pair.up, formats::stored_tensor(*up));
    const double rank = by_pattern(peft.ranks, *module, peft.rank);
    if (pair.down.shape.empty() || static_cast<double>(pair.down.shape[0]) != rank) {
      return Error::make(
          Code::kCorrupt,
          "tensor " + each.name + ": expected rank " + std::to_string(static_cast<int64_t>(rank)) +
              " as adapter_config.json has it, got " +
              (pair.down.shape.empty() ? "a single number" : std::to_string(pair.down.shape[0])),
          "张量 " + each.name + " 的秩与 adapter_config.json 不符", each.name);
    }
    const double alpha = by_pattern(peft.alphas, *module, peft.alpha);
    pair.scale = static_cast<float>(alpha / (peft.by_root ? std::sqrt(rank) : rank));
    source.pairs.emplace(*module + ".weight", std::move(pair));
  }
  return source;
}

Result<AdapterSource> read_gguf_adapter(const formats::GgufFile& file) {
  constexpr std::string_view kDown = ".lora_a";
  constexpr std::string_view kUp = ".lora_b";
  AdapterSource source;
  source.gguf = true;
  const auto kind = file.text("general.type");
  if (!kind || *kind != "adapter") {
    return Error::make(
        Code::kUnsupported,
        "GGUF key general.type: expected 'adapter', got '" +
            (kind ? *kind : std::string("nothing")) + "'; a whole model is loaded as a model",
        "GGUF 键 general.type 应为 'adapter'：完整模型请作为模型加载", "general.type");
  }
  MW_ASSIGN(source.architecture, file.text("general.architecture"));
  const ConfigKeys keys = ConfigKeys::of_gguf(file, "adapter");
  MW_ASSIGN(const std::string form, keys.text("type", ""));
  if (form != "lora") {
    return keys.unsupported("type", "'" + form.substr(0, 40) + "' is not supported by this " +
                                        "version; supported: lora");
  }
  MW_ASSIGN(const double alpha, keys.number("lora.alpha", 0, 1e6, 0));
  (void)keys.has("lora.task_name");
  MW_TRY(keys.refuse_unread());
  for (const char* key : {"general.base_model.0.repo_url", "general.base_model.0.name"}) {
    const auto name = file.text(key);
    if (name && source.base_name.empty()) source.base_name = *name;
  }
  for (const formats::GgufTensor& each : file.tensors()) {
    if (const auto up = between(each.name, "", kUp)) {
      const std::string other = *up + std::string(kDown);
      if (file.tensor(other) == nullptr) return missing_tensor(other, each.name);
      continue;
    }
    const auto weight = between(each.name, "", kDown);
    if (!weight) return unknown_tensor(each.name, "expected NAME.lora_a or NAME.lora_b");
    const std::string other = *weight + std::string(kUp);
    const formats::GgufTensor* up = file.tensor(other);
    if (up == nullptr) return missing_tensor(other, each.name);
    if (each.shape.empty()) return unknown_tensor(each.name, "expected a matrix");
    AdapterPair pair{each, *up, 1};
    // As llama.cpp reads it: without alpha the product is added as it is.
    if (alpha != 0) pair.scale = static_cast<float>(alpha / static_cast<double>(each.shape[0]));
    source.pairs.emplace(*weight, std::move(pair));
  }
  return source;
}

}  // namespace mw::models
