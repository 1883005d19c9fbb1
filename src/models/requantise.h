#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/result.h"
#include "formats/gguf.h"
#include "formats/gguf_writer.h"
#include "models/model.h"
#include "models/weight_file.h"
#include "tensor/exec_context.h"

namespace mw::models {

/// A matrix in another type.
struct Requantised {
  std::vector<std::byte> bytes;
  double squared_error = 0;  // against what the source stands for, summed
};

/// Whether rows of the matrix are whole blocks of `type`.
bool row_fits(const formats::StoredTensor& source, formats::GgmlType type);
/// Bytes of the matrix in a type that fits it.
uint64_t bytes_in(const formats::StoredTensor& source, formats::GgmlType type);

/// Errors   kUnsupported for a source type without a reader; kCorrupt for weights that are not
///          finite or too large for the type. Both name the tensor.
/// Threads  rows split over ctx; the bytes do not depend on it.
Result<Requantised> requantise(const formats::StoredTensor& source, formats::GgmlType type,
                               const tensor::ExecContext& ctx);
/// The squared error alone, of at most `most_rows` rows spread evenly, scaled to all of them.
Result<double> sampled_error(const formats::StoredTensor& source, formats::GgmlType type,
                             int most_rows, const tensor::ExecContext& ctx);

/// The matrices that a pass multiplies with, under their names in the file: what may change type.
std::vector<std::string> quantisable_tensors(const formats::GgufFile& file, const Model& model);

/// A file with the metadata of `source` and its tensors, some of them replaced. `general.file_type`
/// names the type that holds most bytes. Tensors stay where they are: both outlive the writer.
formats::GgufWriter writer_of(const formats::GgufFile& source, const ReplacedTensors& replaced);

}  // namespace mw::models
