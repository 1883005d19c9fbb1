#include "maintenance/mat/mat_inflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string>

namespace mw::maintenance {
namespace {

constexpr std::size_t kStep = std::size_t{1} << 18;

/// zlib's state, ended however we leave.
struct Inflater {
  z_stream stream{};
  bool ready = inflateInit(&stream) == Z_OK;
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
};

}  // namespace

Result<std::vector<std::byte>> inflate_bytes(std::span<const std::byte> packed,
                                             uint64_t most_bytes) {
  const auto broken = [] {
    return Error::make(Code::kCorrupt,
                       "a compressed array of the .mat file is cut or damaged: copy the file again",
                       ".mat 文件中的压缩数组不完整或已损坏：请重新复制该文件");
  };
  Inflater inflater;
  if (!inflater.ready || packed.size() > std::numeric_limits<uInt>::max()) return broken();
  inflater.stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
  inflater.stream.avail_in = static_cast<uInt>(packed.size());
  std::vector<std::byte> out;
  while (true) {
    const std::size_t had = out.size();
    out.resize(had + kStep);
    inflater.stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
    inflater.stream.avail_out = static_cast<uInt>(kStep);
    const int state = inflate(&inflater.stream, Z_NO_FLUSH);
    out.resize(had + kStep - inflater.stream.avail_out);
    if (out.size() > most_bytes) {
      return Error::make(
          Code::kTooLarge,
          "an array of the .mat file inflates to more than " + std::to_string(most_bytes) +
              " bytes: split the file",
          ".mat 文件中的数组解压后超过 " + std::to_string(most_bytes) + " 字节：请拆分该文件");
    }
    if (state == Z_STREAM_END) return out;
    if (state != Z_OK || out.size() == had) return broken();
  }
}

}  // namespace mw::maintenance
