#pragma once

// MATLAB files of level 5, little-endian, for tests: arrays of doubles, and structures of them.

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace mw::testing_support {

inline std::string mat_number(uint32_t value) { return {reinterpret_cast<const char*>(&value), 4}; }

inline std::string mat_element(uint32_t type, std::string data) {
  std::string out = mat_number(type) + mat_number(static_cast<uint32_t>(data.size())) + data;
  out.resize((out.size() + 7) / 8 * 8);
  return out;
}

inline std::string mat_array(const std::string& name, int32_t rows, int32_t columns,
                             const std::string& data, uint32_t kind = 6) {
  return mat_element(14, mat_element(6, mat_number(kind) + mat_number(0)) +
                             mat_element(5, mat_number(static_cast<uint32_t>(rows)) +
                                                mat_number(static_cast<uint32_t>(columns))) +
                             mat_element(1, name) + data);
}

/// `values` column by column.
inline std::string mat_matrix(const std::string& name, int32_t rows, int32_t columns,
                              const std::vector<double>& values) {
  std::string bytes(values.size() * sizeof(double), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return mat_array(name, rows, columns, mat_element(9, bytes));
}

inline std::string mat_vector(const std::string& name, const std::vector<double>& values) {
  return mat_matrix(name, static_cast<int32_t>(values.size()), 1, values);
}

/// `arrays` are fields in the order of `names`, made with an empty name.
inline std::string mat_struct(const std::string& name, const std::vector<std::string>& names,
                              const std::string& arrays) {
  constexpr std::size_t kPlace = 32;
  std::string places;
  for (std::string each : names) {
    each.resize(kPlace);
    places += each;
  }
  return mat_array(name, 1, 1, mat_element(5, mat_number(kPlace)) + mat_element(1, places) + arrays,
                   2);
}

inline std::string mat_bytes(const std::string& arrays) {
  std::string out = "MATLAB 5.0 MAT-file";
  out.resize(124, ' ');
  return out + std::string("\x00\x01IM", 4) + arrays;
}

}  // namespace mw::testing_support
