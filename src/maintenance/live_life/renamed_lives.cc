#include "maintenance/live_life/renamed_lives.h"

#include "core/atomic_file.h"
#include "core/file.h"

namespace mw::maintenance {

bool rename_in_following(LifeFollowing& following, const plant::Renames& renames) {
  LifeSource& source = following.source;
  const std::string before = source.asset;
  bool changed = false;
  for (auto& [column, tag] : source.columns) {
    const std::string& now = renames.own_tag_now(before, tag);
    if (now == tag) continue;
    tag = std::string(now);
    changed = true;
  }
  const std::string& now = renames.asset_now(before);
  if (now == before) return changed;
  source.asset = std::string(now);
  return true;
}

Result<void> move_following(const std::filesystem::path& life, const std::string& asset,
                            const LifeFollowing& following) {
  const std::string& now = following.source.asset;
  std::error_code failed;
  if (now != asset && std::filesystem::exists(life / now, failed)) {
    return Error::make(Code::kConflict, "'" + now + "' is followed by a model already",
                       "设备“" + now + "”已启用剩余寿命预测", "asset");
  }
  MW_TRY(write_file_atomically(life / asset / "following.json", to_text(to_json(following))));
  if (now == asset) return {};
  std::filesystem::rename(life / asset, life / now, failed);
  if (failed) return errno_error("rename", (life / asset).string(), failed.value());
  return {};
}

}  // namespace mw::maintenance
