#include "tests/support/source_dir.h"

namespace mw::testing_support {

std::string source_dir() { return MW_SOURCE_DIR; }

std::string source_path(std::string_view relative) {
  return source_dir() + "/" + std::string(relative);
}

}  // namespace mw::testing_support
