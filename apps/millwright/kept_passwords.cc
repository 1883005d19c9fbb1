#include "apps/millwright/kept_passwords.h"

#include <openssl/crypto.h>

#include <system_error>

#include "apps/millwright/json_table.h"
#include "core/atomic_file.h"
#include "core/hex.h"
#include "core/private_file.h"
#include "security/random.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;

}  // namespace

Result<std::string> KeptPasswords::keep(const std::string& password) const {
  MW_ASSIGN(const std::string random, security::random_bytes(8));
  std::string name =
      "secret-" + hex_of({reinterpret_cast<const uint8_t*>(random.data()), random.size()});
  MW_TRY(sealed_->keep(name, password));
  return name;
}

Result<std::string> KeptPasswords::read(const std::string& name) const {
  auto password = sealed_->read(name);
  if (password || password.error().code != Code::kNotFound) return password;
  std::error_code problem;
  if (is_secret_name(name) && fs::exists(folder_ / name, problem)) {
    return read_secret_line(folder_ / name, "password_file");
  }
  return Error::make(Code::kNotFound, "it is not kept (any more)", "未保存或已删除",
                     "password_file");
}

std::vector<std::string> KeptPasswords::file_names() const {
  std::vector<std::string> names;
  std::error_code problem;
  for (fs::directory_iterator each(folder_, problem); !problem && each != fs::directory_iterator();
       each.increment(problem)) {
    std::string name = each->path().filename().string();
    if (is_secret_name(name)) names.push_back(std::move(name));
  }
  return names;
}

Result<std::vector<std::string>> KeptPasswords::names() const {
  std::vector<std::string> all = file_names();
  MW_ASSIGN(const auto sealed, sealed_->names());
  for (const std::string& name : sealed) {
    if (is_secret_name(name)) all.push_back(name);
  }
  return all;
}

void KeptPasswords::forget(const std::string& name) const {
  std::error_code ignored;
  fs::remove(folder_ / name, ignored);
  // What is left is sealed, and goes with the next change.
  (void)sealed_->forget(name);
}

void KeptPasswords::seal_files(const LogSink& log) const {
  const auto seal = [&](const std::string& name) -> Result<void> {
    const fs::path file = folder_ / name;
    MW_ASSIGN(std::string password, read_secret_line(file, "password_file"));
    // On disk before the file goes: killed in between, the next start finds both and does it again.
    const auto kept = sealed_->keep(name, password);
    OPENSSL_cleanse(password.data(), password.size());
    MW_TRY(kept);
    std::error_code problem;
    fs::remove(file, problem);
    if (problem) return errno_error("remove", file.string(), problem.value());
    return sync_folder(folder_);
  };
  for (const std::string& name : file_names()) {
    const auto sealed = seal(name);
    log(sealed ? LogLevel::kInfo : LogLevel::kError, "setup",
        sealed ? "the password in secrets/" + name + " is sealed in people.db; its file is gone"
               : "the password in secrets/" + name +
                     " stays in a file, not sealed: " + sealed.error().message.en);
  }
}

}  // namespace mw::app
