#include <charconv>

#include "apps/millwright/cmd_maintain_files.h"
#include "apps/millwright/cmd_maintain_life.h"
#include "apps/millwright/cmd_maintain_schedule.h"
#include "apps/millwright/cmd_maintain_versions.h"
#include "apps/millwright/cmd_maintain_vibration.h"
#include "apps/millwright/cmd_maintain_work.h"
#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"

namespace mw::app {
namespace {

struct Request {
  std::string action;
  FileRequest files;
  VersionRequest versions;
  ScheduleRequest schedule;
  WorkRequest work;
  LifeRequest life;
  VibrationRequest vibration;
};

Result<int> run(CommandLine& line, const Request& request) {
  if (is_file_action(request.action)) return maintain_files(line, request.files);
  if (request.action == "schedule") return maintain_schedule(line, request.schedule);
  if (is_version_action(request.action)) return maintain_versions(line, request.versions);
  if (is_work_action(request.action)) return maintain_work(line, request.work);
  if (is_life_action(request.action)) return maintain_life(line, request.life);
  if (request.action == "vibration") return maintain_vibration(line, request.vibration);
  return Error::make(
      Code::kInvalidArgument,
      "expected report, train, score, explain, versions, replay, promote, reject, "
      "rollback, schedule, work_order, accept, lives, life, follow, unfollow or vibration, got '" +
          request.action + "'",
      "应为 report、train、score、explain、versions、replay、promote、reject、"
      "rollback、schedule、work_order、accept、lives、life、follow、unfollow 或 "
      "vibration，实际为“" +
          request.action + "”",
      "ACTION");
}

}  // namespace

int cmd_maintain(CommandLine& line) {
  line.describe(
      "Learns from run-to-failure histories and labelled failures, and says what is next.\n"
      "  report FILE                what is in the data, and whether it can be learnt from\n"
      "  train FILE --to FOLDER     remaining life, or with --label which rows fail\n"
      "  score FOLDER FILE          what the model says of each asset or row\n"
      "  explain FOLDER [FILE]      the model's card, or why it says so of one asset or row\n"
      "and over the data folder of a server that is stopped, of a machine's health model:\n"
      "  versions ASSET             live, in shadow, before\n"
      "  replay ASSET               the version in shadow over all stored history and past cases\n"
      "  promote|reject ASSET       puts it live, if its replay allows, or drops it\n"
      "  rollback ASSET             back to the version before\n"
      "  schedule ASSET             when the server trains it anew by itself; --at sets that\n"
      "  work_order CASE            what to do, and what each window for it costs\n"
      "  accept CASE                the cheapest window, or the one of --start\n"
      "  lives ASSET,... --to FILE  whole lives as a table to train from, cut by events\n"
      "  life ASSET                 when it fails, by the model that follows it\n"
      "  follow ASSET --model NAME  from now on by that model; unfollow ASSET ends it\n"
      "  vibration list ASSET       its measuring points and recordings\n"
      "  vibration add ASSET FILE   keeps a recording of a --point\n"
      "  vibration report|remove ASSET NUMBER");
  Request request;
  request.files = file_flags(line);
  request.versions.stored.data = data_folder(line);
  request.versions.stored.catalogue_file =
      line.maybe_option("catalogue", "FILE", "versions...: default: that of config.toml");
  request.versions.stored.demo = line.flag("demo", "versions...: of the demo plant");
  request.versions.version =
      line.integer("version", "N", 0, "versions...: which; 0: the one that is meant", 0, INT64_MAX);
  add_schedule_flags(line, request.schedule);
  request.work.mode = line.option("mode", "ID", "", "work_order: failure mode; default: best fit");
  request.work.before = line.option(
      "before", "TIME", "",
      "work_order: done by then, 2026-01-31T08:00:00Z; none: whatever the life model says");
  request.work.start =
      line.option("start", "TIME", "", "work_order, accept: a window of one's own");
  request.work.note = line.option("note", "TEXT", "", "accept: a note");
  const std::string name =
      line.option("name", "NAME", "", "train: into the data folder, to follow");
  request.life = life_flags(line);
  request.vibration = vibration_flags(line);
  request.action = line.positional("ACTION",
                                   "report, train, score, explain, versions, replay, promote, "
                                   "reject, rollback, schedule, work_order, accept, lives, life, "
                                   "follow, unfollow or vibration");
  request.versions.action = request.files.action = request.action;
  const bool of_model = request.action == "score" || request.action == "explain";
  if (of_model) request.files.model = line.positional("MODEL", "the folder of a model");
  request.work.action = request.action;
  request.work.stored = request.versions.stored;
  if (request.action == "vibration") {
    request.vibration.stored = request.versions.stored;
    vibration_positionals(line, request.vibration);
  } else if (is_work_action(request.action)) {
    const std::string number = line.positional("CASE", "its number");
    const auto* const end = number.data() + number.size();
    const auto read = std::from_chars(number.data(), end, request.work.number);
    if (read.ec != std::errc() || read.ptr != end) request.work.number = 0;  // there is none of it
  } else if (is_life_action(request.action)) {
    request.life.asset = line.positional("ASSET", "a machine of the plant");
  } else if (is_version_action(request.action) || request.action == "schedule") {
    request.versions.asset = line.positional("ASSET", "a machine of the plant");
    request.schedule.asset = request.versions.asset;
    request.schedule.stored = request.versions.stored;
  } else if (request.action == "explain") {
    request.files.file = line.maybe_positional("FILE", "data").value_or("");
  } else {
    request.files.file = line.positional("FILE", "data");
  }
  if (const auto status = line.finish()) return *status;
  request.life.action = request.action;
  request.life.stored = request.versions.stored;
  request.life.to = request.files.to;
  if (!request.files.mapping.time.empty()) request.life.time_name = request.files.mapping.time;
  if (!name.empty()) request.files.to = named_model_folder(request.versions.stored, name).string();
  const Result<int> status = run(line, request);
  return status ? *status : fail(line, status.error());
}

}  // namespace mw::app
