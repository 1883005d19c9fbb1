#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "formats/gguf.h"
#include "tokenizers/tokenizer.h"

namespace mw::models {

/// The tokenizer that a GGUF file describes under `tokenizer.ggml.*`.
Result<std::unique_ptr<tokenizers::Tokenizer>> read_tokenizer(const formats::GgufFile& file);

/// The chat template of a file; empty when it has none.
std::string chat_template_source(const formats::GgufFile& file);

}  // namespace mw::models
