#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "core/log.h"
#include "plant/csv_samples.h"
#include "plant/internal/connector_health.h"

namespace mw::plant {

/// Takes in the CSV files that are put into a folder, oldest first. One that was taken whole is
/// moved to done/, one with problems to failed/ with a .txt beside it that says which lines and
/// why; what could be read of it is stored all the same, and since storing a sample again changes
/// nothing, the mended file may be put in again. A file is not touched before it has stood still
/// for FolderOptions::settle_ms, and names that begin with '.' or do not end in .csv never are.
///
/// While the store refuses, files stay where they are: the backlog is the folder, and is shown.
/// Threads  one of its own.
class FolderConnector final : public Connector {
 public:
  static Result<std::unique_ptr<Connector>> start(FolderOptions options, const Catalogue& catalogue,
                                                  Ingest& ingest, const Clock& clock, LogSink log);
  const ConnectorHealth& health() const override { return health_; }
  void request_stop() override { thread_.request_stop(); }

 private:
  struct Seen {
    uintmax_t bytes = 0;
    std::filesystem::file_time_type written;
    int64_t since_ns = 0;  // steady; unchanged since
  };

  FolderConnector(FolderOptions options, const Catalogue& catalogue, Ingest& ingest,
                  const Clock& clock, LogSink log);
  void run(const std::stop_token& stop);
  void look(const std::stop_token& stop);
  Result<std::vector<std::filesystem::path>> waiting();
  bool stands_still(const std::filesystem::path& file);
  /// False when it has to wait: the store does not keep it, or the end has come.
  bool take(const std::filesystem::path& file, const std::stop_token& stop);
  void put_away(const std::filesystem::path& file, const std::string& problems);

  const FolderOptions options_;
  const std::filesystem::path folder_;
  const Catalogue& catalogue_;
  Ingest& ingest_;
  const Clock& clock_;
  const LogSink log_;
  ConnectorHealth health_;
  std::map<std::filesystem::path, Seen> seen_;
  std::mutex wake_mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: joined first
};

/// What is told in the .txt beside a file with problems, in both languages. Empty when there are
/// none.
std::string problems_text(const CsvReport& report, uint64_t stored);

}  // namespace mw::plant
