#include "tensor/buffer.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace mw::tensor {
namespace {
constexpr std::size_t kMapFrom = std::size_t{4} << 20;
}

Buffer::Buffer(std::size_t bytes) {
  if (bytes == 0) return;
  if (bytes >= kMapFrom) {
    void* memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    ::madvise(memory, bytes, MADV_HUGEPAGE);
    memory_ = {static_cast<std::byte*>(memory), ReleaseBuffer{bytes, true}};
    return;
  }
  const std::size_t rounded = (bytes + 63) / 64 * 64;
  void* memory = std::aligned_alloc(64, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  std::memset(memory, 0, rounded);
  memory_ = {static_cast<std::byte*>(memory), ReleaseBuffer{bytes, false}};
}

void ReleaseBuffer::operator()(std::byte* memory) const {
  if (mapped) {
    ::munmap(memory, bytes);
  } else {
    std::free(memory);
  }
}

}  // namespace mw::tensor
