// Any bytes as a config.json, and as the metadata of a GGUF file: what comes out is a configuration
// that the kernels can be asked for, or an error with words.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/check.h"
#include "models/model.h"

namespace {

void check(const mw::Result<mw::models::ModelConfig>& config) {
  if (!config) {
    MW_CHECK(!config.error().message.en.empty());
    return;
  }
  MW_CHECK(config->layers > 0 && config->width % 16 == 0 && config->head_dim % 16 == 0);
  MW_CHECK(config->heads % config->kv_heads == 0 && config->context_length > 0);
  MW_CHECK(config->window >= 0);
  for (int layer = 0; layer < config->layers; ++layer) (void)config->is_sliding(layer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw;
  const auto json = parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (json && json->is_object()) check(models::read_config(*json));
  const auto file = formats::GgufFile::parse(std::as_bytes(std::span(data, size)));
  if (file) check(models::read_config(*file));
  return 0;
}
