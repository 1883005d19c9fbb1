#pragma once

// safetensors, the file format of Hugging Face checkpoints: the header's length as u64, a JSON
// object that describes each tensor, then the tensors' bytes.
// Goals: a hostile file can neither crash us nor make us allocate more than its header asks for;
// tensors are used in place, straight from the mapping.
// Not here: what the names mean (models/), files that are one of several (safetensors_set.h).

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "core/result.h"
#include "formats/ggml_type.h"
#include "formats/stored_tensor.h"

namespace mw::formats {

/// An element type of the format. Types that no weight of ours can have are carried all the same:
/// files hold masks and counters that nobody needs.
struct SafetensorsType {
  std::string_view name;         // "BF16", as files spell it
  int bytes = 0;                 // an element
  std::optional<GgmlType> ggml;  // the same numbers in our name for them
};

struct SafetensorsTensor {
  std::string name;
  SafetensorsType type;
  std::vector<int64_t> shape;  // row-major; empty for one number
  std::span<const std::byte> bytes;
};

/// An opened and completely checked safetensors file.
///
/// Checked  header at most 8 MiB and 2047 tensors; offsets in the file, in order without gap or
///          overlap to its end; shape times element size is the span.
/// Errors   kIo; kCorrupt with the tensor named; kUnsupported for an element type that is not
/// known;
///          kTooLarge for a header over the limit.
/// Memory   bytes of tensors stay valid while this object (or what it was moved into) lives.
/// Threads  const members from any thread.
class SafetensorsFile {
 public:
  static Result<SafetensorsFile> open(const std::filesystem::path& path);
  /// The same over bytes that the caller keeps alive.
  static Result<SafetensorsFile> parse(std::span<const std::byte> bytes);

  /// In the order of their bytes.
  const std::vector<SafetensorsTensor>& tensors() const { return tensors_; }
  /// nullptr when there is none of that name.
  const SafetensorsTensor* tensor(std::string_view name) const;
  /// `__metadata__`: free text, such as {"format": "pt"}.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  uint64_t file_bytes() const { return file_bytes_; }

 private:
  SafetensorsFile() = default;

  std::optional<MappedFile> mapping_;
  uint64_t file_bytes_ = 0;
  std::vector<SafetensorsTensor> tensors_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::map<std::string, std::string> metadata_;
};

/// The tensor with its element type under our name, or kUnsupported naming tensor and type.
Result<StoredTensor> stored_tensor(const SafetensorsTensor& tensor);

}  // namespace mw::formats
