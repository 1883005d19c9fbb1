#include "maintenance/life_watch.h"

#include <algorithm>

#include "core/file.h"
#include "maintenance/data/json_lists.h"
#include "maintenance/data/model_pair.h"
#include "maintenance/health/health_machine.h"
#include "maintenance/health/same_person.h"
#include "maintenance/live_life/life_story.h"
#include "maintenance/live_life/renamed_lives.h"
#include "maintenance/lives.h"
#include "maintenance/model_cards.h"
#include "security/rights.h"

namespace mw::maintenance {
namespace {

constexpr uint64_t kMostFollowingBytes = 1 << 20;
constexpr int64_t kFreshNs = 10 * kNsPerSecond;
constexpr int64_t kLongestFreshNs = 10 * kNsPerMinute;  // samples may come late
constexpr double kLeastOfARow = 0.75;  // of its time: up to a cell of its wear came with the last

std::filesystem::path life_folder(const std::filesystem::path& folder, const std::string& asset) {
  return folder / "life" / asset;
}

Error no_model(const std::string& name) {
  return Error::make(
      Code::kInvalidArgument,
      "there is no model '" + name.substr(0, 128) +
          "' of remaining life: train one with `millwright maintain train FILE --name NAME`",
      "没有剩余寿命模型“" + name.substr(0, 128) +
          "”：请用 millwright maintain train FILE --name NAME 训练",
      "model");
}

Error nobody_follows(const std::string& asset) {
  return Error::make(Code::kNotFound, "no model follows '" + asset + "' yet",
                     "尚未为设备“" + asset + "”启用剩余寿命预测", "asset");
}

/// A name is one folder, not a way to others.
bool is_model_name(const std::string& name) {
  const auto plain = [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
           (each >= '0' && each <= '9') || each == '-' || each == '_' || each == '.';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), plain);
}

/// No row can be over since, and no event told of another beginning. What is costly is the course:
/// up to sixty answers over 20,000 rows, while the rows come an hour apart.
bool still_holds(const Followed& followed, const plant::Plant& plant, TimeNs now_ns) {
  const LifeView& told = *followed.told;
  const LifeFollowing& following = followed.following;
  const double since_row_s = static_cast<double>(now_ns - told.row_ns) / kNsPerSecond;
  if (told.row_ns == 0 || since_row_s >= kLeastOfARow * following.source.row_s) return false;
  const auto begun = latest_beginning(plant, everybody(), following.source.asset, following.begins,
                                      {following.since_ns, now_ns});
  return begun && std::max(*begun, following.since_ns) == told.began_ns;
}

Result<StoredModel> open_life_model(const std::filesystem::path& folder, const std::string& name) {
  if (!is_model_name(name)) return no_model(name);
  auto stored = open_model(folder / "models" / name);
  if (!stored && stored.error().code == Code::kNotFound) return no_model(name);
  if (!stored) return stored.error();
  if (!std::holds_alternative<LifeModel>(stored->model)) return no_model(name);
  return stored;
}

/// An exchange that a crash cut short: what was whole, its following written last, is put in place
/// where nothing is any more; what was not is removed.
void finish_exchanges(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> left;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "life", failed)) {
    if (entry.path().filename().string().starts_with('.')) left.push_back(entry.path());
  }
  for (const std::filesystem::path& each : left) {
    const auto target = folder / "life" / each.stem().string().substr(1);
    const bool whole = std::filesystem::exists(each / "following.json", failed);
    if (whole && !std::filesystem::exists(target, failed)) {
      std::filesystem::rename(each, target, failed);
    } else {
      std::filesystem::remove_all(each, failed);
    }
  }
}

/// Puts model, card and following in place of what was there, as a whole: written beside it first,
/// so that a full disk leaves what the machine was followed by.
Result<void> exchange_files(const std::filesystem::path& folder, const LifeWatch::Order& order,
                            const LifeFollowing& following) {
  const auto target = life_folder(folder, order.asset);
  const auto fresh = life_folder(folder, "." + order.asset + ".new");
  std::error_code failed;
  std::filesystem::remove_all(fresh, failed);
  MW_TRY(make_private_folder(fresh));
  MW_TRY(copy_pair(folder / "models" / order.model, fresh));
  MW_TRY(write_file_atomically(fresh / "following.json", to_text(to_json(following))));
  std::filesystem::remove_all(target, failed);
  if (!failed) std::filesystem::rename(fresh, target, failed);
  if (failed) {
    return Error::make(Code::kIo, "its files cannot be put in place: " + failed.message(),
                       "无法替换其文件：" + failed.message());
  }
  return {};
}

}  // namespace

LifeWatch::LifeWatch(LifeWatchOptions options)
    : options_(std::move(options)), catalogue_(options_.plant->catalogue(everybody())) {}
LifeWatch::~LifeWatch() = default;

Result<std::unique_ptr<LifeWatch>> LifeWatch::open(LifeWatchOptions options) {
  std::unique_ptr<LifeWatch> watch(new LifeWatch(std::move(options)));
  MW_TRY(make_private_folder(watch->options_.folder / "life"));
  MW_TRY(make_private_folder(watch->options_.folder / "models"));
  finish_exchanges(watch->options_.folder);
  std::vector<std::string> assets;
  std::error_code failed;
  for (const auto& entry :
       std::filesystem::directory_iterator(watch->options_.folder / "life", failed)) {
    const std::string asset = entry.path().filename().string();
    if (!asset.starts_with('.')) assets.push_back(asset);
  }
  const plant::Renames renames(*watch->catalogue_);
  for (const std::string& asset : assets) {
    const auto load = [&]() -> Result<void> {
      MW_ASSIGN(const std::string now, watch->follow_renames(asset, renames));
      return watch->load(now);
    };
    if (const auto loaded = load(); !loaded) {
      watch->options_.log(
          LogLevel::kWarning, "maintenance",
          "the remaining life of " + asset + " is not followed: " + loaded.error().message.en);
    }
  }
  return watch;
}

Result<std::string> LifeWatch::follow_renames(const std::string& asset,
                                              const plant::Renames& renames) const {
  if (renames.empty()) return asset;
  const auto life = options_.folder / "life";
  MW_ASSIGN(const std::string text,
            read_file(life / asset / "following.json", kMostFollowingBytes));
  MW_ASSIGN(const Json json, parse_json(text));
  MW_ASSIGN(LifeFollowing following, following_from_json(json));
  // A crash came between the file and the folder.
  const bool cut_short =
      following.source.asset != asset && following.source.asset == renames.asset_now(asset);
  if (!rename_in_following(following, renames) && !cut_short) return asset;
  const std::string now = following.source.asset;
  if (options_.audit != nullptr) {
    MW_TRY(options_.audit->record({"service:millwright", "", "maintenance.rename", "asset:" + now,
                                   security::AuditOutcome::kDone, "life formerly=" + asset}));
  }
  MW_TRY(move_following(life, asset, following));
  options_.log(LogLevel::kInfo, "maintenance",
               "the remaining life of '" + now + "' is followed under its new names");
  return now;
}

Result<void> LifeWatch::load(const std::string& asset) {
  const auto folder = life_folder(options_.folder, asset);
  MW_ASSIGN(const std::string text, read_file(folder / "following.json", kMostFollowingBytes));
  MW_ASSIGN(const Json json, parse_json(text));
  auto followed = std::make_unique<Followed>();
  MW_ASSIGN(followed->following, following_from_json(json));
  if (followed->following.source.asset != asset) {
    return damaged_model("it is of another machine");
  }
  const plant::Asset* known = catalogue_->asset(asset);
  if (known == nullptr) return no_such_asset(asset);
  followed->line = known->line;
  MW_ASSIGN(StoredModel stored, open_model(folder));
  if (!std::holds_alternative<LifeModel>(stored.model))
    return damaged_model("it is none of remaining life");
  followed->view = life_model_view(followed->following.model, stored);
  followed->model = std::get<LifeModel>(std::move(stored.model));
  followed_[asset] = std::move(followed);
  return {};
}

std::vector<LifeModelView> LifeWatch::models(const Identity& who) const {
  std::vector<LifeModelView> out;
  for (const ListedCard& each : list_cards(options_.folder / "models", who)) {
    const auto stored = open_life_model(options_.folder, each.name);
    if (stored) out.push_back(life_model_view(each.name, *stored));
  }
  return out;
}

const LifeView& LifeWatch::fresh(Followed& followed) {
  const TimeNs now_ns = options_.clock->now_ns();
  if (followed.told && now_ns >= followed.told_ns) {
    const int64_t age_ns = now_ns - followed.told_ns;
    if (age_ns < kFreshNs) return *followed.told;
    if (age_ns < kLongestFreshNs && still_holds(followed, *options_.plant, now_ns)) {
      return *followed.told;
    }
  }
  Result<LifeView> told = tell_life(followed, *options_.plant, now_ns);
  if (!told) {
    LifeView none = empty_life_view(followed);
    none.problem = told.error().message;
    told = std::move(none);
  }
  followed.told = *std::move(told);
  followed.told_ns = now_ns;
  return *followed.told;
}

std::vector<LifeView> LifeWatch::list(const Identity& who) {
  std::vector<LifeView> out;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (const auto& [asset, followed] : followed_) {
      if (who.may_see_line(followed->line)) out.push_back(fresh(*followed));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const LifeView& a, const LifeView& b) {
    const auto soon = [](const LifeView& each) {
      return std::pair(each.latest_ns ? 0 : 1, each.earliest_ns.value_or(INT64_MAX));
    };
    return soon(a) < soon(b);
  });
  return out;
}

Result<LifeView> LifeWatch::view(const Identity& who, const std::string& asset) {
  const plant::Asset* known = catalogue_->asset(asset);
  if (known == nullptr || !who.may_see_line(known->line)) return no_such_asset(asset);
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = followed_.find(asset);
  if (found == followed_.end()) return nobody_follows(asset);
  return fresh(*found->second);
}

Result<LifeView> LifeWatch::follow(const Identity& who, const Order& order) {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const plant::Asset* asset = mine->asset(order.asset);
  if (asset == nullptr) return no_such_asset(order.asset);
  if (!who.may(Role::kEngineer, asset->line)) return role_needed("engineer", "工程师");
  const auto cards = list_cards(options_.folder / "models", who);
  const bool seen = std::any_of(cards.begin(), cards.end(),
                                [&](const ListedCard& each) { return each.name == order.model; });
  if (!seen) return no_model(order.model);
  MW_ASSIGN(StoredModel stored, open_life_model(options_.folder, order.model));
  auto followed = std::make_unique<Followed>();
  followed->line = asset->line;
  followed->view = life_model_view(order.model, stored);
  followed->model = std::get<LifeModel>(stored.model);
  LifeFollowing& following = followed->following;
  following.source = {order.asset, order.columns, order.states, 0};
  following.source.row_s = followed->view.row_step * order.unit_s;
  following.model = order.model;
  following.unit_s = order.unit_s;
  following.since_ns = order.since_ns;
  following.begins = order.begins;
  following.set_by = who.name;
  following.set_ns = options_.clock->now_ns();
  MW_TRY(check_following(following, followed->view, *mine, options_.clock->now_ns()));
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_TRY(audit(who, "life_follow", order.asset, "model=" + order.model));
  MW_TRY(exchange_files(options_.folder, order, following));
  Followed& now = *(followed_[order.asset] = std::move(followed));
  return fresh(now);
}

Result<void> LifeWatch::end(const Identity& who, const std::string& asset) {
  const plant::Asset* known = catalogue_->asset(asset);
  if (known == nullptr || !who.may_see_line(known->line)) return no_such_asset(asset);
  if (!who.may(Role::kEngineer, known->line)) return role_needed("engineer", "工程师");
  const std::lock_guard<std::mutex> guard(mutex_);
  if (followed_.count(asset) == 0) return nobody_follows(asset);
  MW_TRY(audit(who, "life_end", asset, ""));
  std::error_code failed;
  std::filesystem::remove_all(life_folder(options_.folder, asset), failed);
  if (failed) {
    return Error::make(Code::kIo, "its files cannot be removed: " + failed.message(),
                       "无法删除其文件：" + failed.message());
  }
  followed_.erase(asset);
  return {};
}

Result<void> LifeWatch::forget_person(const std::string& name) {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (auto& [asset, followed] : followed_) {
    LifeFollowing& following = followed->following;
    if (!is_same_person(following.set_by, name)) continue;
    LifeFollowing nobody = following;
    nobody.set_by = kNobody;
    MW_TRY(write_file_atomically(life_folder(options_.folder, asset) / "following.json",
                                 to_text(to_json(nobody))));
    following = std::move(nobody);
    followed->told.reset();
  }
  return {};
}

Result<void> LifeWatch::audit(const Identity& who, const std::string& action,
                              const std::string& asset, const std::string& detail) const {
  if (options_.audit == nullptr) return {};
  security::AuditEvent event;
  event.who = security::audit_name(who);
  event.action = "maintenance." + action;
  event.object = "asset:" + asset;
  event.detail = detail;
  return options_.audit->record(event);
}

}  // namespace mw::maintenance
