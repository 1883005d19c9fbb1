#include "maintenance/vibration/renamed_recordings.h"

#include "core/file.h"
#include "maintenance/vibration/vibration_file.h"
#include "plant/renames.h"

namespace mw::maintenance {
namespace {

/// A file of `asset` that holds and has room under its new name.
bool can_move(const std::filesystem::path& from, const std::filesystem::path& to,
              const std::string& asset) {
  const auto file = MappedFile::open(from);
  if (!file) return false;
  const auto read = parse_vibration_file(
      {reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()});
  std::error_code failed;
  return read && read->info.asset == asset && !std::filesystem::exists(to, failed);
}

Result<void> move_one(const std::filesystem::path& from, const std::filesystem::path& to,
                      const plant::Renames& renames) {
  {
    MW_ASSIGN(const auto file, MappedFile::open(from));
    MW_ASSIGN(VibrationFile read,
              parse_vibration_file(
                  {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}));
    VibrationInfo& info = read.info;
    info.rpm_tag = std::string(renames.own_tag_now(info.asset, info.rpm_tag));
    info.asset = std::string(renames.asset_now(info.asset));
    MW_TRY(write_file_atomically(to, vibration_bytes(info, read.samples)));
  }
  std::error_code failed;
  std::filesystem::remove(from, failed);
  if (failed) return errno_error("remove", from.string(), failed.value());
  return {};
}

}  // namespace

Result<void> follow_renamed_recordings(const VibrationOptions& options,
                                       const plant::Catalogue& catalogue) {
  const plant::Renames renames(catalogue);
  if (renames.empty()) return {};
  std::vector<std::string> assets;
  std::error_code failed;
  for (const auto& folder : std::filesystem::directory_iterator(options.folder, failed)) {
    const std::string asset = folder.path().filename().string();
    if (renames.asset_now(asset) != asset) assets.push_back(asset);
  }
  for (const std::string& asset : assets) {
    const std::string& now = renames.asset_now(asset);
    std::vector<std::filesystem::path> files;
    std::size_t left = 0;
    for (const auto& entry : std::filesystem::directory_iterator(options.folder / asset, failed)) {
      const std::filesystem::path& path = entry.path();
      if (path.extension() != ".vib") continue;
      if (can_move(path, options.folder / now / path.filename(), asset)) {
        files.push_back(path);
      } else {
        ++left;
      }
    }
    if (files.empty()) continue;
    if (options.audit != nullptr) {
      MW_TRY(options.audit->record({"service:millwright", "", "maintenance.rename", "asset:" + now,
                                    security::AuditOutcome::kDone, "vibration formerly=" + asset}));
    }
    MW_TRY(make_private_folder(options.folder / now));
    for (const std::filesystem::path& each : files) {
      MW_TRY(move_one(each, options.folder / now / each.filename(), renames));
    }
    options.log(left == 0 ? LogLevel::kInfo : LogLevel::kWarning, "maintenance",
                "vibration recordings of '" + now + "' follow its renamed machine '" + asset +
                    "'; left behind: " + std::to_string(left));
  }
  return {};
}

}  // namespace mw::maintenance
