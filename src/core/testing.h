#pragma once

// Where tests find what the repository does not hold.

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace mw::testing_support {

/// A file that is there, or nothing.
inline std::optional<std::filesystem::path> existing(const std::filesystem::path& path) {
  std::error_code problem;
  if (std::filesystem::exists(path, problem)) return path;
  return std::nullopt;
}

/// The default model: $MILLWRIGHT_TEST_MODEL, or where ./test puts it.
inline std::optional<std::filesystem::path> default_model(const std::string& source_dir) {
  if (const char* set = std::getenv("MILLWRIGHT_TEST_MODEL")) return existing(set);
  return existing(source_dir + "/build/models/smollm2-135m-instruct.gguf");
}

/// A file of the house's shared folder (../shared beside the checkout, or $MILLWRIGHT_SHARED).
inline std::optional<std::filesystem::path> shared_file(const std::string& source_dir,
                                                        const std::string& name) {
  if (const char* set = std::getenv("MILLWRIGHT_SHARED")) {
    return existing(std::filesystem::path(set) / name);
  }
  return existing(source_dir + "/../shared/" + name);
}

}  // namespace mw::testing_support
