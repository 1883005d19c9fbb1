#include "apps/millwright/model_description.h"

#include <charconv>

#include "core/file.h"
#include "formats/gguf.h"
#include "models/encoder_config.h"
#include "models/gguf_tokenizer.h"
#include "models/kv_cache.h"
#include "models/model.h"
#include "models/model_folder.h"
#include "models/pack_weight.h"

namespace mw::app {
namespace {

std::string summary_of(const models::ModelConfig& config) {
  const auto number = [](const char* name, int value) {
    return std::string(", ") + name + " " + std::to_string(value);
  };
  std::string text = config.architecture + ": " + std::to_string(config.layers) + " layers" +
                     number("width", config.width) + number("heads", config.heads) + " x " +
                     std::to_string(config.head_dim) + number("key/value heads", config.kv_heads) +
                     number("feed-forward", config.ffn_width) +
                     number("vocabulary", config.vocabulary) +
                     number("context", config.context_length);
  if (config.window > 0) text += number("window", config.window);
  return text;
}

/// The configuration of a decoder or an encoder, whichever it is; `json_or_file` says which,
/// `whole` has all that an encoder's depends on.
template <class What, class Whole>
Result<models::ModelConfig> config_of(const What& json_or_file, const Whole& whole) {
  if (!models::is_encoder(json_or_file)) return models::read_config(json_or_file);
  MW_ASSIGN(const models::EncoderConfig encoder, models::read_encoder_config(whole));
  return encoder.model;
}

std::string tokenizer_text(const Result<std::unique_ptr<tokenizers::Tokenizer>>& tokenizer) {
  if (!tokenizer) return "not read: " + tokenizer.error().message.en;
  const auto named = [&](const char* name, std::optional<int32_t> id) {
    return id ? std::string(", ") + name + " " + (*tokenizer)->display_piece(*id) : std::string();
  };
  return std::to_string((*tokenizer)->vocabulary_size()) + " tokens" +
         named("BOS", (*tokenizer)->bos_id()) + named("EOS", (*tokenizer)->eos_id());
}

/// Every form holds the file's own numbers: packing rounds no weight (models/pack_weight.h).
void add_kernel_form(std::string_view type, TypeTotal& total) {
  constexpr int kTypes = 64;  // numbers of types in GGUF files; most are none of ours
  for (int number = 0; number < kTypes; ++number) {
    const auto each = static_cast<formats::GgmlType>(number);
    if (formats::type_name(each) != type) continue;
    const auto format = models::packed_format({.name = {}, .type = each, .shape = {}, .bytes = {}});
    if (!format) return;
    constexpr int kRows = 16;
    constexpr int kWidth = 256;
    total.kernel_form = tensor::format_name(*format);
    total.kernel_bits =
        8.0 * static_cast<double>(tensor::packed_bytes(*format, kRows, kWidth)) / (kRows * kWidth);
    return;
  }
}

void add_tensor(ModelDescription& model, DescribedTensor tensor) {
  int64_t elements = 1;
  for (const int64_t extent : tensor.shape) elements *= extent;
  model.parameters += elements;
  TypeTotal& total = model.types[tensor.type];
  if (total.tensors == 0) add_kernel_form(tensor.type, total);
  ++total.tensors;
  total.bytes += tensor.bytes;
  model.tensors.push_back(std::move(tensor));
}

void add_config(ModelDescription& model, const Result<models::ModelConfig>& config,
                bool is_encoder) {
  if (!config) {
    model.problem = config.error();
    return;
  }
  model.summary = summary_of(*config);
  model.config = *config;
  model.abilities.embeds = is_encoder && config->labels == 0;
  model.abilities.reranks = is_encoder && config->labels > 0;
  model.abilities.generates = !is_encoder;
  if (is_encoder) return;
  models::ModelConfig kept = *config;
  if (kept.even_keys) kept.kv_format = tensor::KvFormat::kI8;  // by default, ADR 0156
  for (const DescribedTensor& each : model.tensors) {
    const bool embedding = each.name.find("embd.weight") != std::string::npos ||
                           each.name.find("embed_tokens.weight") != std::string::npos ||
                           each.name.find("wte.weight") != std::string::npos;
    const bool biased = each.name.find("attn_k.bias") != std::string::npos ||
                        each.name.find("k_proj.bias") != std::string::npos;
    if (biased) kept.kv_format = tensor::KvFormat::kF16;
    // Weights of F32 keep their keys so (ADR 0025).
    if (embedding && each.type == "F32") kept.kv_format = tensor::KvFormat::kF32;
  }
  model.kv_bytes_per_token = models::KvPool(kept, 0).block_bytes() / tensor::kKvBlock;
}

/// What the template of a model that generates says besides.
void add_template(ModelDescription& model, std::string source) {
  model.chat_template = std::move(source);
  if (!model.abilities.generates) return;
  const auto mentions = [&](const char* word) {
    return model.chat_template.find(word) != std::string::npos;
  };
  model.abilities.chats = !model.chat_template.empty();
  model.abilities.calls_tools = mentions("tools");
  model.abilities.reasons = mentions("<think>");
}

/// `license:` in the head of a folder's README.md, which the hub calls the model's card; empty
/// where there is none.
std::string licence_of_card(const std::filesystem::path& folder) {
  constexpr uint64_t kMostCardBytes = 1 << 20;
  const auto card = read_file(folder / "README.md", kMostCardBytes);
  if (!card || !card->starts_with("---\n")) return {};
  const std::string head = card->substr(0, card->find("\n---", 4));
  constexpr std::string_view kKey = "\nlicense:";
  const auto at = head.find(kKey);
  if (at == std::string::npos) return {};
  const auto end = head.find('\n', at + kKey.size());
  const std::string line = head.substr(at + kKey.size(), end - at - kKey.size());
  std::string word;
  for (const char c : line) {
    if (c > 0x20 && c < 0x7f && c != '"' && c != '\'' && word.size() < 80) word += c;
  }
  return word;
}

ModelDescription describe_gguf(const formats::GgufFile& file) {
  ModelDescription model;
  model.format = "gguf";
  model.version = static_cast<int>(file.version());
  model.title = "GGUF version " + std::to_string(file.version());
  model.bytes = file.file_bytes();
  for (const formats::GgufEntry& entry : file.entries()) {
    model.keys.push_back({entry.key, entry.type, entry.shown});
    if (entry.key == "general.license") model.licence = entry.shown;
    if (entry.key == "general.name") model.name = entry.shown;
  }
  for (const formats::GgufTensor& tensor : file.tensors()) {
    add_tensor(model, {tensor.name, std::string(formats::type_name(tensor.type)), tensor.shape,
                       tensor.bytes.size()});
  }
  add_config(model, config_of(file, file), models::is_encoder(file));
  model.tokenizer = tokenizer_text(models::read_tokenizer(file));
  add_template(model, models::chat_template_source(file));
  return model;
}

ModelDescription describe_folder(const models::ModelFolder& folder) {
  constexpr std::size_t kMostShown = 120;
  ModelDescription model;
  model.format = "safetensors";
  const std::size_t files = folder.weights.files().size();
  model.title = "safetensors, " + std::to_string(files) + (files == 1 ? " file" : " files");
  model.bytes = folder.weights.file_bytes();
  for (const auto& [key, value] : folder.config.items()) {
    std::string text = to_text(value);
    if (text.size() > kMostShown) text = text.substr(0, kMostShown) + "...";
    const std::string quoted = to_text(key);  // no control character reaches a terminal
    model.keys.push_back({quoted.substr(1, quoted.size() - 2), value.type_name(), std::move(text)});
  }
  for (const formats::SafetensorsTensor* tensor : folder.weights.tensors()) {
    add_tensor(model,
               {tensor->name, std::string(tensor->type.name), tensor->shape, tensor->bytes.size()});
  }
  add_config(model, config_of(folder.config, folder), models::is_encoder(folder.config));
  model.tokenizer = tokenizer_text(models::read_folder_tokenizer(folder.path));
  add_template(model, folder.chat_template);
  model.licence = licence_of_card(folder.path);
  return model;
}

}  // namespace

std::optional<int> layer_of(std::string_view tensor) {
  for (auto dot = tensor.find('.'); dot != std::string_view::npos;
       dot = tensor.find('.', dot + 1)) {
    const std::string_view rest = tensor.substr(dot + 1);
    int layer = 0;
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), layer);
    const bool whole = end != rest.data() + rest.size() && *end == '.';
    if (problem == std::errc() && whole && layer >= 0) return layer;
  }
  return std::nullopt;
}

Result<ModelDescription> describe_model(const std::filesystem::path& path) {
  std::error_code problem;
  ModelDescription model;
  if (std::filesystem::is_directory(path, problem)) {
    MW_ASSIGN(const models::ModelFolder folder, models::ModelFolder::open(path));
    model = describe_folder(folder);
  } else {
    MW_ASSIGN(const formats::GgufFile file, formats::GgufFile::open(path));
    model = describe_gguf(file);
  }
  if (model.name.empty()) {
    const auto own = std::filesystem::weakly_canonical(path, problem).filename();
    const std::string quoted = to_text(own.string());  // no control character reaches a terminal
    model.name = quoted.substr(1, quoted.size() - 2);
  }
  return model;
}

Json to_json(const ModelDescription& model) {
  Json keys = Json::array();
  for (const DescribedKey& key : model.keys) {
    keys.push_back({{"key", key.key}, {"type", key.type}, {"value", key.value}});
  }
  Json tensors = Json::array();
  for (const DescribedTensor& tensor : model.tensors) {
    tensors.push_back({{"name", tensor.name},
                       {"type", tensor.type},
                       {"shape", tensor.shape},
                       {"bytes", tensor.bytes}});
  }
  Json types = Json::object();
  for (const auto& [name, total] : model.types) {
    types[name] = {{"tensors", total.tensors},
                   {"bytes", total.bytes},
                   {"kernel_form", total.kernel_form.empty() ? Json() : Json(total.kernel_form)},
                   {"kernel_bits", total.kernel_bits}};
  }
  Json out = {{"format", model.format}, {"name", model.name}};
  if (model.version > 0) out["version"] = model.version;
  out["bytes"] = model.bytes;
  out["parameters"] = model.parameters;
  out["served"] = !model.problem.has_value();
  out["summary"] = model.problem ? model.problem->message.en : model.summary;
  out["tokenizer"] = model.tokenizer;
  out["chat_template"] = model.chat_template;
  out["licence"] = model.licence;
  out["abilities"] = {
      {"generates", model.abilities.generates},     {"chats", model.abilities.chats},
      {"calls_tools", model.abilities.calls_tools}, {"reasons", model.abilities.reasons},
      {"embeds", model.abilities.embeds},           {"reranks", model.abilities.reranks}};
  out["kv_bytes_per_token"] = model.kv_bytes_per_token;
  out["keys"] = std::move(keys);
  out["tensors"] = std::move(tensors);
  out["types"] = std::move(types);
  return out;
}

}  // namespace mw::app
