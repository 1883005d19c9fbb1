#include "core/sha256.h"
#include "hub/model_store.h"
#include "hub/source.h"

// The manifest's JSON form. A manifest is trusted no more than any other file: names and hashes
// become paths, so they are checked here, once.
namespace mw::hub {
namespace {

constexpr int64_t kSchema = 1;

Error damaged(const std::string& field, const std::string& what) {
  return Error::make(Code::kCorrupt, "manifest field '" + field + "': " + what,
                     "清单字段“" + field + "”无效：" + what, field);
}

Result<ModelFile> file_from_json(const Json& value) {
  ModelFile file;
  MW_ASSIGN(file.name, json_string(value, "name"));
  MW_ASSIGN(file.sha256, json_string(value, "sha256"));
  MW_ASSIGN(const int64_t bytes, json_integer(value, "bytes", -1));
  if (!is_sha256_hex(file.sha256)) return damaged("files.sha256", "expected 64 hex digits");
  if (bytes < 0) return damaged("files.bytes", "expected a size");
  file.bytes = static_cast<uint64_t>(bytes);
  return file;
}

}  // namespace

bool is_name_in_folder(std::string_view name) {
  const std::size_t slash = name.find('/');
  const auto plain = [](std::string_view part) {
    return !part.empty() && part[0] != '.' && part.size() <= 200 &&
           part.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
               "0123456789._-+ ") == std::string_view::npos;
  };
  if (slash == std::string_view::npos) return plain(name);
  return plain(name.substr(0, slash)) && plain(name.substr(slash + 1));
}

void ModelManifest::set_files(std::vector<ModelFile> those) {
  files = std::move(those);
  bytes = 0;
  std::string list;
  for (const ModelFile& file : files) {
    bytes += file.bytes;
    list += file.sha256 + "  " + file.name + "\n";
  }
  sha256 = is_folder() ? sha256_hex(list) : files.front().sha256;
}

Json to_json(const ModelManifest& manifest) {
  Json files = Json::array();
  for (const ModelFile& file : manifest.files) {
    files.push_back({{"name", file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  }
  return {{"schema", kSchema},         {"name", manifest.name},
          {"source", manifest.source}, {"sha256", manifest.sha256},
          {"bytes", manifest.bytes},   {"licence", manifest.licence},
          {"files", std::move(files)}, {"fetched_at_s", manifest.fetched_at_s},
          {"card", manifest.card}};
}

Result<ModelManifest> manifest_from_json(const Json& value) {
  if (!value.is_object()) return damaged("manifest", "expected an object");
  MW_ASSIGN(const int64_t schema, json_integer(value, "schema", 0));
  if (schema != kSchema) {
    return Error::make(Code::kUnsupported,
                       "manifest schema " + std::to_string(schema) + " is not " +
                           std::to_string(kSchema) + ": it was written by another version",
                       "清单版本 " + std::to_string(schema) + " 不受支持");
  }
  ModelManifest manifest;
  MW_ASSIGN(manifest.name, json_string(value, "name"));
  MW_ASSIGN(manifest.source, json_string(value, "source"));
  MW_ASSIGN(manifest.licence, json_string(value, "licence"));
  MW_ASSIGN(manifest.fetched_at_s, json_integer(value, "fetched_at_s", 0));
  if (!is_model_name(manifest.name)) return damaged("name", "not a model name");
  const auto files = value.find("files");
  if (files == value.end() || !files->is_array() || files->empty()) {
    return damaged("files", "expected a list of at least one");
  }
  std::vector<ModelFile> read;
  for (const Json& item : *files) {
    MW_ASSIGN(ModelFile file, file_from_json(item));
    if (files->size() > 1 && !is_name_in_folder(file.name)) {
      return damaged("files.name", "not a name in a folder");
    }
    read.push_back(std::move(file));
  }
  manifest.set_files(std::move(read));
  const auto card = value.find("card");
  if (card != value.end() && card->is_object()) manifest.card = *card;
  return manifest;
}

}  // namespace mw::hub
