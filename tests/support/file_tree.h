#pragma once

#include <fstream>
#include <string>

#include "tests/support/temporary_folder.h"

namespace mw::testing_support {

/// A folder that stands for "/", with the files that a test puts there.
class FileTree {
 public:
  void put(const std::filesystem::path& name, const std::string& text) const {
    std::filesystem::create_directories((root_.path() / name).parent_path());
    std::ofstream(root_.path() / name) << text;
  }
  const std::filesystem::path& root() const { return root_.path(); }

 private:
  TemporaryFolder root_;
};

}  // namespace mw::testing_support
