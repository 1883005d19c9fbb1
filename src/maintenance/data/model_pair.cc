#include "maintenance/data/model_pair.h"

#include <algorithm>
#include <vector>

#include "core/file.h"
#include "core/sha256.h"
#include "maintenance/data/json_lists.h"

namespace mw::maintenance {
namespace {

constexpr uint64_t kMostModelBytes = uint64_t{1} << 30;
constexpr uint64_t kMostCardBytes = uint64_t{1} << 24;
constexpr const char* kCard = "card.json";
constexpr const char* kOldModel = "model.json";  // before it bore its hash
constexpr std::size_t kDigits = 16;
constexpr int kMostTries = 3;  // each time somebody saved a newer one meanwhile

bool is_there(const std::filesystem::path& path) {
  std::error_code problem;
  return std::filesystem::exists(path, problem);
}

}  // namespace

std::string model_file_name(std::string_view model_sha256) {
  return "model-" + std::string(model_sha256.substr(0, kDigits)) + ".json";
}

Result<void> put_model(const std::filesystem::path& folder, std::string_view model) {
  return write_file_atomically(folder / model_file_name(sha256_hex(model)), model);
}

Result<void> put_card(const std::filesystem::path& folder, std::string_view card) {
  return write_file_atomically(folder / kCard, card);
}

void drop_other_models(const std::filesystem::path& folder, std::string_view model_sha256) {
  const std::string kept = model_file_name(model_sha256);
  std::vector<std::filesystem::path> others;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string name = entry.path().filename().string();
    const bool model = name == kOldModel || (name.starts_with("model-") && name.ends_with(".json"));
    if (model && name != kept) others.push_back(entry.path());
  }
  for (const std::filesystem::path& each : others) std::filesystem::remove(each, failed);
}

Result<ModelPair> read_pair(const std::filesystem::path& folder) {
  std::string before;
  for (int tries = 0;; ++tries) {
    if (!is_there(folder / kCard)) {
      return Error::make(
          Code::kNotFound,
          "no model in " + folder.string() + ": train one with `millwright maintain train`",
          folder.string() + " 中没有模型：请用 millwright maintain train 训练", "MODEL");
    }
    ModelPair pair;
    MW_ASSIGN(pair.card, read_file(folder / kCard, kMostCardBytes));
    MW_ASSIGN(pair.card_json, parse_json(pair.card));
    MW_ASSIGN(const std::string digest, json_string(pair.card_json, "model_sha256"));
    // The digest comes out of a file: it names no path before it looks like one.
    const bool hash = digest.size() == 64 && std::all_of(digest.begin(), digest.end(), [](char c) {
                        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                      });
    if (!hash) return damaged_model("its card names no model");
    const std::filesystem::path own = folder / model_file_name(digest);
    Result<std::string> model =
        read_file(is_there(own) ? own : folder / kOldModel, kMostModelBytes);
    if (model && sha256_hex(*model) == digest) {
      pair.model = std::move(*model);
      return pair;
    }
    // The card of a moment ago may have been replaced, and its model be gone with it.
    if (tries + 1 < kMostTries && pair.card != before && !model) {
      before = pair.card;
      continue;
    }
    return damaged_model(model ? "its model is not the card's" : "the card's model is not there");
  }
}

Result<void> copy_pair(const std::filesystem::path& from, const std::filesystem::path& to) {
  MW_ASSIGN(const ModelPair pair, read_pair(from));
  MW_TRY(put_model(to, pair.model));
  return put_card(to, pair.card);
}

}  // namespace mw::maintenance
