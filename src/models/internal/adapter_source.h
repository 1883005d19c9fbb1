#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "formats/gguf.h"
#include "formats/safetensors.h"
#include "formats/stored_tensor.h"

namespace mw::models {

/// The two matrices of one change as a file has them, and the factor of their product.
struct AdapterPair {
  formats::StoredTensor down;  // (R, D), "A"
  formats::StoredTensor up;    // (N, R), "B"
  float scale = 0;
};

/// An adapter's file, read and checked as far as that goes without its base model.
struct AdapterSource {
  std::map<std::string, AdapterPair> pairs;  // by the weight that they change, as its file names it
  bool gguf = false;                         // names and order of rows are those of GGUF
  std::string architecture;                  // of GGUF files; a folder does not say
  std::string base_name;                     // as the file has it; may be empty
  std::vector<std::string> targets;          // ends of names that all have to be there
};

/// adapter_config.json and adapter_model.safetensors of PEFT.
Result<AdapterSource> read_peft_adapter(const Json& config,
                                        const formats::SafetensorsFile& weights);
/// A GGUF file of general.type "adapter".
Result<AdapterSource> read_gguf_adapter(const formats::GgufFile& file);

}  // namespace mw::models
