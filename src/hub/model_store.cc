#include "hub/model_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "core/check.h"
#include "core/file.h"
#include "core/file_lock.h"
#include "core/sha256.h"
#include "hub/source.h"

namespace mw::hub {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxManifestBytes = 4 << 20;

Error bad_name(std::string_view name) {
  const std::string shown(name.substr(0, 100));
  return Error::make(Code::kInvalidArgument,
                     "'" + shown + "' is not a model name: 1..96 of A-Z a-z 0-9 . _ - expected",
                     "“" + shown + "”不是模型名称：应为 1 到 96 个 A-Z a-z 0-9 . _ - 字符", "name");
}

Result<void> sync_path(const fs::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return errno_error("open", path.string(), errno);
  const int status = ::fsync(fd);
  const int problem = errno;
  ::close(fd);
  if (status != 0) return errno_error("fsync", path.string(), problem);
  return {};
}

std::optional<uint64_t> size_of(const fs::path& path) {
  std::error_code problem;
  const uint64_t size = fs::file_size(path, problem);
  if (problem) return std::nullopt;
  return size;
}

}  // namespace

Result<ModelStore> ModelStore::open(const fs::path& folder) {
  for (const char* part : {"blobs", "manifests", "partial"}) {
    MW_TRY(make_private_folder(folder / part));
  }
  return ModelStore(folder);
}

fs::path ModelStore::blob_path(std::string_view sha256) const {
  MW_CHECK(is_sha256_hex(sha256));
  return folder_ / "blobs" / ("sha256-" + std::string(sha256));
}

fs::path ModelStore::folder_path(std::string_view sha256) const {
  MW_CHECK(is_sha256_hex(sha256));
  return folder_ / "folders" / sha256;
}

std::optional<std::string> ModelStore::blob_sha256(const fs::path& file) const {
  std::error_code problem;
  const fs::path found = fs::canonical(file, problem);  // tests and users link to blobs
  if (!problem && is_sha256_hex(found.filename().string()) &&
      found.parent_path() == fs::canonical(folder_ / "folders", problem)) {
    return found.filename().string();
  }
  if (problem || found.parent_path() != fs::canonical(folder_ / "blobs", problem)) {
    return std::nullopt;
  }
  const std::string name = found.filename().string();
  if (!name.starts_with("sha256-") || !is_sha256_hex(name.substr(7))) return std::nullopt;
  return name.substr(7);
}

fs::path ModelStore::partial_path(std::string_view key) const {
  MW_CHECK(is_sha256_hex(key));
  return folder_ / "partial" / (std::string(key) + ".part");
}

fs::path ModelStore::manifest_path(std::string_view name) const {
  MW_CHECK(is_model_name(name));
  return folder_ / "manifests" / (std::string(name) + ".json");
}

bool ModelStore::has_blob(std::string_view sha256, uint64_t bytes) const {
  return size_of(blob_path(sha256)) == bytes;
}

Result<StoredModel> ModelStore::read(std::string_view name) const {
  const fs::path path = manifest_path(name);
  MW_ASSIGN(const std::string text, read_file(path, kMaxManifestBytes));
  auto value = parse_json(text);
  if (!value) {
    Error error = value.error().within(path.string());
    error.code = Code::kCorrupt;
    return error;
  }
  auto manifest = manifest_from_json(*value);
  if (!manifest) return manifest.error().within(path.string());
  if (manifest->name != name) {
    return Error::make(Code::kCorrupt, path.string() + " holds the manifest of '" + manifest->name +
                                           "': remove the file or pull the model again");
  }
  StoredModel model;
  const bool folder = manifest->is_folder();
  model.path = folder ? folder_path(manifest->sha256) : blob_path(manifest->sha256);
  for (const ModelFile& file : manifest->files) {
    const bool linked = !folder || size_of(model.path / file.name) == file.bytes;
    if (linked && has_blob(file.sha256, file.bytes)) continue;
    model.problem =
        Error::make(Code::kCorrupt,
                    "the file " + blob_path(file.sha256).string() +
                        " is missing or has another size; pull '" + manifest->source + "' again",
                    "文件 " + blob_path(file.sha256).string() + " 缺失或大小不符；请重新获取“" +
                        manifest->source + "”");
  }
  model.manifest = std::move(*manifest);
  return model;
}

Result<std::vector<StoredModel>> ModelStore::list() const {
  std::vector<std::string> names;
  std::error_code problem;
  fs::directory_iterator entry(folder_ / "manifests", problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    const fs::path& path = entry->path();
    // Names of other shapes are temporaries of a write that was cut.
    if (path.extension() == ".json" && is_model_name(path.stem().string())) {
      names.push_back(path.stem().string());
    }
  }
  if (problem) return errno_error("list", (folder_ / "manifests").string(), problem.value());
  std::sort(names.begin(), names.end());
  std::vector<StoredModel> models;
  for (const std::string& name : names) {
    auto model = read(name);
    if (model) {
      models.push_back(std::move(*model));
    } else if (model.error().code != Code::kNotFound) {  // kNotFound: removed since we looked
      StoredModel damaged;
      damaged.manifest.name = name;
      damaged.problem = model.error();
      models.push_back(std::move(damaged));
    }
  }
  return models;
}

Result<StoredModel> ModelStore::find(std::string_view name) const {
  if (!is_model_name(name)) return bad_name(name);
  auto model = read(name);
  if (model && model->problem) return *model->problem;
  if (model || model.error().code != Code::kNotFound) return model;
  std::string known;
  if (const auto models = list()) {
    for (const StoredModel& other : *models) known += " " + other.manifest.name;
  }
  const std::string shown(name);
  const std::string hint = find_built_in(name) != nullptr ? shown : std::string(kDefaultModel);
  return Error::make(Code::kNotFound,
                     "no model '" + shown + "' in " + folder_.string() +
                         (known.empty() ? ", which is empty" : "; there are:" + known) +
                         ". Fetch one with: millwright pull " + hint,
                     folder_.string() + " 中没有模型“" + shown + "”" +
                         (known.empty() ? "（模型库为空）" : "；现有：" + known) +
                         "。获取模型：millwright pull " + hint,
                     "model");
}

Result<StoredModel> ModelStore::put(ModelManifest manifest) const {
  if (!is_model_name(manifest.name)) return bad_name(manifest.name);
  MW_CHECK(!manifest.files.empty());
  MW_ASSIGN(const FileLock lock, FileLock::acquire(folder_ / "lock"));
  const auto before = read(manifest.name);
  if (before && before->manifest.source != manifest.source) {
    return Error::make(
        Code::kConflict,
        "the name '" + manifest.name + "' is taken by " + before->manifest.source +
            ": choose another with --name, or run: millwright models rm " + manifest.name,
        "名称“" + manifest.name + "”已被 " + before->manifest.source +
            " 占用：用 --name 另取名称，或执行 millwright models rm " + manifest.name,
        "name");
  }
  for (const ModelFile& file : manifest.files) {
    if (has_blob(file.sha256, file.bytes)) continue;
    return Error::make(
        Code::kUnavailable,
        "the file of '" + manifest.name + "' was removed while it was being fetched: pull again",
        "“" + manifest.name + "”的文件在获取过程中被删除：请重新获取");
  }
  manifest.set_files(std::move(manifest.files));
  if (manifest.is_folder()) MW_TRY(link_folder(manifest));
  // A card was measured on these weights: it stays with them and only with them.
  if (before && before->manifest.sha256 == manifest.sha256 && manifest.card.empty()) {
    manifest.card = before->manifest.card;
  }
  MW_TRY(write_file_atomically(manifest_path(manifest.name), to_json(manifest).dump(2) + "\n"));
  return read(manifest.name);
}

// Hard links: the blobs stay what they are called by. A folder that somebody took a file from is
// made again; a model that runs keeps what it has mapped.
Result<void> ModelStore::link_folder(const ModelManifest& manifest) const {
  const fs::path wanted = folder_path(manifest.sha256);
  std::error_code problem;
  const bool whole =
      std::all_of(manifest.files.begin(), manifest.files.end(),
                  [&](const ModelFile& file) { return size_of(wanted / file.name) == file.bytes; });
  if (whole) return {};
  fs::remove_all(wanted, problem);
  if (problem) return errno_error("remove", wanted.string(), problem.value());
  MW_TRY(make_private_folder(folder_ / "folders"));
  const fs::path making = wanted.string() + ".new";
  fs::remove_all(making, problem);  // of a try that was cut
  for (const ModelFile& file : manifest.files) {
    const fs::path link = making / file.name;
    MW_TRY(make_private_folder(link.parent_path()));
    fs::create_hard_link(blob_path(file.sha256), link, problem);
    if (problem) return errno_error("link", link.string(), problem.value());
  }
  fs::rename(making, wanted, problem);
  if (problem) return errno_error("rename", wanted.string(), problem.value());
  return sync_path(wanted.parent_path(), O_RDONLY | O_DIRECTORY);
}

Result<void> ModelStore::put_card(std::string_view name, Json card) const {
  if (!is_model_name(name)) return bad_name(name);
  MW_ASSIGN(const FileLock lock, FileLock::acquire(folder_ / "lock"));
  MW_ASSIGN(StoredModel model, read(name));
  model.manifest.card = std::move(card);
  return write_file_atomically(manifest_path(name), to_json(model.manifest).dump(2) + "\n");
}

Result<void> ModelStore::remove(std::string_view name) const {
  if (!is_model_name(name)) return bad_name(name);
  MW_ASSIGN(const FileLock lock, FileLock::acquire(folder_ / "lock"));
  const auto model = read(name);
  if (!model && model.error().code == Code::kNotFound) return find(name).error();
  if (::unlink(manifest_path(name).c_str()) != 0) {
    return errno_error("remove", manifest_path(name).string(), errno);
  }
  if (!model) return {};  // a damaged manifest names no blobs
  MW_ASSIGN(const std::vector<StoredModel> others, list());
  std::set<std::string> used;
  for (const StoredModel& other : others) {
    used.insert(other.manifest.sha256);
    for (const ModelFile& file : other.manifest.files) used.insert(file.sha256);
  }
  if (model->manifest.is_folder() && !used.contains(model->manifest.sha256)) {
    std::error_code problem;
    fs::remove_all(folder_path(model->manifest.sha256), problem);
    if (problem) return errno_error("remove", model->path.string(), problem.value());
    MW_TRY(remove_packed(model->manifest.sha256));
  }
  for (const ModelFile& file : model->manifest.files) {
    if (used.contains(file.sha256)) continue;
    const fs::path blob = blob_path(file.sha256);
    if (::unlink(blob.c_str()) != 0 && errno != ENOENT) {
      return errno_error("remove", blob.string(), errno);
    }
    MW_TRY(remove_packed(file.sha256));
  }
  return {};
}

Result<void> ModelStore::remove_packed(std::string_view sha256) const {
  std::error_code problem;
  if (!fs::exists(packed_folder(), problem)) return {};
  MW_ASSIGN(const FileLock lock, FileLock::acquire(packed_folder() / "lock"));
  std::vector<fs::path> files;
  fs::directory_iterator entry(packed_folder(), problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    if (entry->path().filename().string().starts_with(std::string(sha256) + "-")) {
      files.push_back(entry->path());
    }
  }
  for (const fs::path& file : files) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) {
      return errno_error("remove", file.string(), errno);
    }
  }
  return {};
}

Result<void> ModelStore::verify(std::string_view name) const {
  MW_ASSIGN(const StoredModel model, find(name));
  for (const ModelFile& file : model.manifest.files) {
    MW_ASSIGN(const MappedFile mapped, MappedFile::open(blob_path(file.sha256)));
    const std::span<const std::byte> bytes = mapped.bytes();
    const std::string actual =
        sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (actual == file.sha256) continue;
    return Error::make(Code::kCorrupt,
                       file.name + ": expected sha256 " + file.sha256 + ", got " + actual +
                           "; remove the model and pull it again",
                       file.name + "：sha256 应为 " + file.sha256 + "，实际为 " + actual +
                           "；请删除该模型后重新获取");
  }
  return {};
}

Result<void> ModelStore::adopt_blob(const fs::path& file, std::string_view sha256) const {
  MW_TRY(sync_path(file, O_RDWR));
  const fs::path blob = blob_path(sha256);
  ::chmod(file.c_str(), 0400);
  if (::rename(file.c_str(), blob.c_str()) != 0) {
    return errno_error("rename", blob.string(), errno);
  }
  return sync_path(blob.parent_path(), O_RDONLY | O_DIRECTORY);
}

}  // namespace mw::hub
