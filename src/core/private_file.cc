#include "core/private_file.h"

#include "core/file.h"

namespace mw {

Result<void> check_private(const std::filesystem::path& path, const std::string& param) {
  using std::filesystem::perms;
  std::error_code problem;
  const perms mode = std::filesystem::status(path, problem).permissions();
  if (problem || (mode & (perms::group_all | perms::others_all)) == perms::none) return {};
  return Error::make(Code::kPermissionDenied,
                     path.string() + " can be read by others; run: chmod 600 " + path.string(),
                     path.string() + " 可被他人读取，请执行：chmod 600 " + path.string(), param);
}

Result<std::string> read_private_file(const std::filesystem::path& path, const std::string& param) {
  MW_TRY(check_private(path, param));
  auto text = read_file(path, 1 << 20);
  if (text) return text;
  Error error = text.error();
  error.param = param;
  return error;
}

}  // namespace mw
