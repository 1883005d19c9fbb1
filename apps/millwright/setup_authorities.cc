#include "apps/millwright/setup_authorities.h"

#include <set>
#include <system_error>

#include "apps/millwright/setup_holders.h"
#include "certificates/authority.h"
#include "core/file.h"
#include "core/sha256.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;

Result<void> write_one(const std::string& pem, const fs::path& folder) {
  if (pem.empty()) return {};
  const fs::path file = authority_file(folder, pem);
  std::error_code problem;
  if (fs::exists(file, problem)) return {};
  MW_TRY(make_private_folder(folder));
  return write_file_atomically(file, pem);
}

bool is_authority_name(const std::string& name) {
  return name.size() == 23 && name.starts_with("ca-") && name.ends_with(".pem");
}

/// The PEM of each holder.
std::set<std::string> all_of(const Json& setup) {
  std::set<std::string> out;
  const auto looked = each_holder(setup, [&](const Json& each, const auto&, const auto&) {
    out.insert(text_member(each, "ca"));
    return Result<void>();
  });
  (void)looked;  // taking fails nowhere
  return out;
}

}  // namespace

fs::path authority_file(const fs::path& folder, const std::string& pem) {
  return folder / ("ca-" + sha256_hex(pem).substr(0, 16) + ".pem");
}

Result<void> write_authorities(const Json& what, const fs::path& folder) {
  MW_TRY(write_one(text_member(what, "ca"), folder));
  return each_holder(what, [&](const Json& each, const auto&, const auto&) {
    return write_one(text_member(each, "ca"), folder);
  });
}

void sweep_authorities(const Json& setup, const fs::path& folder) {
  std::set<fs::path> wanted;
  for (const std::string& pem : all_of(setup)) wanted.insert(authority_file(folder, pem));
  std::set<fs::path> gone;
  std::error_code problem;
  for (fs::directory_iterator each(folder, problem); !problem && each != fs::directory_iterator();
       each.increment(problem)) {
    const bool ours = is_authority_name(each->path().filename().string());
    if (ours && !wanted.contains(each->path())) gone.insert(each->path());
  }
  for (const fs::path& each : gone) fs::remove(each, problem);
}

bool has_authority(const Json& what, const fs::path& folder) {
  std::error_code problem;
  return fs::exists(authority_file(folder, text_member(what, "ca")), problem);
}

void drop_authority(const Json& what, const Json& setup, const fs::path& folder) {
  const std::string pem = text_member(what, "ca");
  std::error_code problem;
  if (!all_of(setup).contains(pem)) fs::remove(authority_file(folder, pem), problem);
}

Result<void> check_new_authorities(const Json& setup, const Json& before, TimeNs now_ns) {
  const std::set<std::string> had = all_of(before);
  return each_holder(
      setup, [&](const Json& each, const std::string& pointer, const auto&) -> Result<void> {
        const std::string pem = text_member(each, "ca");
        if (pem.empty() || had.contains(pem)) return {};
        const auto read = certificates::read_authorities(pem);
        const auto checked =
            read ? certificates::check_in_force(*read, now_ns) : Result<void>(read.error());
        if (checked) return {};
        Error error = checked.error();
        error.param = pointer + "/ca";
        return error;
      });
}

Json authorities_json(const Json& setup, TimeNs now_ns) {
  Json out = Json::object();
  const auto looked =
      each_holder(setup, [&](const Json& each, const auto&, const std::string& name) {
        const auto read = certificates::read_authorities(text_member(each, "ca"));
        if (!read) return Result<void>();
        Json list = Json::array();
        for (const certificates::CertificateFacts& one : *read) {
          list.push_back({{"subject", one.subject},
                          {"expires_ms", one.until_ns / kNsPerMs},
                          {"sha256", one.sha256},
                          {"state", label_of(certificates::state_of(one, now_ns))}});
        }
        out[name] = std::move(list);
        return Result<void>();
      });
  (void)looked;  // taking fails nowhere
  return out;
}

}  // namespace mw::app
