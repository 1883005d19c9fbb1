#pragma once

#include <string>

#include "core/result.h"
#include "models/model_folder.h"

namespace mw::models {

/// A folder's model as the bytes of a GGUF file, weights in the types that they have: Llama
/// (SmolLM2, Mistral, Llama 3), Qwen2 and Qwen3 with byte-level vocabularies. Names, row orders and
/// settings follow from the architecture's two descriptions (models/architectures).
///
/// Checked  the settings read back are the folder's, or it is refused.
/// Errors   kUnsupported naming the architecture, setting or tensor that is not carried over; those
///          of read_config, byte_level_spec and SafetensorsSet.
/// Memory   the file twice while it is made.
Result<std::string> gguf_of_folder(const ModelFolder& folder, const std::string& name);

}  // namespace mw::models
