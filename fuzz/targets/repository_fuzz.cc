// The hub's answer and a manifest of the store are JSON from outside: what they name becomes paths.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/sha256.h"
#include "hub/model_store.h"
#include "hub/repository.h"
#include "hub/source.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const auto json = mw::parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  if (const auto repository = mw::hub::parse_repository(*json)) {
    for (const auto& file : repository->files) {
      if (file.path.empty() || file.path[0] == '/' || file.path.starts_with("../")) std::abort();
      if (!file.sha256.empty() && !mw::is_sha256_hex(file.sha256)) std::abort();
    }
    (void)mw::hub::choose_file(*repository, "org/repo", "");
    (void)mw::hub::choose_file(*repository, "org/repo", "a.gguf");
  }
  if (const auto manifest = mw::hub::manifest_from_json(*json)) {
    if (!mw::hub::is_model_name(manifest->name)) std::abort();
    for (const auto& file : manifest->files) {
      if (!mw::is_sha256_hex(file.sha256)) std::abort();
    }
  }
  return 0;
}
