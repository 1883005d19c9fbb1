#include "models/kv_cache.h"

#include <algorithm>

#include "core/check.h"

namespace mw::models {
namespace {
constexpr int kGroupBlocks = tensor::kChunkBlocks;  // what one task of attention reads of a head
}

KvPool::KvPool(const ModelConfig& config, uint64_t max_bytes)
    : layers_(config.layers),
      kv_heads_(config.kv_heads),
      format_(config.kv_format),
      head_bytes_(tensor::kv_head_bytes(format_, config.head_dim)) {
  block_count_ = static_cast<int>(std::min<uint64_t>(max_bytes / block_bytes(), 1U << 24));
  const auto groups = static_cast<uint64_t>((block_count_ + kGroupBlocks - 1) / kGroupBlocks);
  memory_ = tensor::Buffer(static_cast<std::size_t>(groups * kGroupBlocks * block_bytes()));
  for (int block = block_count_ - 1; block >= 0; --block) free_.push_back(block);
  holders_.resize(static_cast<std::size_t>(block_count_));
}

std::optional<int> KvPool::take() {
  if (free_.empty()) return std::nullopt;
  const int block = free_.back();
  free_.pop_back();
  holders_[static_cast<std::size_t>(block)] = 1;
  return block;
}

void KvPool::hold(int block) {
  MW_CHECK(holders(block) > 0);
  ++holders_[static_cast<std::size_t>(block)];
}

void KvPool::release(int block) {
  MW_CHECK(holders(block) > 0);
  if (--holders_[static_cast<std::size_t>(block)] == 0) free_.push_back(block);
}

BlockParts KvPool::parts(int block) const {
  BlockParts parts;
  const auto add = [&](uint8_t* first_head) {
    for (int head = 0; head < kv_heads_; ++head) {
      uint8_t* begin = first_head + head * head_stride();
      parts.push_back({reinterpret_cast<std::byte*>(begin), static_cast<std::size_t>(head_bytes_)});
    }
  };
  for (int layer = 0; layer < layers_; ++layer) {
    add(keys(block, layer));
    add(values(block, layer));
  }
  return parts;
}

uint8_t* KvPool::keys(int block, int layer) const {
  const auto group = static_cast<uint64_t>(block / kGroupBlocks);
  const auto layer_bytes = static_cast<uint64_t>(kv_heads_) * static_cast<uint64_t>(head_stride());
  return memory_.as<uint8_t>() + group * kGroupBlocks * block_bytes() +
         static_cast<uint64_t>(layer) * layer_bytes +
         static_cast<uint64_t>(block % kGroupBlocks) * head_bytes_;
}

uint8_t* KvPool::values(int block, int layer) const {
  return keys(block, layer) + kGroupBlocks * head_bytes_;
}

std::ptrdiff_t KvPool::head_stride() const {
  return static_cast<std::ptrdiff_t>(2 * kGroupBlocks * head_bytes_);
}

KvSequence::KvSequence(KvPool& pool)
    : pool_(pool),
      keys_(static_cast<std::size_t>(pool.layers_)),
      values_(static_cast<std::size_t>(pool.layers_)) {}

KvSequence::~KvSequence() { truncate(0); }

Result<void> KvSequence::reserve(int length) {
  const int wanted = (length + tensor::kKvBlock - 1) / tensor::kKvBlock;
  const int missing = wanted - static_cast<int>(blocks_.size());
  if (missing > pool_.free_blocks()) {
    return Error::make(Code::kResourceExhausted,
                       "no memory for " + std::to_string(length) +
                           " tokens of context: other requests hold it; try again later",
                       "上下文内存不足（需要 " + std::to_string(length) + " 个词元），请稍后再试");
  }
  for (int i = 0; i < missing; ++i) append(*pool_.take());
  return {};
}

void KvSequence::share(std::span<const int> blocks) {
  MW_CHECK(blocks_.empty());
  for (const int block : blocks) {
    pool_.hold(block);
    append(block);
  }
  length_ = static_cast<int>(blocks.size()) * tensor::kKvBlock;
}

void KvSequence::append(int block) {
  blocks_.push_back(block);
  for (int layer = 0; layer < pool_.layers_; ++layer) {
    keys_[static_cast<std::size_t>(layer)].push_back(pool_.keys(block, layer));
    values_[static_cast<std::size_t>(layer)].push_back(pool_.values(block, layer));
  }
}

void KvSequence::rewind(int length) {
  MW_CHECK(length >= 0 && length <= length_);
  length_ = length;
}

void KvSequence::truncate(int length) {
  MW_CHECK(length >= 0);
  length_ = std::min(length_, length);
  const auto kept = static_cast<std::size_t>((length + tensor::kKvBlock - 1) / tensor::kKvBlock);
  while (blocks_.size() > kept) {
    pool_.release(blocks_.back());
    blocks_.pop_back();
    for (auto& layer : keys_) layer.pop_back();
    for (auto& layer : values_) layer.pop_back();
  }
}

}  // namespace mw::models
