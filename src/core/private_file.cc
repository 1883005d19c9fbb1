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

Result<std::string> read_secret_line(const std::filesystem::path& path, const std::string& param) {
  MW_ASSIGN(const std::string text, read_private_file(path, param));
  std::string line = text.substr(0, text.find_first_of("\r\n"));
  if (!line.empty()) return line;
  return Error::make(Code::kInvalidArgument,
                     path.string() + " has no first line: write the secret there",
                     path.string() + " 的第一行为空：请在其中写入密码或密钥", param);
}

}  // namespace mw
