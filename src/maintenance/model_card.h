#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "maintenance/failure_modes.h"
#include "maintenance/remaining_life.h"
#include "maintenance/run_table.h"
#include "maintenance/splits.h"

namespace mw::maintenance {

/// What a stored model is, for a person: stands beside it as card.json.
struct ModelCard {
  std::string trained_at;  // UTC
  std::string data_file;   // its name, no folder
  std::string data_sha256;
  TableMapping mapping;       // how the file was read, so that others are read the same way
  Json report;                // the data report
  std::vector<Score> scores;  // each with its split
  std::vector<RefusedSplit> splits_refused;  // of those that were asked for
  std::vector<std::string> lines;            // of the plant, that its data are of; empty: not said
};

/// A model and its card.
struct StoredModel {
  ModelCard card;
  Json card_json;  // as it stands on disk, limits and scores included
  std::variant<LifeModel, FailureModel> model;
};

/// Writes the model and its card into `folder`. Whoever stops it leaves there what was there
/// before, or the new pair (data/model_pair.h). Formats: docs/formats/maintenance_model.md. Errors
/// kConflict: the folder holds a model already and `replace` is false; those of the disk.
Result<void> save_model(const std::filesystem::path& folder, const ModelCard& card,
                        const std::variant<LifeModel, FailureModel>& model, bool replace);

/// Errors  kNotFound: no card there; kCorrupt: a model that is not the card's, or damaged.
Result<StoredModel> open_model(const std::filesystem::path& folder);

Json to_json(const TableMapping& mapping);
Result<TableMapping> mapping_from_json(const Json& json);

}  // namespace mw::maintenance
