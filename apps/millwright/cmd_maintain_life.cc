#include "apps/millwright/cmd_maintain_life.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/local_monitor.h"
#include "apps/millwright/moment_option.h"
#include "apps/millwright/plant_service.h"
#include "core/file.h"
#include "core/utc_text.h"
#include "maintenance/lives.h"

namespace mw::app {
namespace {

using maintenance::LifeView;
using maintenance::LifeWatch;

Result<int> cut(const CommandLine& line, const LocalMonitor& monitor, const LifeRequest& request) {
  if (request.to.empty()) {
    return Error::make(Code::kInvalidArgument, "give --to FILE, where the table goes",
                       "请用 --to 指定输出文件", "to");
  }
  maintenance::LivesOrder order;
  order.assets = comma_list(request.asset);
  order.columns = request.columns;
  order.states = request.states;
  order.row_s = request.row_s;
  order.unit_s = request.unit_s;
  order.time_name = request.time_name;
  order.begins = request.begins;
  order.ends = request.ends;
  const TimeNs now_ns = monitor.clock.now_ns();
  MW_ASSIGN(const auto since_ns, moment_of(request.since, "since"));
  MW_ASSIGN(const auto until_ns, moment_of(request.until, "until"));
  order.window = {since_ns.value_or(now_ns - 365 * kNsPerDay), until_ns.value_or(now_ns)};
  MW_ASSIGN(const auto lives, maintenance::cut_lives(*monitor.plant, monitor.who, order));
  MW_TRY(write_file_atomically(request.to, lives.csv));
  if (line.json()) {
    print_json({{"lives", lives.lives},
                {"rows", lives.rows},
                {"without_beginning", lives.without_beginning},
                {"too_short", lives.too_short},
                {"file", request.to}});
    return 0;
  }
  const bool zh = terminal_language() == Language::kZh;
  std::printf(zh ? "%d 段完整寿命，%zu 行，写入 %s\n" : "%d whole lives, %zu rows, in %s\n",
              lives.lives, lives.rows, request.to.c_str());
  if (lives.without_beginning > 0) {
    std::printf(zh ? "%d 次失效之前没有寿命开始的记录，已略去\n"
                   : "%d failures left out: nothing tells when those lives began\n",
                lives.without_beginning);
  }
  if (lives.too_short > 0) {
    std::printf(zh ? "%d 段寿命不足两行，已略去\n" : "%d lives left out: shorter than two rows\n",
                lives.too_short);
  }
  return 0;
}

Json life_json(const LifeView& view) {
  const auto when = [](const std::optional<TimeNs>& ts_ns) {
    return ts_ns ? Json(utc_text(*ts_ns)) : Json();
  };
  Json out = {{"asset", view.following.source.asset},
              {"model", view.following.model},
              {"began", utc_text(view.began_ns)},
              {"by_event", view.by_event},
              {"kind", view.answer ? Json(name(view.answer->kind)) : Json()},
              {"problem", view.problem.en},
              {"earliest", when(view.earliest_ns)},
              {"likeliest", when(view.likeliest_ns)},
              {"latest", when(view.latest_ns)},
              {"wear_share", view.wear_share},
              {"rows_until", view.row_ns == 0 ? Json() : Json(utc_text(view.row_ns))}};
  if (view.answer) {
    out.update({{"age", view.answer->age},
                {"low", view.answer->low},
                {"point", view.answer->point},
                {"high", view.answer->high},
                {"level", view.answer->level},
                {"time", view.model.time_name}});
  }
  return out;
}

void print_life_view(const LifeView& view, Language language) {
  const bool zh = language == Language::kZh;
  std::printf("%s  %s\n", view.following.source.asset.c_str(), view.following.model.c_str());
  std::printf(zh ? "  寿命始于 %s%s\n" : "  this life began %s%s\n",
              utc_text(view.began_ns).c_str(),
              view.by_event ? (zh ? "（由事件得知）" : " (an event told so)") : "");
  if (!view.answer) {
    std::printf("  %s\n", view.problem.in(language).c_str());
    return;
  }
  std::printf("  %s\n", view.answer->text.in(language).c_str());
  if (view.earliest_ns && view.latest_ns) {
    std::printf(
        zh ? "  按最近一周的使用率（%.0f %%），预计于 %s 至 %s 之间失效\n"
           : "  run as in the last week (%.0f %% of the time), it fails between %s and %s\n",
        100 * view.wear_share, utc_text(*view.earliest_ns).c_str(),
        utc_text(*view.latest_ns).c_str());
  }
}

Result<LifeWatch::Order> order_of(const LifeRequest& request) {
  LifeWatch::Order order;
  order.asset = request.asset;
  order.model = request.model;
  order.states = request.states;
  order.unit_s = request.unit_s;
  order.begins = request.begins;
  MW_ASSIGN(const auto since_ns, moment_of(request.since, "since"));
  order.since_ns = since_ns.value_or(0);
  for (const std::string& each : request.columns) {
    const std::size_t at = each.find('=');
    if (at == std::string::npos) {
      return Error::make(Code::kInvalidArgument,
                         "--columns: expected COLUMN=TAG, got '" + each + "'",
                         "--columns：应为 列名=信号，实际为“" + each + "”", "columns");
    }
    std::string tag = each.substr(at + 1);
    if (tag.find('/') == std::string::npos) tag = request.asset + "/" + tag;
    order.columns.emplace_back(each.substr(0, at), std::move(tag));
  }
  return order;
}

/// The model's columns are tags of the same name where nothing else is said.
void add_columns_of_the_same_name(const LocalMonitor& monitor, LifeWatch::Order& order) {
  for (const maintenance::LifeModelView& model : monitor.lives->models(monitor.who)) {
    if (model.name != order.model) continue;
    for (const std::string& column : model.columns) {
      const bool said = std::any_of(order.columns.begin(), order.columns.end(),
                                    [&](const auto& each) { return each.first == column; });
      if (!said) order.columns.emplace_back(column, order.asset + "/" + column);
    }
  }
}

Result<LifeView> act(LocalMonitor& monitor, const LifeRequest& request) {
  if (request.action == "life") return monitor.lives->view(monitor.who, request.asset);
  MW_ASSIGN(LifeWatch::Order order, order_of(request));
  add_columns_of_the_same_name(monitor, order);
  return monitor.lives->follow(monitor.who, order);
}

}  // namespace

LifeRequest life_flags(CommandLine& line) {
  LifeRequest life;
  life.columns = comma_list(line.option(
      "columns", "A,B", "", "lives: tags' last parts; follow: COLUMN=TAG where names differ"));
  life.states = comma_list(line.option("states", "A,B", "", "lives, follow: in which it wears"));
  life.begins = line.option("begins", "KIND", "", "lives, follow: events that begin a life");
  life.ends = line.option("ends", "KIND", "", "lives: events that a life ends with");
  life.since = line.option("since", "TIME", "", "lives, follow: 2026-01-31T08:00:00Z");
  life.until = line.option("until", "TIME", "", "lives: default: now");
  life.model = line.option("model", "NAME", "", "follow: of train --name");
  life.row_s = line.number("row-s", "SECONDS", 3600, "lives: of wear, from row to row", 1, 1e8);
  life.unit_s =
      line.number("unit-s", "SECONDS", 3600, "lives, follow: of the table's time", 1e-3, 1e8);
  return life;
}

bool is_life_action(const std::string& action) {
  static constexpr std::array<const char*, 4> kActions = {"lives", "life", "follow", "unfollow"};
  return std::find(kActions.begin(), kActions.end(), action) != kActions.end();
}

std::filesystem::path named_model_folder(const StoredPlant& stored, const std::string& name) {
  return (stored.demo ? demo_folder(stored.data) : stored.data) / "maintenance" / "models" / name;
}

Result<int> maintain_life(const CommandLine& line, const LifeRequest& request) {
  MW_ASSIGN(const auto monitor,
            open_local_monitor(request.stored, {"ask it: /api/maintenance/life, or its console",
                                                "通过其控制台或 /api/maintenance/life 操作"}));
  if (request.action == "lives") return cut(line, *monitor, request);
  if (request.action == "unfollow") {
    MW_TRY(monitor->lives->end(monitor->who, request.asset));
    return 0;
  }
  MW_ASSIGN(const LifeView view, act(*monitor, request));
  if (line.json()) {
    print_json(life_json(view));
  } else {
    print_life_view(view, terminal_language());
  }
  return 0;
}

}  // namespace mw::app
