#include <cstdio>

#include "apps/millwright/commands.h"
#include "maintenance/recording.h"
#include "maintenance/vibration_report.h"
#include "maintenance/vibration_text.h"

namespace mw::app {
namespace {

using namespace mw::maintenance;  // NOLINT

constexpr double kStandardGravity = 9.80665;

struct Request {
  std::string file;
  std::string channel;
  std::optional<std::string> bearing;
  std::optional<std::string> group;
  double rpm = 0;
  VibrationSetup setup;
};

Result<VibrationReport> look(Request& request) {
  MW_ASSIGN(const Recording recording, read_recording(request.file, request.channel));
  if (request.bearing) {
    MW_ASSIGN(request.setup.bearing, bearing_of_text(*request.bearing));
  }
  if (request.group) {
    MW_ASSIGN(request.setup.group, group_of_text(*request.group));
  }
  const double rpm = request.rpm > 0 ? request.rpm : recording.rpm.value_or(0);
  if (rpm > 0) request.setup.shaft_hz = rpm / 60;
  if (request.setup.bearing && !request.setup.shaft_hz) {
    return Error::make(Code::kInvalidArgument,
                       "a bearing's lines need the shaft's speed, and the file does not say it: "
                       "add --rpm",
                       "计算轴承特征频率需要轴转速，而文件中没有：请加上 --rpm", "rpm");
  }
  return report_vibration(recording.samples, request.setup);
}

}  // namespace

int cmd_vibration(CommandLine& line) {
  line.describe(
      "Looks at a vibration recording: severity, impacts, and which part of a bearing is "
      "damaged.");
  Request request;
  request.setup.rate_hz = line.number("rate", "HZ", 0, "samples a second", 0, 1e7);
  request.channel =
      line.option("channel", "NAME", "", "array of a .mat file, or how its name ends");
  request.rpm =
      line.number("rpm", "RPM", 0, "the shaft's speed, where the file does not say it", 0, 1e6);
  request.bearing = line.maybe_option("bearing", "N,D,PITCH[,ANGLE]",
                                      "elements, their diameter, pitch diameter, contact angle");
  request.group =
      line.maybe_option("group", "GROUP", "ISO 20816-3: large- or medium-, rigid or flexible");
  const bool si = line.flag("m-s2", "samples are in m/s2, not in g");
  request.file = line.positional("FILE", ".mat (5 to 7.2), or text with a number a line");
  if (const auto status = line.finish()) return *status;
  request.setup.m_s2_per_unit = si ? 1.0 : kStandardGravity;
  const auto report = look(request);
  if (!report) return fail(line, report.error());
  if (line.json()) {
    print_json(report_json(*report, request.setup));
    return 0;
  }
  for (const Text& each : report_text(*report, request.setup)) {
    std::printf("%s\n", each.in(terminal_language()).c_str());
  }
  return 0;
}

}  // namespace mw::app
