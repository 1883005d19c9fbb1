#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace mw::maintenance {

/// The two files of a stored model: the model under the name of its own SHA-256, and the card,
/// which has that hash. A newer model is written beside the older one; that the card is replaced by
/// the newer one's exchanges both at once; then the older model goes. Whoever is stopped in between
/// leaves a card with its model, and maybe a model that no card names, which the next save removes.
///
/// Format   docs/formats/maintenance_model.md
/// Threads  reading while another thread saves gives the older pair or the newer one.
struct ModelPair {
  std::string card;
  Json card_json;
  std::string model;
};

// The three steps, in their order.
Result<void> put_model(const std::filesystem::path& folder, std::string_view model);
Result<void> put_card(const std::filesystem::path& folder, std::string_view card);
/// All models but the one of that hash.
void drop_other_models(const std::filesystem::path& folder, std::string_view model_sha256);

/// Errors  kNotFound: no card there; kCorrupt: the card's model is not there, or another one.
Result<ModelPair> read_pair(const std::filesystem::path& folder);
/// Of a folder where no pair is.
Result<void> copy_pair(const std::filesystem::path& from, const std::filesystem::path& to);

/// "model-5f0c....json": by the first 16 digits of the hash.
std::string model_file_name(std::string_view model_sha256);

}  // namespace mw::maintenance
