#pragma once

#include <cstddef>

// Blocks of one scale (and minimum): values of a block, its bytes. False where a value is not
// finite or a scale does not fit f16.

namespace mw::formats {

bool write_q8_0(const float* values, std::byte* block);
bool write_q4_0(const float* values, std::byte* block);
bool write_q4_1(const float* values, std::byte* block);
bool write_q5_0(const float* values, std::byte* block);
bool write_q5_1(const float* values, std::byte* block);

// Blocks of 256 whose scales are whole numbers times a scale of scales.
bool write_q4_k(const float* values, std::byte* block);
bool write_q5_k(const float* values, std::byte* block);
bool write_q6_k(const float* values, std::byte* block);

}  // namespace mw::formats
