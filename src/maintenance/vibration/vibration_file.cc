#include "maintenance/vibration/vibration_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/sha256.h"

namespace mw::maintenance {
namespace {

constexpr std::string_view kMagic("MWVIB\x01\x00\x00", 8);
constexpr std::size_t kDigestAt = 8;
constexpr std::size_t kLengthAt = kDigestAt + sizeof(Sha256Digest);
constexpr std::size_t kHeadAt = kLengthAt + sizeof(uint32_t);
constexpr std::size_t kMostHeadBytes = 8192;
static_assert(std::endian::native == std::endian::little);

Error broken(const char* en, const char* zh) {
  return Error::make(Code::kCorrupt, std::string("a vibration recording's file: ") + en,
                     std::string("振动记录文件：") + zh);
}

Sha256Digest digest_of(std::string_view bytes) {
  Sha256 sum;
  sum.update(bytes);
  return sum.digest();
}

Result<std::size_t> head_bytes(std::string_view bytes) {
  if (bytes.size() < kHeadAt || !bytes.starts_with(kMagic)) {
    return broken("it does not begin as one", "文件头不符");
  }
  uint32_t length = 0;
  std::memcpy(&length, bytes.data() + kLengthAt, sizeof length);
  if (length > kMostHeadBytes || length > bytes.size() - kHeadAt) {
    return broken("its description is cut off", "描述不完整");
  }
  return std::size_t{length};
}

}  // namespace

std::string vibration_bytes(const VibrationInfo& info, std::span<const double> samples) {
  const std::string head = to_text(to_json(info));
  const auto length = static_cast<uint32_t>(head.size());
  std::string out(kHeadAt + head.size() + samples.size() * sizeof(float), '\0');
  std::copy(kMagic.begin(), kMagic.end(), out.begin());
  std::memcpy(out.data() + kLengthAt, &length, sizeof length);
  std::copy(head.begin(), head.end(), out.begin() + kHeadAt);
  char* at = out.data() + kHeadAt + head.size();
  for (const double each : samples) {
    const auto value = static_cast<float>(each);
    std::memcpy(at, &value, sizeof value);
    at += sizeof value;
  }
  const Sha256Digest digest = digest_of(std::string_view(out).substr(kLengthAt));
  std::memcpy(out.data() + kDigestAt, digest.data(), digest.size());
  return out;
}

Result<VibrationInfo> parse_vibration_head(std::string_view bytes) {
  MW_ASSIGN(const std::size_t length, head_bytes(bytes));
  const Result<Json> json = parse_json(bytes.substr(kHeadAt, length), 8);
  if (!json || !json->is_object()) return broken("its description is no JSON", "描述不是 JSON");
  const Result<VibrationInfo> info = parse_vibration_info(*json);
  if (!info) return broken("its description does not hold", "描述无效");
  const std::size_t left = bytes.size() - kHeadAt - length;
  if (info->samples > kMostVibrationSamples || left != info->samples * sizeof(float)) {
    return broken("it has not as many samples as it says", "样本数与描述不符");
  }
  return *info;
}

Result<VibrationFile> parse_vibration_file(std::string_view bytes) {
  MW_ASSIGN(VibrationInfo info, parse_vibration_head(bytes));
  const Sha256Digest digest = digest_of(bytes.substr(kLengthAt));
  if (std::memcmp(digest.data(), bytes.data() + kDigestAt, digest.size()) != 0) {
    return broken("its digest is another: it was changed", "校验和不符，文件已被改动");
  }
  VibrationFile out{std::move(info), {}};
  const char* at = bytes.data() + bytes.size() - out.info.samples * sizeof(float);
  out.samples.reserve(out.info.samples);
  for (uint64_t i = 0; i < out.info.samples; ++i, at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, at, sizeof value);
    if (!std::isfinite(value)) return broken("a sample is no number", "样本不是数字");
    out.samples.push_back(value);
  }
  return out;
}

}  // namespace mw::maintenance
