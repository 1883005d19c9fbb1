#include "models/memory_need.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "models/pack_weight.h"

namespace mw::models {
namespace {

/// Workspaces, tokenizer, threads and program of the default model: 60 MB.
constexpr uint64_t kRest = uint64_t{64} << 20;
constexpr int kConversationTokens = 4096;
/// Of the w4 form: 20 bytes for 32 weights.
constexpr double kBytesOfFourBits = 0.625;

bool is_embedding(const formats::StoredTensor& tensor) {
  return tensor.name.find("token_embd") != std::string::npos ||
         tensor.name.find("embed_tokens") != std::string::npos ||
         tensor.name.find("wte") != std::string::npos;
}

uint64_t conversation_bytes(const ModelConfig& config, tensor::KvFormat kv) {
  const int tokens = std::min(kConversationTokens, config.context_length);
  const auto blocks = static_cast<uint64_t>((tokens + tensor::kKvBlock - 1) / tensor::kKvBlock);
  return blocks * 2 * static_cast<uint64_t>(config.layers) *
         static_cast<uint64_t>(config.kv_heads) * tensor::kv_head_bytes(kv, config.head_dim);
}

std::string gigabytes(double bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GB", bytes / 1e9);
  return text;
}
std::string gigabytes(uint64_t bytes) { return gigabytes(static_cast<double>(bytes)); }

/// What to do where `need` does not fit, as text in both languages.
Text advice(const MemoryNeed& need, uint64_t free_bytes) {
  const uint64_t beside = need.total() - need.weights;
  if (need.rounded_weights < need.weights && need.rounded_weights + beside <= free_bytes) {
    return {"with --round-weights it takes " + gigabytes(need.rounded_weights + beside),
            "加上 --round-weights 后需要 " + gigabytes(need.rounded_weights + beside)};
  }
  const double four_bits = kBytesOfFourBits * static_cast<double>(need.elements);
  const double room = static_cast<double>(free_bytes) - static_cast<double>(beside);
  if (four_bits < 0.95 * static_cast<double>(need.weights) && four_bits <= room) {
    return {"a 4-bit form of this model takes about " +
                gigabytes(four_bits + static_cast<double>(beside)),
            "该模型的 4 位版本约需 " + gigabytes(four_bits + static_cast<double>(beside))};
  }
  if (room < 0.05e9) return {"free memory by ending other programs", "请先结束其他程序以释放内存"};
  const double parameters = room / kBytesOfFourBits;
  char billions[32];
  char yi[32];  // 10^8
  std::snprintf(billions, sizeof billions, "%.1f", parameters / 1e9);
  std::snprintf(yi, sizeof yi, "%.0f", parameters / 1e8);
  return {std::string("models of up to ") + billions + " billion parameters in 4 bits fit",
          std::string("可容纳约 ") + yi + " 亿参数的 4 位模型"};
}

}  // namespace

uint64_t MemoryNeed::total() const { return weights + conversation + kRest; }

MemoryNeed memory_need(const WeightFile& file, const ModelConfig& config, FloatWeights floats) {
  MemoryNeed need;
  for (const std::string& name : file.names()) {
    const auto tensor = file.tensor(name);
    if (!tensor || tensor->shape.size() != 2) continue;
    if (is_embedding(*tensor) && !config.tied_output) continue;  // read row by row from the file
    const auto format = packed_format(*tensor);
    constexpr int64_t kMost = int64_t{1} << 30;
    const int64_t rows = tensor->shape[0];
    const int64_t width = tensor->shape[1];
    if (!format || rows < 1 || rows > kMost || width < 1 || width > kMost) continue;
    if (width % tensor::width_step(*format) != 0) continue;
    const auto bytes_in = [&](tensor::WeightFormat as) {
      return tensor::packed_bytes(as, static_cast<int>(rows), static_cast<int>(width));
    };
    const bool rounds = !tensor::is_integer(*format) && width % tensor::kGroup == 0;
    const uint64_t stored = bytes_in(*format);
    const uint64_t rounded = rounds ? bytes_in(tensor::WeightFormat::kW8) : stored;
    need.weights += floats == FloatWeights::kRounded ? rounded : stored;
    need.rounded_weights += rounded;
    need.elements += static_cast<uint64_t>(rows) * static_cast<uint64_t>(width);
  }
  need.conversation = conversation_bytes(config, config.kv_format);
  return need;
}

Result<void> check_memory(const MemoryNeed& need, std::optional<uint64_t> free_bytes) {
  if (!free_bytes || need.total() <= *free_bytes) return {};
  const Text what = advice(need, *free_bytes);
  return Error::make(Code::kResourceExhausted,
                     "this model takes " + gigabytes(need.total()) + " of memory (weights " +
                         gigabytes(need.weights) + ", one conversation " +
                         gigabytes(need.conversation) + "), and " + gigabytes(*free_bytes) +
                         " are free; " + what.en,
                     "该模型需要 " + gigabytes(need.total()) + " 内存（权重 " +
                         gigabytes(need.weights) + "，一个对话 " + gigabytes(need.conversation) +
                         "），目前可用 " + gigabytes(*free_bytes) + "；" + what.zh);
}

uint64_t kv_budget(uint64_t wanted, const ModelConfig& config, std::optional<uint64_t> free_bytes) {
  if (!free_bytes) return wanted;
  return std::max(conversation_bytes(config, config.kv_format), std::min(wanted, *free_bytes / 2));
}

}  // namespace mw::models
