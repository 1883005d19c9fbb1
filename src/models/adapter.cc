#include "models/adapter.h"

#include "core/file.h"
#include "core/free_memory.h"
#include "models/internal/build_adapter.h"

namespace mw::models {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxConfigBytes = uint64_t{1} << 20;
constexpr const char* kConfigName = "adapter_config.json";
constexpr const char* kWeightsName = "adapter_model.safetensors";

}  // namespace

Result<std::shared_ptr<const Adapter>> load_adapter(const fs::path& path, const ModelConfig& base) {
  std::error_code problem;
  if (!fs::is_directory(path, problem)) {
    MW_ASSIGN(const auto file, formats::GgufFile::open(path));
    MW_ASSIGN(const AdapterSource source, read_gguf_adapter(file));
    MW_TRY(check_adapter_memory(source, free_memory_bytes()));
    return build_adapter(source, base);
  }
  for (const char* name : {kConfigName, kWeightsName}) {
    if (fs::is_regular_file(path / name, problem)) continue;
    return Error::make(Code::kNotFound,
                       path.string() + ": no " + name + " in it; save the adapter with PEFT's " +
                           "save_pretrained (a pickle, adapter_model.bin, is not read)",
                       path.string() + "：其中没有 " + name +
                           "；请用 PEFT 的 save_pretrained 保存（不读取 adapter_model.bin）",
                       name);
  }
  MW_ASSIGN(const std::string text, read_file(path / kConfigName, kMaxConfigBytes));
  const auto config = parse_json(text);
  if (!config) return config.error().within(kConfigName);
  if (!config->is_object()) {
    return Error::make(Code::kCorrupt, std::string(kConfigName) + ": expected a JSON object", {},
                       kConfigName);
  }
  MW_ASSIGN(const auto weights, formats::SafetensorsFile::open(path / kWeightsName));
  MW_ASSIGN(const AdapterSource source, read_peft_adapter(*config, weights));
  MW_TRY(check_adapter_memory(source, free_memory_bytes()));
  return build_adapter(source, base);
}

}  // namespace mw::models
