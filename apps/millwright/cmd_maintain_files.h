#pragma once

#include <string>
#include <vector>

#include "apps/millwright/command_line.h"
#include "core/language.h"
#include "maintenance/remaining_life.h"
#include "maintenance/run_table.h"

namespace mw::app {

/// What `millwright maintain report|train|score|explain` was asked: over files, no data folder.
struct FileRequest {
  std::string action;
  std::string file;      // of data
  std::string model;     // folder
  std::string to;        // train: where the model goes
  std::string form;      // csv, blanks, cmapss
  std::string variable;  // of a MATLAB file
  maintenance::TableMapping mapping;
  maintenance::LifeOptions life;
  std::string lives;  // score: file of true remaining lives
  std::string asset;  // explain: which
  int64_t row = 0;
  int threads = 1;
  std::vector<std::string> lines;  // of the plant, that the data are of
  bool splits = false;
  bool force = false;
  Language language = Language::kEn;
};

/// Its flags; `action` and the words after it are the caller's to fill.
FileRequest file_flags(CommandLine& line);
bool is_file_action(const std::string& action);
Result<int> maintain_files(CommandLine& line, FileRequest request);

}  // namespace mw::app
