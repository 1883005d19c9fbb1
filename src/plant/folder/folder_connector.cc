#include "plant/folder/folder_connector.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "core/file.h"

namespace mw::plant {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostFileBytes = 256 << 20;
constexpr std::size_t kMostWaiting = 100'000;

Text folder_problem(const fs::path& folder, const std::error_code& problem) {
  return {"cannot read the folder " + folder.string() + ": " + problem.message(),
          "无法读取文件夹 " + folder.string() + "：" + problem.message()};
}

bool is_candidate(const fs::directory_entry& entry) {
  std::error_code problem;
  const std::string name = entry.path().filename().string();
  std::string extension = entry.path().extension().string();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return !name.starts_with('.') && extension == ".csv" && !entry.is_symlink(problem) &&
         entry.is_regular_file(problem);
}

Error store_refusal() {
  return Error::make(Code::kResourceExhausted,
                     "the store cannot write at present: the files stay where they are",
                     "存储目前无法写入：文件留在原处");
}

/// NAME, or NAME-1, NAME-2, ... where that is taken.
fs::path free_name(const fs::path& folder, const fs::path& name) {
  fs::path path = folder / name;
  std::error_code problem;
  for (int i = 1; fs::exists(path, problem); ++i) {
    path = folder / (name.stem().string() + "-" + std::to_string(i) + name.extension().string());
  }
  return path;
}

}  // namespace

std::string problems_text(const CsvReport& report, uint64_t stored) {
  if (report.problem_count == 0) return {};
  std::string text =
      std::to_string(stored) + " samples were stored; " + std::to_string(report.problem_count) +
      " problems. Mend the file and put it in again: what is stored stays once.\n" + "已存储 " +
      std::to_string(stored) + " 个采样，有 " + std::to_string(report.problem_count) +
      " 个问题。请修正后重新放入：已存储的采样不会重复。\n\n";
  for (const CsvProblem& problem : report.problems) {
    text += "line " + std::to_string(problem.line) + ": " + problem.what.en + "\n第 " +
            std::to_string(problem.line) + " 行：" + problem.what.zh + "\n";
  }
  const uint64_t more = report.problem_count - report.problems.size();
  if (more > 0)
    text += "and " + std::to_string(more) + " more\n另有 " + std::to_string(more) + " 个\n";
  return text;
}

Result<std::unique_ptr<Connector>> FolderConnector::start(FolderOptions options,
                                                          const Catalogue& catalogue,
                                                          Ingest& ingest, const Clock& clock,
                                                          LogSink log) {
  for (const auto& [header, tag] : options.csv.columns) {
    if (catalogue.tag(tag) != nullptr) continue;
    return Error::make(
        Code::kInvalidArgument,
        "connector '" + options.name + "', column '" + header + "': the catalogue has no tag '" +
            tag + "'",
        "连接“" + options.name + "”，列“" + header + "”：工厂描述中没有测点“" + tag + "”",
        "columns");
  }
  std::unique_ptr<FolderConnector> connector(
      new FolderConnector(std::move(options), catalogue, ingest, clock, std::move(log)));
  connector->thread_ =
      std::jthread([raw = connector.get()](const std::stop_token& stop) { raw->run(stop); });
  return std::unique_ptr<Connector>(std::move(connector));
}

FolderConnector::FolderConnector(FolderOptions options, const Catalogue& catalogue, Ingest& ingest,
                                 const Clock& clock, LogSink log)
    : options_(std::move(options)),
      folder_(options_.path),
      catalogue_(catalogue),
      ingest_(ingest),
      clock_(clock),
      log_(std::move(log)),
      health_({options_.name, "folder", options_.path, {}}, catalogue, clock) {
  health_.set_backlog(0);
}

void FolderConnector::run(const std::stop_token& stop) {
  std::unique_lock lock(wake_mutex_);
  while (!stop.stop_requested()) {
    lock.unlock();
    look(stop);
    lock.lock();
    wake_.wait_for(lock, stop, std::chrono::milliseconds(options_.poll_ms), [] { return false; });
  }
}

Result<std::vector<fs::path>> FolderConnector::waiting() {
  std::error_code problem;
  std::vector<std::pair<fs::file_time_type, fs::path>> found;
  fs::directory_iterator entries(folder_, problem);
  for (; !problem && entries != fs::directory_iterator(); entries.increment(problem)) {
    if (!is_candidate(*entries) || found.size() >= kMostWaiting) continue;
    std::error_code gone;
    const auto written = entries->last_write_time(gone);
    if (!gone) found.emplace_back(written, entries->path());
  }
  if (problem) {
    const Text text = folder_problem(folder_, problem);
    return Error::make(Code::kIo, text.en, text.zh);
  }
  std::sort(found.begin(), found.end());
  std::vector<fs::path> files;
  for (auto& [written, path] : found) files.push_back(std::move(path));
  return files;
}

bool FolderConnector::stands_still(const fs::path& file) {
  std::error_code problem;
  Seen now{fs::file_size(file, problem), fs::last_write_time(file, problem), steady_ns()};
  if (problem) return false;
  const auto [place, fresh] = seen_.emplace(file, now);
  Seen& before = place->second;
  if (!fresh && (before.bytes != now.bytes || before.written != now.written)) before = now;
  return now.since_ns - before.since_ns >= options_.settle_ms * kNsPerMs;
}

void FolderConnector::look(const std::stop_token& stop) {
  const Result<std::vector<fs::path>> files = waiting();
  if (!files) {
    health_.failed(files.error().message);
    return;
  }
  health_.connected();
  uint64_t left = files->size();
  health_.set_backlog(left);
  const std::set<fs::path> present(files->begin(), files->end());
  std::erase_if(seen_, [&](const auto& each) { return !present.contains(each.first); });
  for (const fs::path& file : *files) {
    if (stop.stop_requested()) return;
    if (!stands_still(file)) continue;
    if (!take(file, stop)) return;
    health_.set_backlog(--left);
  }
}

bool FolderConnector::take(const fs::path& file, const std::stop_token& stop) {
  if (ingest_.store_refuses()) {
    health_.complained(store_refusal().message);
    return false;
  }
  const Result<std::string> text = read_file(file, kMostFileBytes);
  if (!text && text.error().code != Code::kTooLarge) {  // too many open files, a passing fault
    health_.complained(text.error().message);
    return true;
  }
  if (!text) {
    health_.refused();
    health_.complained(text.error().message);
    put_away(file, text.error().message.en + "\n" + text.error().message.in(Language::kZh) + "\n");
    return true;
  }
  uint64_t stored = 0;
  bool has_to_wait = false;
  const Result<CsvReport> report = read_csv_samples(
      *text, options_.csv, catalogue_, clock_.now_ns(),
      [&](std::span<const Reading> readings) -> Result<void> {
        has_to_wait = true;  // until it is on disk; reading it again later changes nothing
        if (stop.stop_requested()) return store_refusal();
        const Result<IngestOutcome> taken = ingest_.take(readings, Arrival::kByAge);
        if (!taken) return taken.error();
        if (taken->outcome == AppendOutcome::kBuffered) return store_refusal();
        has_to_wait = false;
        stored += taken->stored;
        IngestOutcome counted = *taken;
        counted.skew_ns.reset();  // files are late by nature
        health_.took(counted);
        return {};
      });
  if (has_to_wait) {
    if (!stop.stop_requested()) health_.complained(report.error().message);
    return false;
  }
  std::string problems;
  if (!report) {
    health_.refused();
    problems = report.error().message.en + "\n" + report.error().message.in(Language::kZh) + "\n";
  } else {
    health_.refused(report->problem_count);
    problems = problems_text(*report, stored);
  }
  if (!problems.empty()) {
    const std::string name = file.filename().string();
    health_.complained({name + ": " + problems.substr(0, problems.find('\n')),
                        name + "：有问题，见 failed/ 中同名的 .txt"});
  }
  put_away(file, problems);
  return true;
}

void FolderConnector::put_away(const fs::path& file, const std::string& problems) {
  const fs::path folder = folder_ / (problems.empty() ? "done" : "failed");
  std::error_code problem;
  fs::create_directories(folder, problem);
  const fs::path target = free_name(folder, file.filename());
  if (!problems.empty()) {
    const Result<void> told = write_file_atomically(target.string() + ".txt", problems);
    if (!told) log_(LogLevel::kError, "plant", options_.name + ": " + told.error().message.en);
  }
  if (!problem) fs::rename(file, target, problem);
  if (problem) {
    health_.complained({"cannot move " + file.string() + " to " + folder.string() + ": " +
                            problem.message() + "; it is read again and again until then",
                        "无法将 " + file.string() + " 移到 " + folder.string() + "：" +
                            problem.message() + "；在此之前会反复读取"});
    seen_[file].since_ns = steady_ns();
    return;
  }
  seen_.erase(file);
  log_(problems.empty() ? LogLevel::kInfo : LogLevel::kWarning, "plant",
       options_.name + ": " + file.filename().string() + " taken, now " + target.string());
}

}  // namespace mw::plant
