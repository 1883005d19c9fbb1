#include "maintenance/live_life/life_story.h"

#include <algorithm>
#include <cmath>

#include "maintenance/health/health_machine.h"
#include "maintenance/live_life/lived_rows.h"
#include "maintenance/lives.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kSilentRows = 3;    // without a value in so many, a sensor says nothing
constexpr double kLeastWearShare = 0.01;  // of the last week: below it no date is named
constexpr TimeNs kFarthestNs = 40 * 365 * kNsPerDay;

Error wrong_field(const char* field, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, std::string("'") + field + "': " + en,
                     std::string("“") + field + "”：" + zh, field);
}

/// A column whose tag had no value in any of the last rows.
const std::string* silent_tag(const LivedRows& rows, const LifeSource& source) {
  const std::size_t first = rows.values.size() - std::min(kSilentRows, rows.values.size());
  for (std::size_t j = 0; j < source.columns.size(); ++j) {
    const bool silent =
        std::all_of(rows.values.begin() + static_cast<std::ptrdiff_t>(first), rows.values.end(),
                    [&](const auto& row) { return std::isnan(row[j]); });
    if (silent) return &source.columns[j].second;
  }
  return nullptr;
}

/// When so much more of the model's time is worn, as the machine was run in the last week.
std::optional<TimeNs> date_after(const LifeView& view, double remaining) {
  if (view.wear_share < kLeastWearShare) return std::nullopt;
  const double seconds = remaining * view.following.unit_s / view.wear_share;
  const double ns = std::min(seconds * kNsPerSecond, static_cast<double>(kFarthestNs));
  return view.row_ns + static_cast<TimeNs>(ns);
}

void add_dates(LifeView& view) {
  if (!view.answer || view.answer->kind == LifeAnswerKind::kUnseenRegime) return;
  view.earliest_ns = date_after(view, view.answer->low);
  if (view.answer->kind != LifeAnswerKind::kRange) return;
  view.latest_ns = date_after(view, view.answer->high);
  view.likeliest_ns = date_after(view, view.answer->point);
}

LifePoint point_of(const LifeAnswer& answer, TimeNs ts_ns) {
  return {ts_ns, answer.age, answer.kind, answer.low, answer.point, answer.high};
}

}  // namespace

LifeModelView life_model_view(const std::string& name, const StoredModel& stored) {
  const auto& model = std::get<LifeModel>(stored.model);
  LifeModelView out;
  out.name = name;
  out.columns = model.sensors();
  for (const std::string& each : model.options().settings) out.columns.push_back(each);
  out.time_name = stored.card.mapping.time;
  out.row_step = model.row_step();
  out.cap = model.options().cap;
  out.trained_assets = model.trained_assets();
  out.card = stored.card_json;
  return out;
}

Result<void> check_following(const LifeFollowing& following, const LifeModelView& model,
                             const plant::Catalogue& catalogue, TimeNs now_ns) {
  if (!(model.row_step > 0)) {
    return wrong_field("model", "it does not know how far its rows lie apart: train it again",
                       "模型未记录行间隔：请重新训练");
  }
  if (!(following.unit_s > 0) || !(following.source.row_s >= 1) ||
      !std::isfinite(following.source.row_s)) {
    return wrong_field("unit_s",
                       "say how many seconds one '" + model.time_name +
                           "' is, so that a row lasts a second at least",
                       "请说明一个“" + model.time_name + "”为多少秒，且每行至少一秒");
  }
  if (following.since_ns <= 0 || following.since_ns >= now_ns) {
    return wrong_field("since_ms", "expected when this life began, before now",
                       "应为本次寿命开始的时间，且早于现在");
  }
  const plant::Asset& asset = *catalogue.asset(following.source.asset);
  for (const std::string& column : model.columns) {
    const auto& columns = following.source.columns;
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const auto& each) { return each.first == column; });
    if (found == columns.end()) {
      return wrong_field("columns", "say which tag is the model's '" + column + "'",
                         "请指定模型列“" + column + "”对应的信号");
    }
  }
  for (const auto& [column, id] : following.source.columns) {
    const plant::Tag* tag = catalogue.tag(id);
    if (tag == nullptr || tag->asset != asset.id || plant::is_text(tag->kind)) {
      return wrong_field("columns", "'" + id.substr(0, 128) + "' is no number of " + asset.id,
                         "“" + id.substr(0, 128) + "”不是 " + asset.id + " 的数值信号");
    }
  }
  for (const std::string& state : following.source.states) {
    const bool known = std::any_of(asset.states.begin(), asset.states.end(),
                                   [&](const auto& each) { return each.id == state; });
    if (!known) {
      return wrong_field("states", asset.id + " has no state '" + state.substr(0, 64) + "'",
                         asset.id + " 没有状态“" + state.substr(0, 64) + "”");
    }
  }
  return {};
}

LifeView empty_life_view(const Followed& followed) {
  LifeView view;
  view.following = followed.following;
  view.line = followed.line;
  view.model = followed.view;
  view.began_ns = followed.following.since_ns;
  return view;
}

Result<LifeView> tell_life(const Followed& followed, const plant::Plant& plant, TimeNs now_ns) {
  LifeView view = empty_life_view(followed);
  const LifeFollowing& following = followed.following;
  MW_ASSIGN(const TimeNs begun, latest_beginning(plant, everybody(), following.source.asset,
                                                 following.begins, {following.since_ns, now_ns}));
  if (begun > view.began_ns) {
    view.began_ns = begun;
    view.by_event = true;
  }
  if (view.began_ns >= now_ns) {
    view.problem = {"this life has only just begun", "本次寿命刚刚开始"};
    return view;
  }
  MW_ASSIGN(const LivedRows rows,
            read_lived_rows(plant, everybody(), following.source, {view.began_ns, now_ns}));
  view.unknown_state_s = rows.unknown_state_s;
  view.wear_share = rows.worn_last_week;
  if (rows.end_ns.empty()) {
    view.problem = {"it has not worn for the length of one row yet", "磨损时间尚不足一行"};
    return view;
  }
  view.row_ns = rows.end_ns.back();
  if (const std::string* tag = silent_tag(rows, following.source)) {
    view.problem = {"'" + *tag + "' has had no good value of late: nothing is claimed",
                    "信号“" + *tag + "”近期没有有效数值：不给出预测"};
    return view;
  }
  const RunTable table =
      table_of_life(rows, following.source, following.unit_s, followed.view.time_name);
  const std::size_t count = table.rows();
  const std::size_t points = std::min(kMostLifePoints, count);
  for (std::size_t i = 1; i <= points; ++i) {
    const std::size_t seen = count * i / points;
    MW_ASSIGN(LifeAnswer answer, followed.model->answer(table, 0, seen));
    view.course.push_back(point_of(answer, rows.end_ns[seen - 1]));
    if (i == points) view.answer = std::move(answer);
  }
  add_dates(view);
  return view;
}

}  // namespace mw::maintenance
