#include "apps/millwright/cmd_maintain_vibration.h"

#include <charconv>
#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/local_monitor.h"
#include "core/file.h"
#include "core/utc_text.h"
#include "maintenance/vibration_text.h"
#include "plant/csv_export.h"

namespace mw::app {
namespace {

using maintenance::VibrationArchive;
using maintenance::VibrationInfo;

constexpr uint64_t kMostFileBytes = uint64_t{1} << 30;

Result<VibrationInfo> info_of(const VibrationRequest& request) {
  VibrationInfo info;
  info.asset = request.asset;
  info.point = request.point;
  info.channel = request.channel;
  info.rate_hz = request.rate_hz;
  info.in_g = request.unit != "m/s2";
  if (request.rpm > 0) info.rpm = request.rpm;
  if (request.bearing) {
    MW_ASSIGN(info.bearing, maintenance::bearing_of_text(*request.bearing));
  }
  if (request.orders) {
    MW_ASSIGN(info.orders, maintenance::orders_of_text(*request.orders));
  }
  if (request.group) {
    MW_ASSIGN(info.group, maintenance::group_of_text(*request.group));
  }
  if (request.at.empty()) return info;
  const auto at_ns = plant::read_csv_time(request.at);
  if (!at_ns) {
    return Error::make(Code::kInvalidArgument,
                       "--at: expected 2026-01-31T08:00:00Z, got '" + request.at + "'",
                       "--at：应为 2026-01-31T08:00:00Z 形式", "at");
  }
  info.ts_ns = *at_ns;
  return info;
}

int64_t number_of(const std::string& text) {
  int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? number : 0;
}

void print_info(const VibrationInfo& info, Language language) {
  std::string named;
  if (info.found.named) named = "  " + maintenance::part_title(*info.found.named).in(language);
  std::printf("%lld  %s  %s  %.2f mm/s%s\n", static_cast<long long>(info.number),
              utc_text(info.ts_ns).c_str(), info.point.c_str(), info.found.velocity_rms_mm_s,
              named.c_str());
}

/// What came of the plant description, or why it did not.
void print_sources(const VibrationArchive::Added& added, Language language) {
  const bool zh = language == Language::kZh;
  const VibrationInfo& info = added.info;
  if (info.bearing_from_plant) {
    std::printf(zh ? "轴承取自工厂描述：%s\n" : "bearing of the plant description: %s\n",
                info.bearing_name.c_str());
  }
  if (!info.rpm_tag.empty()) {
    std::printf(zh ? "转速 %.0f 转/分，取自信号 %s\n" : "%.0f turns a minute, by %s\n",
                info.rpm.value_or(0), info.rpm_tag.c_str());
  }
  if (!added.note.en.empty()) std::printf("! %s\n", added.note.in(language).c_str());
}

Result<int> add(const CommandLine& line, const VibrationRequest& request, LocalMonitor& monitor) {
  MW_ASSIGN(const std::string bytes, read_file(request.what, kMostFileBytes));
  VibrationArchive::Order order;
  MW_ASSIGN(order.info, info_of(request));
  order.file = request.what;
  order.bytes = bytes;
  MW_ASSIGN(const auto added, monitor.vibration->add(monitor.who, order));
  const Language language = terminal_language();
  if (line.json()) {
    Json removed = Json::array();
    for (const VibrationInfo& each : added.removed) removed.push_back(each.number);
    print_json({{"recording", maintenance::to_json(added.info)},
                {"removed", removed},
                {"note", added.note.in(language)}});
    return 0;
  }
  print_info(added.info, language);
  print_sources(added, language);
  if (added.info.cut > 0) {
    std::printf(language == Language::kZh ? "文件后部 %llu 个样本未保存\n"
                                          : "%llu samples at the end of the file were left out\n",
                static_cast<unsigned long long>(added.info.cut));
  }
  for (const VibrationInfo& each : added.removed) {
    std::printf("%s %lld\n",
                language == Language::kZh ? "空间已满，已删除最旧记录"
                                          : "full, so it "
                                            "took the place of the oldest:",
                static_cast<long long>(each.number));
  }
  return 0;
}

Result<int> list(const CommandLine& line, const VibrationRequest& request, LocalMonitor& monitor) {
  MW_ASSIGN(const auto all, monitor.vibration->list(monitor.who, request.asset));
  Json out = Json::array();
  for (const VibrationInfo& each : all) {
    if (!request.point.empty() && each.point != request.point) continue;
    if (line.json()) {
      out.push_back(maintenance::to_json(each));
    } else {
      print_info(each, terminal_language());
    }
  }
  if (line.json()) print_json(out);
  return 0;
}

Result<int> report(const CommandLine& line, const VibrationRequest& request,
                   LocalMonitor& monitor) {
  MW_ASSIGN(const auto look,
            monitor.vibration->look(monitor.who, request.asset, number_of(request.what)));
  const maintenance::VibrationSetup setup = setup_of(look.info);
  if (line.json()) {
    print_json(report_json(look.report, setup));
    return 0;
  }
  print_info(look.info, terminal_language());
  for (const Text& each : report_text(look.report, setup)) {
    std::printf("%s\n", each.in(terminal_language()).c_str());
  }
  return 0;
}

}  // namespace

VibrationRequest vibration_flags(CommandLine& line) {
  VibrationRequest request;
  request.point = line.option("point", "NAME", "", "vibration: the measuring point");
  request.channel = line.option("channel", "NAME", "", "vibration add: array or column");
  request.rate_hz = line.number("rate", "HZ", 0, "vibration add: samples a second", 0, 1e7);
  request.rpm = line.number("rpm", "RPM", 0, "vibration add: the shaft's speed", 0, 1e6);
  request.unit = line.option("unit", "UNIT", "g", "vibration add: g or m/s2");
  request.at = line.option("at", "TIME", "", "vibration add: when it began; default: now");
  request.bearing = line.maybe_option("bearing", "N,D,PITCH[,ANGLE]",
                                      "vibration add: elements, their and the pitch diameter");
  request.orders =
      line.maybe_option("orders", "BPFO,BPFI,BSF,FTF", "vibration add: in place of --bearing");
  request.group =
      line.maybe_option("group", "GROUP", "vibration add: ISO 20816-3, such as medium-rigid");
  return request;
}

void vibration_positionals(CommandLine& line, VibrationRequest& request) {
  request.verb = line.positional("VERB", "vibration: list, add, report or remove");
  request.asset = line.positional("ASSET", "a machine of the plant");
  if (request.verb != "list") request.what = line.positional("FILE|NUMBER", "of a recording");
}

Result<int> maintain_vibration(const CommandLine& line, const VibrationRequest& request) {
  if (request.unit != "g" && request.unit != "m/s2") {
    return Error::make(Code::kInvalidArgument, "--unit: expected g or m/s2",
                       "--unit：应为 g 或 m/s2", "unit");
  }
  MW_ASSIGN(const auto monitor,
            open_local_monitor(request.stored,
                               {"ask it: /api/maintenance/vibration/ASSET, or its console",
                                "通过其控制台或 /api/maintenance/vibration/ASSET 操作"}));
  if (request.verb == "add") return add(line, request, *monitor);
  if (request.verb == "list") return list(line, request, *monitor);
  if (request.verb == "report") return report(line, request, *monitor);
  if (request.verb == "remove") {
    MW_TRY(monitor->vibration->remove(monitor->who, request.asset, number_of(request.what)));
    return 0;
  }
  return Error::make(Code::kInvalidArgument,
                     "vibration: expected list, add, report or remove, got '" + request.verb + "'",
                     "vibration：应为 list、add、report 或 remove，实际为“" + request.verb + "”",
                     "VERB");
}

}  // namespace mw::app
