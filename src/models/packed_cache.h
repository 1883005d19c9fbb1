#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/log.h"
#include "models/packed_weights.h"

namespace mw::models {

/// Where the packed weights of one model file are kept between starts: one file, named by the
/// model's hash and this build's layout, `<folder>/<sha256>-v<layout>.mwpack`. What is there is
/// verified or thrown away, and never needed: each failure is a line in the log.
///
/// Threads  any, and any number of processes: one lock file in the folder guards changes.
class PackedCache {
 public:
  /// `model` is the file the weights are packed from; nothing is kept once it is gone.
  PackedCache(std::filesystem::path folder, std::filesystem::path model, std::string model_sha256,
              LogSink log);

  std::filesystem::path file() const;
  /// What an earlier start kept; nothing where there is none that can be trusted.
  std::optional<PackedWeights> read(ThreadPool& pool) const;
  /// Writes the weights of `model`, unless they came from here. Removes files of other layouts.
  void keep(const Model& model) const;

 private:
  Result<void> write(std::span<const NamedMatrix> matrices, uint64_t bytes) const;
  void remove_others() const;

  std::filesystem::path folder_;
  std::filesystem::path model_;
  std::string model_sha256_;
  LogSink log_;
};

}  // namespace mw::models
