#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "tensor/mat_view.h"

namespace mw::tensor {

struct ReleaseBuffer {
  std::size_t bytes = 0;
  bool mapped = false;
  void operator()(std::byte* memory) const;
};

/// Zeroed memory on a 64-byte boundary; from 2 MiB on it is mapped where huge pages begin and
/// offered for them, and a page costs nothing until it is written.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t bytes);
  Buffer(Buffer&&) noexcept = default;
  Buffer& operator=(Buffer&&) noexcept = default;

  std::byte* data() const { return memory_.get(); }
  std::size_t size() const { return memory_.get_deleter().bytes; }
  template <class T>
  T* as() const {
    return reinterpret_cast<T*>(memory_.get());
  }

 private:
  std::unique_ptr<std::byte[], ReleaseBuffer> memory_;
};

/// A matrix that owns its rows, each padded to a multiple of 16 elements.
template <class T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(int rows, int cols)
      : rows_(rows),
        cols_(cols),
        stride_((cols + 15) / 16 * 16),
        buffer_(static_cast<std::size_t>(rows) * static_cast<std::size_t>(stride_) * sizeof(T)) {}
  MatView<T> view() const { return {buffer_.as<T>(), rows_, cols_, stride_}; }
  MatView<T> view(int rows) const { return view().rows_from(0, rows); }
  T* row(int index) const { return view().row(index); }
  int rows() const { return rows_; }

 private:
  int rows_ = 0;
  int cols_ = 0;
  int stride_ = 0;
  Buffer buffer_;
};

}  // namespace mw::tensor
