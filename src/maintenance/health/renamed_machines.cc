#include "maintenance/health/renamed_machines.h"

#include <map>
#include <set>
#include <vector>

#include "core/file.h"
#include "core/json.h"
#include "maintenance/health/health_machine.h"
#include "maintenance/health/maintenance_db.h"
#include "plant/renames.h"
#include "sqlite/database.h"

namespace mw::maintenance {
namespace {

constexpr const char* kTablesByMachine[] = {"model_event", "model_replay", "replay_job",
                                            "retrain_schedule", "health_case"};

/// Whether a list of tags, or of objects with a "tag", holds one that is called otherwise now.
bool rename_tags(Json& list, const plant::Renames& renames, const std::string& asset) {
  if (!list.is_array()) return false;
  bool changed = false;
  for (Json& each : list) {
    const bool is_object = each.is_object() && each.contains("tag");
    Json& tag = is_object ? each["tag"] : each;
    if (!tag.is_string()) continue;
    const std::string before = tag.get<std::string>();
    const std::string& now = renames.own_tag_now(asset, before);
    if (now == before) continue;
    tag = now;
    changed = true;
  }
  return changed;
}

/// A model that is called for by its former names; what cannot be read is left as it is.
bool rename_in_model(Json& model, const plant::Renames& renames, const std::string& asset) {
  if (!model.is_object() || !model.contains("card") || !model["card"].is_object()) return false;
  Json& card = model["card"];
  bool changed = false;
  const std::string& now = renames.asset_now(asset);
  if (now != asset && card.contains("asset") && card["asset"] == Json(asset)) {
    card["asset"] = now;
    changed = true;
  }
  for (const char* list : {"flat_tags", "unchecked_tags"}) {
    if (card.contains(list)) changed = rename_tags(card[list], renames, asset) || changed;
  }
  if (model.contains("tags")) changed = rename_tags(model["tags"], renames, asset) || changed;
  return changed;
}

Result<void> move_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code failed;
  std::filesystem::rename(from, to, failed);
  if (failed) return errno_error("rename", from.string(), failed.value());
  return {};
}

class RenamedMachines {
 public:
  RenamedMachines(const std::filesystem::path& folder, const plant::Catalogue& catalogue,
                  sqlite::Database& database)
      : folder_(folder), renames_(catalogue), database_(database) {}

  /// By the name of before: what is kept of it under that name, or with former tags.
  Result<std::set<std::string>> affected() {
    std::set<std::string> out;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "health", failed)) {
      const std::string file = entry.path().filename().string();
      const std::string asset = file.substr(0, file.find('.'));
      files_[asset].push_back(entry.path());
    }
    for (const auto& [asset, paths] : files_) {
      if (renames_.asset_now(asset) != asset || has_former_tags(asset, paths)) out.insert(asset);
    }
    for (const char* table : kTablesByMachine) {
      MW_ASSIGN(sqlite::Statement read,
                database_.prepare(std::string("SELECT DISTINCT asset FROM ") + table));
      while (true) {
        MW_ASSIGN(const bool row, read.step());
        if (!row) break;
        const std::string asset = read.text(0);
        if (renames_.asset_now(asset) != asset) out.insert(asset);
      }
    }
    return out;
  }

  /// Both names have models: nobody can say which of them goes on.
  Result<bool> is_taken(const std::string& asset) {
    const std::string& now = renames_.asset_now(asset);
    if (now == asset) return false;
    MW_ASSIGN(const bool before, has_events(asset));
    MW_ASSIGN(const bool after, has_events(now));
    // Where the old one has none, a crash came between the database and the files.
    return before && after;
  }

  Result<void> follow(const std::string& asset) {
    const std::string& now = renames_.asset_now(asset);
    std::vector<std::filesystem::path> old;
    for (const std::filesystem::path& path : files_[asset]) {
      const std::string name = path.filename().string();
      const auto target = path.parent_path() / (now + name.substr(asset.size()));
      const Result<std::string> text = read_file(path, kMostHealthBytes);
      Result<Json> model = text ? parse_json(*text) : Result<Json>(text.error());
      const bool changed = model && rename_in_model(*model, renames_, asset);
      if (changed) MW_TRY(write_file_atomically(target, to_text(*model)));
      // One that does not hold is left out by its new name.
      if (!changed && target != path) MW_TRY(move_file(path, target));
      if (changed && target != path) old.push_back(path);
    }
    MW_TRY(database_.execute("BEGIN IMMEDIATE"));
    if (const Result<void> done = follow_in_database(asset, now); !done) {
      (void)database_.execute("ROLLBACK");
      return done;
    }
    MW_TRY(database_.execute("COMMIT"));
    for (const std::filesystem::path& path : old) {
      std::error_code failed;
      std::filesystem::remove(path, failed);
    }
    return {};
  }

  const std::string& now_of(const std::string& asset) const { return renames_.asset_now(asset); }

 private:
  bool has_former_tags(const std::string& asset, const std::vector<std::filesystem::path>& paths) {
    std::vector<std::string> former;
    for (const auto& [before, now] : renames_.tags()) {
      if (before.starts_with(asset + "/") && renames_.own_tag_now(asset, before) != before) {
        former.push_back("\"" + before + "\"");
      }
    }
    if (former.empty()) return false;
    for (const std::filesystem::path& path : paths) {
      const Result<std::string> text = read_file(path, kMostHealthBytes);
      for (const std::string& each : former) {
        if (text && text->find(each) != std::string::npos) return true;
      }
    }
    return false;
  }

  Result<bool> has_events(const std::string& asset) {
    MW_ASSIGN(sqlite::Statement read,
              database_.prepare("SELECT 1 FROM model_event WHERE asset = ? LIMIT 1"));
    read.bind(1, std::string_view(asset));
    return read.step();
  }

  Result<void> follow_in_database(const std::string& asset, const std::string& now) {
    if (now != asset) {
      for (const char* table : kTablesByMachine) {
        MW_ASSIGN(sqlite::Statement put,
                  database_.prepare(std::string("UPDATE OR REPLACE ") + table +
                                    " SET asset = ? WHERE asset = ?"));
        MW_TRY(put.bind(1, std::string_view(now)).bind(2, std::string_view(asset)).run());
      }
    }
    return follow_in_cases(asset, now);
  }

  Result<void> follow_in_cases(const std::string& asset, const std::string& now) {
    std::map<int64_t, std::string> changed;
    {
      MW_ASSIGN(sqlite::Statement read,
                database_.prepare("SELECT number, body FROM health_case WHERE asset = ?"));
      read.bind(1, std::string_view(now));
      while (true) {
        MW_ASSIGN(const bool row, read.step());
        if (!row) break;
        Result<Json> body = parse_json(read.text(1));
        if (!body || !body->is_object() || !body->contains("evidence")) continue;
        if (rename_tags((*body)["evidence"], renames_, asset)) {
          changed[read.integer(0)] = to_text(*body);
        }
      }
    }
    MW_ASSIGN(sqlite::Statement put,
              database_.prepare("UPDATE health_case SET body = ? WHERE number = ?"));
    for (const auto& [number, body] : changed) {
      MW_TRY(put.bind(1, std::string_view(body)).bind(2, number).run());
    }
    return follow_in_additions(asset);
  }

  /// Of what else deviates while a case is open.
  Result<void> follow_in_additions(const std::string& asset) {
    for (const auto& [before, unused] : renames_.tags()) {
      const std::string& now = renames_.own_tag_now(asset, before);
      if (now == before || !before.starts_with(asset + "/")) continue;
      MW_ASSIGN(sqlite::Statement put,
                database_.prepare("UPDATE OR IGNORE case_addition SET tag = ?1, "
                                  "body = json_set(body, '$.tag', ?1) WHERE tag = ?2"));
      MW_TRY(put.bind(1, std::string_view(now)).bind(2, std::string_view(before)).run());
    }
    return {};
  }

  const std::filesystem::path folder_;
  const plant::Renames renames_;
  sqlite::Database& database_;
  std::map<std::string, std::vector<std::filesystem::path>> files_;  // by machine
};

}  // namespace

Result<void> follow_renamed_machines(const std::filesystem::path& folder,
                                     const plant::Catalogue& catalogue, const LogSink& log,
                                     const std::shared_ptr<security::Audit>& audit) {
  if (plant::Renames(catalogue).empty()) return {};
  MW_ASSIGN(sqlite::Database database, open_maintenance_db((folder / "maintenance.db").string()));
  RenamedMachines renamed(folder, catalogue, database);
  MW_ASSIGN(const std::set<std::string> affected, renamed.affected());
  for (const std::string& asset : affected) {
    const std::string& now = renamed.now_of(asset);
    MW_ASSIGN(const bool taken, renamed.is_taken(asset));
    if (taken) {
      log(LogLevel::kWarning, "maintenance",
          "health models of '" + asset + "' do not follow: '" + now + "' has models of its own");
      continue;
    }
    if (audit != nullptr) {
      MW_TRY(audit->record({"service:millwright", "", "maintenance.rename", "asset:" + now,
                            security::AuditOutcome::kDone, "health formerly=" + asset}));
    }
    MW_TRY(renamed.follow(asset));
    log(LogLevel::kInfo, "maintenance",
        "health models, schedule and cases of '" + now + "' follow its renamed " +
            (now == asset ? "tags" : "machine '" + asset + "'"));
  }
  return {};
}

}  // namespace mw::maintenance
