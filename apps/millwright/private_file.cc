#include "apps/millwright/private_file.h"

#include <filesystem>

#include "core/file.h"

namespace mw::app {

Result<std::string> read_private_file(const std::string& path, const std::string& param) {
  std::error_code problem;
  const auto mode = std::filesystem::status(path, problem).permissions();
  using std::filesystem::perms;
  if (!problem && (mode & (perms::group_all | perms::others_all)) != perms::none) {
    return Error::make(Code::kPermissionDenied,
                       path + " can be read by others; run: chmod 600 " + path,
                       path + " 可被他人读取，请执行：chmod 600 " + path, param);
  }
  auto text = read_file(path, 1 << 20);
  if (text) return text;
  Error error = text.error();
  error.param = param;
  return error;
}

}  // namespace mw::app
