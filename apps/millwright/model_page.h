#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/millwright/model_description.h"
#include "core/language.h"
#include "core/result.h"

namespace mw::app {

/// A file of a model and its hash.
struct HashedFile {
  std::string name;
  uint64_t bytes = 0;
  std::string sha256;
};

/// The files that make a model: the GGUF file, or a folder's weights, settings and tokenizer.
Result<std::vector<HashedFile>> hash_model_files(const std::filesystem::path& model);

/// A model as one page of HTML that needs nothing else: no script, no request, light and dark as
/// the reader's system has it. Everything that comes from the model's files is escaped.
std::string model_page(const ModelDescription& model, const std::vector<HashedFile>& files,
                       Language language);

}  // namespace mw::app
