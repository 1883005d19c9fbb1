#include "hub/repository.h"

#include <algorithm>

#include "core/sha256.h"

namespace mw::hub {
namespace {

constexpr std::size_t kMaxFiles = 10'000;
constexpr std::size_t kShownFiles = 20;

bool is_safe_path(const std::string& path) {
  return !path.empty() && path.size() <= 1024 && path[0] != '/' &&
         ("/" + path + "/").find("/../") == std::string::npos &&
         std::none_of(path.begin(), path.end(),
                      [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; });
}

bool is_revision(const std::string& text) {
  return text.size() == 40 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string text_or_empty(const Json& object, const char* key) {
  const auto text = json_string(object, key);
  return text ? *text : std::string();
}

/// The card's licence, else the tag that the hub makes of it.
std::string licence_of(const Json& value) {
  const auto card = value.find("cardData");
  if (card != value.end() && card->is_object()) {
    const std::string named = text_or_empty(*card, "license_name");
    const std::string licence = text_or_empty(*card, "license");
    if (!licence.empty()) return licence == "other" && !named.empty() ? named : licence;
  }
  const auto tags = value.find("tags");
  if (tags == value.end() || !tags->is_array()) return {};
  for (const Json& tag : *tags) {
    if (!tag.is_string()) continue;
    const std::string text = tag.get<std::string>();
    if (text.starts_with("license:")) return text.substr(8);
  }
  return {};
}

Result<Repository::File> file_from_json(const Json& item) {
  Repository::File file;
  MW_ASSIGN(file.path, json_string(item, "rfilename"));
  MW_ASSIGN(const int64_t bytes, json_integer(item, "size", 0));
  file.bytes = static_cast<uint64_t>(std::max<int64_t>(bytes, 0));
  const auto large = item.find("lfs");
  if (large != item.end() && large->is_object()) {
    file.sha256 = text_or_empty(*large, "sha256");
    if (file.sha256.empty()) file.sha256 = text_or_empty(*large, "oid");
    if (!is_sha256_hex(file.sha256)) file.sha256.clear();
    MW_ASSIGN(const int64_t large_bytes, json_integer(*large, "size", 0));
    if (large_bytes > 0) file.bytes = static_cast<uint64_t>(large_bytes);
  }
  return file;
}

std::string listing(const std::vector<Repository::File>& files) {
  std::string text;
  for (std::size_t i = 0; i < files.size() && i < kShownFiles; ++i) {
    text += "\n  " + files[i].path;
    if (files[i].bytes > 0) text += "  " + std::to_string(files[i].bytes / 1'000'000) + " MB";
  }
  if (files.size() > kShownFiles) {
    text += "\n  and " + std::to_string(files.size() - kShownFiles) + " more";
  }
  return text;
}

/// "name-00002-of-00005.gguf"
bool is_part_of_split(const std::string& path) {
  const std::size_t of = path.rfind("-of-");
  return of != std::string::npos && of >= 6 && path.size() == of + 4 + 5 + 5 &&
         path[of - 6] == '-' &&
         std::all_of(path.begin() + static_cast<std::ptrdiff_t>(of) - 5,
                     path.begin() + static_cast<std::ptrdiff_t>(of),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<Repository> parse_repository(const Json& value) {
  const auto siblings = value.is_object() ? value.find("siblings") : value.end();
  if (siblings == value.end() || !siblings->is_array() || siblings->size() > kMaxFiles) {
    return Error::make(Code::kCorrupt, "the hub's answer holds no list of files ('siblings')",
                       "服务器的回答中没有文件列表（siblings）", "siblings");
  }
  Repository repository;
  const std::string revision = text_or_empty(value, "sha");
  if (is_revision(revision)) repository.revision = revision;
  repository.licence = licence_of(value);
  for (const Json& item : *siblings) {
    auto file = file_from_json(item);
    if (file && is_safe_path(file->path)) repository.files.push_back(std::move(*file));
  }
  return repository;
}

Result<Repository::File> choose_file(const Repository& repository, const std::string& name,
                                     const std::string& wanted) {
  std::vector<Repository::File> models;
  for (const Repository::File& file : repository.files) {
    if (file.path.ends_with(".gguf")) models.push_back(file);
  }
  if (!wanted.empty()) {
    if (is_part_of_split(wanted)) {
      return Error::make(Code::kUnsupported,
                         wanted +
                             " is one part of a split model; Millwright reads whole files: "
                             "choose one that is not split:" +
                             listing(models),
                         wanted + " 是分卷模型的一部分；请选择未分卷的文件：" + listing(models));
    }
    for (const Repository::File& file : repository.files) {
      if (file.path == wanted) return file;
    }
    return Error::make(Code::kNotFound,
                       name + " holds no file '" + wanted + "'; its GGUF files:" + listing(models),
                       name + " 中没有文件“" + wanted + "”；其中的 GGUF 文件：" + listing(models),
                       "source");
  }
  std::erase_if(models, [](const Repository::File& file) { return is_part_of_split(file.path); });
  if (models.size() == 1) return models.front();
  if (models.empty()) {
    return Error::make(Code::kUnsupported,
                       name +
                           " holds no GGUF file, the format Millwright reads: look for a "
                           "repository whose name ends in -GGUF",
                       name +
                           " 中没有 GGUF 文件（Millwright 读取的格式）：请查找名称以 -GGUF "
                           "结尾的仓库",
                       "source");
  }
  return Error::make(
      Code::kInvalidArgument,
      name + " holds several GGUF files: choose one with hf:" + name + "/FILE" + listing(models),
      name + " 中有多个 GGUF 文件：请用 hf:" + name + "/FILE 选择一个" + listing(models), "source");
}

}  // namespace mw::hub
