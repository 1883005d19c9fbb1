#include "maintenance/vibration_archive.h"

#include <algorithm>
#include <cmath>

#include "core/file.h"
#include "maintenance/data/source_name.h"
#include "maintenance/health/health_machine.h"
#include "maintenance/health/same_person.h"
#include "maintenance/recording.h"
#include "maintenance/vibration/plant_bearing.h"
#include "maintenance/vibration/renamed_recordings.h"
#include "maintenance/vibration/vibration_file.h"
#include "security/rights.h"

namespace mw::maintenance {
namespace {

constexpr double kStandardGravity = 9.80665;
constexpr std::size_t kMostRemembered = 16;  // looks, of 50 kB each

/// The same for one of a machine that somebody may not see.
Error no_recording() {
  return Error::make(
      Code::kNotFound, "there is no such recording: see GET /api/maintenance/vibration/ASSET",
      "没有该振动记录：可用记录见 GET /api/maintenance/vibration/ASSET", "recording");
}

VibrationFound found_in(const VibrationReport& report) {
  VibrationFound found;
  found.velocity_rms_mm_s = report.velocity_rms_mm_s;
  found.acceleration_rms_m_s2 = report.time.rms;
  found.kurtosis = report.time.kurtosis;
  found.severity = report.severity;
  found.diagnosed = report.bearing.has_value();
  if (report.bearing) found.named = report.bearing->named;
  return found;
}

/// As they will be kept: what is told of them is told again of the file.
Result<std::vector<double>> kept_samples(const Recording& recording) {
  const std::size_t count = std::min(recording.samples.size(), kMostVibrationSamples);
  std::vector<double> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<float>(recording.samples[i]);
    if (!std::isfinite(value)) {
      return Error::make(Code::kInvalidArgument,
                         "sample " + std::to_string(i + 1) +
                             " is no number: cut the recording "
                             "where the sensor was away",
                         "第 " + std::to_string(i + 1) + " 个样本不是数字：请截去传感器断开的部分",
                         "file");
    }
    out.push_back(value);
  }
  return out;
}

}  // namespace

VibrationSetup setup_of(const VibrationInfo& info) {
  VibrationSetup setup;
  setup.rate_hz = info.rate_hz;
  setup.m_s2_per_unit = info.in_g ? kStandardGravity : 1.0;
  if (info.rpm) setup.shaft_hz = *info.rpm / 60;
  setup.bearing = info.bearing;
  setup.orders = info.orders;
  setup.group = info.group;
  return setup;
}

Result<std::unique_ptr<VibrationArchive>> VibrationArchive::open(VibrationOptions options) {
  MW_TRY(make_private_folder(options.folder));
  MW_TRY(follow_renamed_recordings(options, *options.plant->catalogue(everybody())));
  std::unique_ptr<VibrationArchive> out(new VibrationArchive(std::move(options)));
  out->load();
  return out;
}

void VibrationArchive::load() {
  std::error_code failed;
  for (const auto& folder : std::filesystem::directory_iterator(options_.folder, failed)) {
    const std::string asset = folder.path().filename().string();
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path(), none)) {
      if (entry.path().extension() != ".vib") continue;  // what a crash left behind
      const auto file = MappedFile::open(entry.path());
      const std::string_view bytes =
          file ? std::string_view(reinterpret_cast<const char*>(file->bytes().data()),
                                  file->bytes().size())
               : std::string_view();
      const auto info = parse_vibration_head(bytes);
      if (!info || info->asset != asset || path_of(asset, info->number) != entry.path()) {
        options_.log(LogLevel::kWarning, "maintenance",
                     "left out: vibration recording " + entry.path().string());
        continue;
      }
      machines_[asset][info->number] = {*info, bytes.size()};
    }
  }
}

std::filesystem::path VibrationArchive::path_of(const std::string& asset, int64_t number) const {
  return options_.folder / asset / (std::to_string(number) + ".vib");
}

Result<void> VibrationArchive::audit(const Identity& who, const char* action,
                                     const VibrationInfo& info, const std::string& detail) const {
  if (options_.audit == nullptr) return {};
  return options_.audit->record(
      {security::audit_name(who), "", std::string("maintenance.") + action, "asset:" + info.asset,
       security::AuditOutcome::kDone, "recording=" + std::to_string(info.number) + " " + detail});
}

Result<std::vector<int64_t>> VibrationArchive::to_remove(const Machine& machine,
                                                         const VibrationInfo& info,
                                                         uint64_t bytes) const {
  std::vector<const Kept*> oldest;
  for (const auto& [number, kept] : machine) {
    bytes += kept.bytes;
    oldest.push_back(&kept);
  }
  std::sort(oldest.begin(), oldest.end(), [](const Kept* a, const Kept* b) {
    return std::pair(a->info.ts_ns, a->info.number) < std::pair(b->info.ts_ns, b->info.number);
  });
  std::vector<int64_t> out;
  for (const Kept* each : oldest) {
    if (bytes <= options_.most_bytes_a_machine &&
        machine.size() - out.size() < options_.most_a_machine) {
      return out;
    }
    if (each->info.ts_ns > info.ts_ns) {
      return Error::make(Code::kResourceExhausted,
                         "what is kept of this machine is full of newer recordings: remove some "
                         "that are not needed any more",
                         "该设备的记录空间已被更新的记录占满：请先删除不再需要的记录", "ts_ms");
    }
    out.push_back(each->info.number);
    bytes -= each->bytes;
  }
  return out;
}

Result<VibrationArchive::Added> VibrationArchive::add(const Identity& who, const Order& order) {
  Added added{order.info, {}, {}};
  VibrationInfo& info = added.info;
  const auto mine = options_.plant->catalogue(who);
  const plant::Asset* asset = mine->asset(info.asset);
  if (asset == nullptr) return no_such_asset(info.asset);
  if (!who.may(Role::kOperator, asset->line)) return role_needed("operator", "操作员");
  MW_ASSIGN(const Recording recording, parse_recording(order.bytes, order.file, info.channel));
  info.channel = recording.channel;
  if (!info.rpm) info.rpm = recording.rpm;
  info.source = source_name(order.file);
  info.by = who.name;
  info.added_ns = options_.clock->now_ns();
  if (info.ts_ns == 0) info.ts_ns = info.added_ns;
  added.note = complete_from_plant(*options_.plant, who, *asset, info);
  MW_TRY(check_vibration_info(info));
  if (info.ts_ns < 0 || info.ts_ns > info.added_ns + kNsPerDay) {
    return Error::make(Code::kInvalidArgument, "'ts_ms': the recording begins in the future",
                       "“ts_ms”：记录时间在未来", "ts_ms");
  }
  MW_ASSIGN(const std::vector<double> samples, kept_samples(recording));
  info.samples = samples.size();
  info.cut = recording.samples.size() - samples.size();
  Looked looked{info.asset, 0, {}, {}};
  {
    const std::lock_guard<std::mutex> turn(looking_);
    const VibrationSetup setup = setup_of(info);
    MW_ASSIGN(looked.report, report_vibration(samples, setup));
    looked.plots = plot_vibration(samples, setup, looked.report);
  }
  info.found = found_in(looked.report);

  MW_ASSIGN(added.removed, keep(who, info, samples));
  looked.number = info.number;
  const std::lock_guard<std::mutex> turn(looking_);
  remember(std::move(looked));
  return added;
}

Result<std::vector<VibrationInfo>> VibrationArchive::keep(const Identity& who, VibrationInfo& info,
                                                          std::span<const double> samples) {
  const std::lock_guard<std::mutex> guard(mutex_);
  Machine& machine = machines_[info.asset];
  info.number = info.added_ns / kNsPerMs;
  if (!machine.empty()) info.number = std::max(info.number, machine.rbegin()->first + 1);
  const std::string bytes = vibration_bytes(info, samples);
  MW_ASSIGN(const std::vector<int64_t> gone, to_remove(machine, info, bytes.size()));
  std::vector<VibrationInfo> removed;
  for (const int64_t each : gone) removed.push_back(machine.at(each).info);
  std::string detail = "point=" + info.point + " samples=" + std::to_string(info.samples);
  for (const int64_t each : gone) detail += " thins=" + std::to_string(each);
  MW_TRY(audit(who, "vibration", info, detail));
  MW_TRY(make_private_folder(options_.folder / info.asset));
  MW_TRY(write_file_atomically(path_of(info.asset, info.number), bytes));
  for (const int64_t each : gone) {
    std::error_code failed;
    std::filesystem::remove(path_of(info.asset, each), failed);
    machine.erase(each);
  }
  if (!gone.empty()) {
    options_.log(LogLevel::kWarning, "maintenance",
                 "vibration of " + info.asset + ": " + std::to_string(gone.size()) +
                     " oldest recordings went for a newer one");
  }
  machine[info.number] = {info, bytes.size()};
  return removed;
}

void VibrationArchive::remember(Looked looked) const {
  // A clock that was set back may give a removed one's number again.
  std::erase_if(looked_, [&](const Looked& each) {
    return each.asset == looked.asset && each.number == looked.number;
  });
  looked_.push_back(std::move(looked));
  if (looked_.size() > kMostRemembered) looked_.pop_front();
}

Result<std::vector<VibrationInfo>> VibrationArchive::list(const Identity& who,
                                                          const std::string& asset) const {
  if (options_.plant->catalogue(who)->asset(asset) == nullptr) return no_such_asset(asset);
  std::vector<VibrationInfo> out;
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = machines_.find(asset);
  if (found == machines_.end()) return out;
  for (const auto& [number, kept] : found->second) out.push_back(kept.info);
  std::sort(out.begin(), out.end(), [](const VibrationInfo& a, const VibrationInfo& b) {
    return std::pair(a.ts_ns, a.number) > std::pair(b.ts_ns, b.number);
  });
  return out;
}

Result<VibrationInfo> VibrationArchive::find(const Identity& who, const std::string& asset,
                                             int64_t number) const {
  MW_ASSIGN(const std::vector<VibrationInfo> all, list(who, asset));
  for (const VibrationInfo& each : all) {
    if (each.number == number) return each;
  }
  return no_recording();
}

Result<std::vector<double>> VibrationArchive::samples_of(const VibrationInfo& info) const {
  const auto file = MappedFile::open(path_of(info.asset, info.number));
  if (!file) return no_recording();  // it went for a newer one meanwhile
  MW_ASSIGN(VibrationFile read,
            parse_vibration_file(
                {reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()}));
  return std::move(read.samples);
}

Result<VibrationArchive::Look> VibrationArchive::look(const Identity& who, const std::string& asset,
                                                      int64_t number) const {
  MW_ASSIGN(VibrationInfo info, find(who, asset, number));
  const std::lock_guard<std::mutex> turn(looking_);
  for (const Looked& each : looked_) {
    if (each.asset == asset && each.number == number) return Look{info, each.report, each.plots};
  }
  MW_ASSIGN(const std::vector<double> samples, samples_of(info));
  const VibrationSetup setup = setup_of(info);
  MW_ASSIGN(VibrationReport report, report_vibration(samples, setup));
  VibrationPlots plots = plot_vibration(samples, setup, report);
  remember({asset, number, report, plots});
  return Look{std::move(info), std::move(report), std::move(plots)};
}

Result<VibrationArchive::Series> VibrationArchive::series(const Identity& who,
                                                          const std::string& asset,
                                                          const std::string& point,
                                                          std::size_t count,
                                                          std::optional<double> to_hz) const {
  MW_ASSIGN(const std::vector<VibrationInfo> all, list(who, asset));
  Series out;
  for (const VibrationInfo& each : all) {
    if (each.point != point || out.recordings.size() == std::min(count, kMostRows)) continue;
    out.recordings.push_back(each);
  }
  if (out.recordings.empty()) return no_recording();
  std::reverse(out.recordings.begin(), out.recordings.end());
  const std::lock_guard<std::mutex> turn(looking_);
  std::vector<WaterfallSignal> signals;
  for (const VibrationInfo& each : out.recordings) {
    MW_ASSIGN(std::vector<double> samples, samples_of(each));
    signals.push_back({std::move(samples), each.rate_hz, setup_of(each).m_s2_per_unit});
  }
  out.waterfall = make_waterfall(signals, to_hz);
  return out;
}

Result<void> VibrationArchive::remove(const Identity& who, const std::string& asset,
                                      int64_t number) {
  MW_ASSIGN(const VibrationInfo info, find(who, asset, number));
  if (!who.may(Role::kEngineer, options_.plant->catalogue(who)->asset(asset)->line)) {
    return role_needed("engineer", "工程师");
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  if (!machines_[asset].contains(number)) return no_recording();
  MW_TRY(audit(who, "vibration_remove", info, "point=" + info.point));
  std::error_code failed;
  std::filesystem::remove(path_of(asset, number), failed);
  if (failed) return errno_error("remove", path_of(asset, number).string(), failed.value());
  machines_[asset].erase(number);
  return {};
}

Result<void> VibrationArchive::forget_person(const std::string& name) {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (auto& [asset, machine] : machines_) {
    for (auto at = machine.begin(); at != machine.end();) {
      Kept& kept = at->second;
      const bool theirs = is_same_person(kept.info.by, name);
      Result<std::vector<double>> samples = std::vector<double>();
      if (theirs) samples = samples_of(kept.info);
      if (!samples) {  // damaged: nobody can look at it, and no digest is made anew for it
        std::error_code failed;
        std::filesystem::remove(path_of(asset, at->first), failed);
        at = machine.erase(at);
        continue;
      }
      if (theirs) {
        kept.info.by = kNobody;
        const std::string bytes = vibration_bytes(kept.info, *samples);
        MW_TRY(write_file_atomically(path_of(asset, at->first), bytes));
        kept.bytes = bytes.size();
      }
      ++at;
    }
  }
  return {};
}

}  // namespace mw::maintenance
