#include "tensor/attention.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "core/check.h"

namespace mw::tensor {
namespace {

/// Query rows of one task against one chunk: pointers in, (max, sum, out) per row out.
struct ChunkWork {
  std::array<const float*, kAttentionRows> q;
  std::array<const QuantisedRow*, kAttentionRows> quantised;  // for 8-bit keys
  std::array<int, kAttentionRows> last_position;
  std::array<int, kAttentionRows> first_position;
  int rows = 0;
};

constexpr int kMaxHeadDim = 256;
/// Floats of a partial result: max and sum of each row, then the rows.
constexpr std::size_t kPartialFloats = 2 * kAttentionRows + kAttentionRows * kMaxHeadDim;

/// Pointers to one head's part of the blocks of a chunk and of the one after it; the first block
/// again past the end.
using BlockPointers = std::array<const uint8_t*, 2 * kChunkBlocks>;
BlockPointers blocks_of(std::span<uint8_t* const> blocks, int chunk, std::ptrdiff_t offset) {
  BlockPointers out;
  const auto begin = static_cast<std::size_t>(chunk) * std::size_t{kChunkBlocks};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = blocks[begin + i < blocks.size() ? begin + i : 0] + offset;
  }
  return out;
}

std::ptrdiff_t head_stride_of(const KvBlocks& kv, int head_dim) {
  return kv.head_stride > 0 ? kv.head_stride
                            : static_cast<std::ptrdiff_t>(kv_head_bytes(kv.format, head_dim));
}

void attend(const ChunkWork& work, const KvBlocks& kv, const AttentionShape& shape, int kv_head,
            int chunk, float* partial, const ExecContext& ctx) {
  const int last =
      *std::max_element(work.last_position.begin(), work.last_position.begin() + work.rows);
  const int begin = chunk * kAttentionChunk;
  const int end = std::min(begin + kAttentionChunk, last + 1);
  const std::ptrdiff_t offset = kv_head * head_stride_of(kv, shape.head_dim);
  const BlockPointers keys = blocks_of(kv.keys, chunk, offset);
  const BlockPointers values = blocks_of(kv.values, chunk, offset);
  const auto kernel = kv.format == KvFormat::kI8    ? ctx.kernels->attention_i8
                      : kv.format == KvFormat::kF32 ? ctx.kernels->attention_f32
                                                    : ctx.kernels->attention;
  kernel(AttentionArgs{.key_blocks = keys.data(),
                       .value_blocks = values.data(),
                       .head_dim = shape.head_dim,
                       .chunk_begin = begin,
                       .chunk_end = end,
                       .rows = work.rows,
                       .q = work.q.data(),
                       .quantised = work.quantised.data(),
                       .last_position = work.last_position.data(),
                       .first_position = shape.window > 0 ? work.first_position.data() : nullptr,
                       .cap = shape.cap,
                       .max = partial,
                       .sum = partial + kAttentionRows,
                       .out = partial + 2 * kAttentionRows});
}

/// The first position that a token sees.
int first_seen(const AttentionShape& shape, int position) {
  return shape.window > 0 ? std::max(0, position - shape.window + 1) : 0;
}

/// Where one position of a block is written: element d of keys and values.
template <class Element>
struct Slot {
  Element* keys;
  Element* values;
  int position;  // of the block
  int head_dim;

  Element& key(int d) const { return keys[d * kKvBlock + position]; }
  Element* value() const { return values + std::ptrdiff_t{position} * head_dim; }
};

void store_i8(const float* key, const float* value, uint8_t* keys, uint8_t* values, int slot,
              int head_dim, const ExecContext& ctx) {
  std::array<uint8_t, kMaxHeadDim> bytes;
  const float key_scale = ctx.kernels->to_i8(key, head_dim, bytes.data());
  for (int quad = 0; quad < head_dim / 4; ++quad) {
    std::memcpy(keys + 64 * quad + 4 * slot, bytes.data() + 4 * quad, 4);
  }
  std::memcpy(keys + kKvBlock * head_dim + 4 * slot, &key_scale, 4);
  const float value_scale = ctx.kernels->to_i8(value, head_dim, bytes.data());
  uint8_t* to = values + std::ptrdiff_t{slot / 4} * 4 * head_dim + slot % 4;
  for (int d = 0; d < head_dim; ++d) to[4 * d] = bytes[static_cast<std::size_t>(d)];
  std::memcpy(values + kKvBlock * head_dim + 4 * slot, &value_scale, 4);
}

}  // namespace

std::string_view kv_format_name(KvFormat format) {
  constexpr std::array<std::string_view, 3> kNames = {"f16", "f32", "int8"};
  return kNames[static_cast<std::size_t>(format)];
}

uint64_t kv_head_bytes(KvFormat format, int head_dim) {
  const uint64_t numbers = static_cast<uint64_t>(kKvBlock) * static_cast<uint64_t>(head_dim);
  switch (format) {
    case KvFormat::kF16:
      return 2 * numbers;
    case KvFormat::kF32:
      return 4 * numbers;
    case KvFormat::kI8:
      return numbers + kKvBlock * sizeof(float);
  }
  return 0;
}

void store_kv(const float* key, const float* value, int position, const AttentionShape& shape,
              const KvBlocks& kv, const ExecContext& ctx) {
  const auto block = static_cast<std::size_t>(position / kKvBlock);
  const int slot = position % kKvBlock;
  const int width = shape.head_dim;
  const std::ptrdiff_t stride = head_stride_of(kv, width);
  for (int head = 0; head < shape.kv_heads; ++head, key += width, value += width) {
    uint8_t* keys = kv.keys[block] + head * stride;
    uint8_t* values = kv.values[block] + head * stride;
    if (kv.format == KvFormat::kI8) {
      store_i8(key, value, keys, values, slot, width, ctx);
    } else if (kv.format == KvFormat::kF32) {
      const Slot<float> to{reinterpret_cast<float*>(keys), reinterpret_cast<float*>(values), slot,
                           width};
      for (int d = 0; d < width; ++d) to.key(d) = key[d];
      std::copy_n(value, width, to.value());
    } else {
      const Slot<uint16_t> to{reinterpret_cast<uint16_t*>(keys),
                              reinterpret_cast<uint16_t*>(values), slot, width};
      std::array<uint16_t, kMaxHeadDim> rounded;
      ctx.kernels->to_f16(key, width, rounded.data());
      for (int d = 0; d < width; ++d) to.key(d) = rounded[static_cast<std::size_t>(d)];
      ctx.kernels->to_f16(value, width, to.value());
    }
  }
}

void Attention::collect(std::span<const AttentionSegment> segments, const AttentionShape& shape) {
  tasks_.clear();
  const int group = shape.heads / shape.kv_heads;
  const int tokens_a_task = std::max(1, kAttentionRows / group);
  for (const AttentionSegment& segment : segments) {
    for (int first = 0; first < segment.count; first += tokens_a_task) {
      for (int kv_head = 0; kv_head < shape.kv_heads; ++kv_head) {
        tasks_.push_back(
            {&segment, first, std::min(tokens_a_task, segment.count - first), kv_head});
      }
    }
  }
}

void Attention::run(MatView<float> q, std::span<const AttentionSegment> segments,
                    const AttentionShape& shape, MatView<float> out, const ExecContext& ctx) {
  MW_CHECK(shape.head_dim % 16 == 0 && shape.head_dim <= kMaxHeadDim);
  MW_CHECK(shape.heads % shape.kv_heads == 0);
  const int group = shape.heads / shape.kv_heads;
  collect(segments, shape);
  const float scale =
      shape.scale > 0 ? shape.scale : 1.0F / std::sqrt(static_cast<float>(shape.head_dim));
  const bool integers = !segments.empty() && segments.front().kv.format == KvFormat::kI8;
  const auto row_of = [&](int token, int head) {
    return static_cast<std::size_t>(token) * static_cast<std::size_t>(shape.heads) +
           static_cast<std::size_t>(head);
  };
  if (integers) quantised_.resize(std::max(quantised_.size(), row_of(q.rows, 0)));
  parallel_for(ctx, q.rows, 16, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      for (int i = 0; i < q.cols; ++i) q.row(t)[i] *= scale;
      for (int head = 0; integers && head < shape.heads; ++head) {
        ctx.kernels->quantise_row(q.row(t) + head * shape.head_dim, shape.head_dim,
                                  &quantised_[row_of(t, head)]);
      }
    }
  });

  const auto last_seen = [&](const AttentionSegment& segment, int token) {
    return segment.position + (shape.both_ways ? segment.count - 1 : token);
  };
  const auto chunks_of = [&](const Task& task) {
    return last_seen(*task.segment, task.first + task.tokens - 1) / kAttentionChunk + 1;
  };
  // Chunks that all of a task's tokens have behind their window are passed over.
  const auto first_chunk_of = [&](const Task& task) {
    return first_seen(shape, task.segment->position + task.first) / kAttentionChunk;
  };
  // Rows of a task are its tokens' heads of one group; groups wider than a tile go in slices.
  const auto for_each_slice = [&](const Task& task, const auto& use) {
    const int rows = task.tokens * group;
    for (int slice = 0; slice < rows; slice += kAttentionRows) {
      ChunkWork work;
      work.rows = std::min(kAttentionRows, rows - slice);
      std::array<float*, kAttentionRows> target;
      for (int r = 0; r < work.rows; ++r) {
        const int token = task.first + (slice + r) / group;
        const int head = task.kv_head * group + (slice + r) % group;
        const auto index = static_cast<std::size_t>(r);
        work.q[index] = q.row(task.segment->row + token) + head * shape.head_dim;
        work.quantised[index] =
            integers ? &quantised_[row_of(task.segment->row + token, head)] : nullptr;
        work.last_position[index] = last_seen(*task.segment, token);
        work.first_position[index] = first_seen(shape, task.segment->position + token);
        target[index] = out.row(task.segment->row + token) + head * shape.head_dim;
      }
      use(work, target);
    }
  };
  const auto merge = [&](const ChunkWork& work, const auto& target, int chunk, float* partial,
                         float* running) {
    for (int r = 0; r < work.rows; ++r) {
      float* mine = partial + 2 * kAttentionRows + std::ptrdiff_t{r} * shape.head_dim;
      float* to = target[static_cast<std::size_t>(r)];
      if (work.last_position[static_cast<std::size_t>(r)] < chunk * kAttentionChunk) continue;
      const int first_chunk = work.first_position[static_cast<std::size_t>(r)] / kAttentionChunk;
      if (chunk < first_chunk) continue;
      if (chunk == first_chunk) {
        running[r] = partial[r];
        running[kAttentionRows + r] = partial[kAttentionRows + r];
        std::copy_n(mine, shape.head_dim, to);
      } else {
        ctx.kernels->attention_merge(&running[r], &running[kAttentionRows + r], to, partial[r],
                                     partial[kAttentionRows + r], mine, shape.head_dim);
      }
    }
  };
  const auto finish = [&](const ChunkWork& work, const auto& target, const float* running) {
    for (int r = 0; r < work.rows; ++r) {
      ctx.kernels->attention_finish(target[static_cast<std::size_t>(r)],
                                    running[kAttentionRows + r], shape.head_dim);
    }
  };

  const int tasks = static_cast<int>(tasks_.size());
  const int threads = ctx.pool->threads();
  int most_chunks = 1;
  for (const Task& task : tasks_) most_chunks = std::max(most_chunks, chunks_of(task));
  const bool narrow = group <= kAttentionRows;  // one slice a task
  if (threads > 1 && narrow && tasks < 4 * threads && most_chunks > 1) {
    // Few tasks, long context: chunks side by side, then merged in order.
    const auto units = static_cast<std::size_t>(tasks) * static_cast<std::size_t>(most_chunks);
    if (partial_.size() < units * kPartialFloats * sizeof(float)) {
      partial_ = Buffer(units * kPartialFloats * sizeof(float));
    }
    const auto partial_of = [&](int task, int chunk) {
      return partial_.as<float>() +
             (static_cast<std::size_t>(task) * static_cast<std::size_t>(most_chunks) +
              static_cast<std::size_t>(chunk)) *
                 kPartialFloats;
    };
    // In runs of neighbours, so that what one chunk fetches for the next is fetched by its core.
    // Twice as many runs share the work more evenly and were 10 % slower at 4,000 positions.
    const int runs = std::min(most_chunks, (4 * threads + tasks - 1) / tasks);
    ctx.pool->run(tasks * runs, [&](int unit) {
      const Task& task = tasks_[static_cast<std::size_t>(unit / runs)];
      const auto [begin, end] = share(most_chunks, unit % runs, runs);
      const int last = std::min(end, chunks_of(task));
      for (int chunk = std::max(begin, first_chunk_of(task)); chunk < last; ++chunk) {
        for_each_slice(task, [&](const ChunkWork& work, const auto&) {
          attend(work, task.segment->kv, shape, task.kv_head, chunk, partial_of(unit / runs, chunk),
                 ctx);
        });
      }
    });
    for (int index = 0; index < tasks; ++index) {
      const Task& task = tasks_[static_cast<std::size_t>(index)];
      for_each_slice(task, [&](const ChunkWork& work, const auto& target) {
        std::array<float, 2 * kAttentionRows> running{};
        for (int chunk = first_chunk_of(task); chunk < chunks_of(task); ++chunk) {
          merge(work, target, chunk, partial_of(index, chunk), running.data());
        }
        finish(work, target, running.data());
      });
    }
    return;
  }

  parallel_for(ctx, tasks, 1, [&](int begin, int end) {
    alignas(64) std::array<float, kPartialFloats> partial;
    for (int i = begin; i < end; ++i) {
      const Task& task = tasks_[static_cast<std::size_t>(i)];
      for_each_slice(task, [&](const ChunkWork& work, const auto& target) {
        std::array<float, 2 * kAttentionRows> running{};
        for (int chunk = first_chunk_of(task); chunk < chunks_of(task); ++chunk) {
          attend(work, task.segment->kv, shape, task.kv_head, chunk, partial.data(), ctx);
          merge(work, target, chunk, partial.data(), running.data());
        }
        finish(work, target, running.data());
      });
    }
  });
}

}  // namespace mw::tensor
