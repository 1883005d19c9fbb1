#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "core/check.h"

namespace mw::bench {

/// A new folder inside the one that the user named, or that of temporary files; it is removed at
/// the end, and what else lies beside it is not touched.
class WorkFolder {
 public:
  explicit WorkFolder(const std::filesystem::path& inside) {
    const std::filesystem::path base =
        inside.empty() ? std::filesystem::temp_directory_path() : inside;
    std::filesystem::create_directories(base);
    std::string name = (base / "mw_bench_XXXXXX").string();
    MW_CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace mw::bench
