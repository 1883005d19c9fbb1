#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "formats/gguf.h"
#include "models/kv_cache.h"
#include "models/model_config.h"
#include "models/weight_file.h"
#include "tensor/exec_context.h"
#include "tensor/mat_view.h"
#include "tensor/packed_matrix.h"

namespace mw::models {

class Adapter;

/// New tokens of one sequence, to be appended at its current length.
struct ForwardSegment {
  std::span<const int32_t> ids;
  KvSequence* kv = nullptr;
  enum class Logits { kNone, kLast, kAll } logits = Logits::kLast;
  const Adapter* adapter = nullptr;  // loaded for this model; the same for all tokens of a sequence
};

/// Buffers of a forward pass, kept between passes. One a thread that runs the model.
class Workspace {
 public:
  virtual ~Workspace() = default;
};

/// A packed matrix of a model under its name in the model's file; borrowed from the model.
struct NamedMatrix {
  std::string name;
  const tensor::PackedMatrix* matrix = nullptr;
};

/// A decoder-only language model. Immutable: any number of workspaces may run it.
class Model {
 public:
  virtual ~Model() = default;
  virtual const ModelConfig& config() const = 0;
  /// Its packed weights, in the order in which a pass reads them.
  virtual std::vector<NamedMatrix> matrices() const = 0;
  /// Bytes of packed weights.
  uint64_t weight_bytes() const;

  /// For at most `max_tokens` new tokens a pass and `max_logit_rows` rows of logits.
  virtual std::unique_ptr<Workspace> make_workspace(int max_tokens, int max_logit_rows) const = 0;

  /// Runs the tokens of all segments in one batch; the KV of each must have room (reserve).
  ///
  /// Shapes   logits (rows, V): the rows asked for, in the order of the segments.
  /// Numbers  each row's bits are the same in any batch, on any thread count and ISA.
  /// Errors   none: ids out of range are a caller's bug.
  virtual void forward(std::span<const ForwardSegment> segments, Workspace& workspace,
                       tensor::MatView<float> logits, const tensor::ExecContext& ctx) const = 0;
};

class PackedWeights;

struct ModelFolder;

/// What becomes of matrices that are stored as F32, F16 or BF16.
enum class FloatWeights {
  kAsStored,
  kRounded,  // to 8 bits where the width allows it: a quarter to half of the bytes, other logits
};

/// How keys and values are kept.
enum class KvPrecision {
  kHalf,     // f16; f32 where the weights are (ADR 0025)
  kBytes,    // 8 bits (ADR 0019)
  kByModel,  // bytes where the family of models bears them, else as kHalf (ADR 0156)
};

/// What integer weights are multiplied with.
enum class InputPrecision {
  kWords,    // 16 bits (ADR 0010)
  kBytes,    // 8 bits with a scale per 32, and 16 where one of these is large (ADR 0160)
  kByModel,  // bytes where the family bears them, else words (ADR 0162)
};

/// How precisely a model is run where its file leaves a choice. Part of what an answer's bits
/// depend on, so of every fingerprint.
struct Precision {
  FloatWeights floats = FloatWeights::kAsStored;
  KvPrecision kv = KvPrecision::kHalf;
  InputPrecision inputs = InputPrecision::kWords;
};

/// Nothing for a model as it is stored, else "-w8" for rounded weights, "-kv8" for keys and values
/// of 8 bits and "-a8f" for activations of 8 bits as the loaded model has them, or several.
std::string precision_suffix(FloatWeights floats, const ModelConfig& loaded);

/// Loads the model that a file or folder holds; it must outlive the model. Matrices that `packed`
/// has are taken from there, the others are packed here.
///
/// Errors   kUnsupported and kCorrupt, naming the key or tensor; kResourceExhausted before anything
///          is loaded where memory is short (models/memory_need.h), with what would fit.
Result<std::unique_ptr<Model>> load_model(const formats::GgufFile& file,
                                          const tensor::ExecContext& ctx,
                                          const PackedWeights* packed = nullptr,
                                          const Precision& precision = {});
Result<std::unique_ptr<Model>> load_model(const ModelFolder& folder, const tensor::ExecContext& ctx,
                                          const PackedWeights* packed = nullptr,
                                          const Precision& precision = {});

/// The model of `file` with other tensors in place of some; their bytes outlive it. Packed matrices
/// of the others are those of `base`, a model of the same file as it is stored.
Result<std::unique_ptr<Model>> load_variant(const formats::GgufFile& file,
                                            std::shared_ptr<const Model> base,
                                            const ReplacedTensors& replaced,
                                            const tensor::ExecContext& ctx);

/// The configuration alone, checked; of a config.json's object likewise.
Result<ModelConfig> read_config(const formats::GgufFile& file);
Result<ModelConfig> read_config(const Json& config_json);

}  // namespace mw::models
