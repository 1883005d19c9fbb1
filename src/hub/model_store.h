#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::hub {

struct ModelFile {
  /// As at the source: "SmolLM2-135M-Instruct.Q4_1.gguf"; of a folder's files the path inside it,
  /// "1_Pooling/config.json".
  std::string name;
  std::string sha256;
  uint64_t bytes = 0;
};

/// What is known of a model in the store: manifests/<name>.json.
struct ModelManifest {
  std::string name;
  std::string source;            // as given to `pull`
  std::string sha256;            // of the file; of a folder the hash over names and hashes of all
  uint64_t bytes = 0;            // of all files
  std::string licence;           // SPDX or the source's own word; empty when the source says none
  std::vector<ModelFile> files;  // one GGUF file, or those of a Hugging Face folder by name
  int64_t fetched_at_s = 0;      // seconds since 1970 UTC
  Json card = Json::object();    // what the model was measured to do (runtime/probe.h)

  bool is_folder() const { return files.size() > 1; }
  /// Takes the files, and sets sha256 and bytes of them all.
  void set_files(std::vector<ModelFile> those);
};

struct StoredModel {
  ModelManifest manifest;
  std::filesystem::path path;    // of the file or folder
  std::optional<Error> problem;  // damaged manifest or missing weights: listed, not usable
};

/// Whether a file of a folder may be called so: its name becomes a path, of at most one folder deep
/// and plain characters.
bool is_name_in_folder(std::string_view name);

Json to_json(const ModelManifest& manifest);
Result<ModelManifest> manifest_from_json(const Json& value);

/// Models on disk, each file under the hash of its content:
///
///   blobs/sha256-<hex>      weights, never changed once there
///   manifests/<name>.json   which blobs make a model, and where they came from
///   folders/<hex>/          the blobs of a model of several files under their own names (links)
///   partial/                downloads under way, kept for resuming
///   packed/<hex>-*          what the engine made of a blob and can make again (ADR 0014)
///   lock                    held by whoever changes manifests or removes blobs
///
/// Goals     a crash at any instant leaves each model whole or absent; several processes may read
///           and write at once; equal files are kept once.
/// Non-goal  re-hashing on open: a blob is verified when it enters (`verify` reads it again).
/// Errors    kNotFound, kConflict, kCorrupt, kInvalidArgument (names), those of the disk.
/// Threads   const and stateless after open: any thread, any number of processes.
class ModelStore {
 public:
  /// Creates the folders where they are missing.
  static Result<ModelStore> open(const std::filesystem::path& folder);

  /// By name; damaged ones have `problem` set.
  Result<std::vector<StoredModel>> list() const;
  /// kNotFound says what there is and how to get more.
  Result<StoredModel> find(std::string_view name) const;

  /// Enters a model whose files are all in blobs/ already. A name that is taken by another source
  /// is kConflict; the same source is replaced.
  Result<StoredModel> put(ModelManifest manifest) const;
  /// Replaces the card of a model.
  Result<void> put_card(std::string_view name, Json card) const;
  /// Removes a model, and each blob that no other model uses with what was packed from it. An open
  /// mapping stays readable.
  Result<void> remove(std::string_view name) const;
  /// Hashes the weights again: kCorrupt when they are not what the manifest says.
  Result<void> verify(std::string_view name) const;

  /// Moves a complete file into blobs/; `sha256` has just been computed over its content.
  Result<void> adopt_blob(const std::filesystem::path& file, std::string_view sha256) const;
  bool has_blob(std::string_view sha256, uint64_t bytes) const;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path blob_path(std::string_view sha256) const;
  /// Of a model of several files.
  std::filesystem::path folder_path(std::string_view sha256) const;
  /// The hash of a model's file or folder by its place in blobs/ or folders/; nothing for what is
  /// elsewhere.
  std::optional<std::string> blob_sha256(const std::filesystem::path& file) const;
  /// Made by whoever keeps something there, under a lock on the file `lock` in it.
  std::filesystem::path packed_folder() const { return folder_ / "packed"; }
  /// Where a download under way is kept. `key` is a hash.
  std::filesystem::path partial_path(std::string_view key) const;

 private:
  explicit ModelStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path manifest_path(std::string_view name) const;
  Result<StoredModel> read(std::string_view name) const;
  Result<void> link_folder(const ModelManifest& manifest) const;
  Result<void> remove_packed(std::string_view sha256) const;

  std::filesystem::path folder_;
};

}  // namespace mw::hub
