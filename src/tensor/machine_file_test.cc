// Scope: what is written is read back; a file that is broken in any of the ways below is refused.
#include "tensor/machine_file.h"

#include <gtest/gtest.h>

namespace mw::tensor {
namespace {

MachineKey key() {
  MachineKey out;
  out.processor = {"AMD EPYC", "25.17.1", "0x1", "0123456789abcdef", 1 << 20, 32 << 20};
  out.cores = 2;
  out.build = "0.1.0 abc";
  return out;
}

MachineLimits limits() {
  MachineLimits out;
  out.isa = Isa::kScalar;
  out.isas = {{Isa::kScalar, 5, 2}};
  out.rates = {{1, 234, 58, 116, 26, 90, 25}, {2, 468, 116, 231, 49.5, 180, 45}};
  out.l2_bytes = 1 << 20;
  out.l3_bytes = 32 << 20;
  out.buffer_bytes = 128 << 20;
  out.measured_at_s = 1'790'000'000;
  out.took_ms = 301.5;
  return out;
}

TEST(MachineFile, WhatIsWrittenIsReadBack) {
  const std::string text = machine_file_text(limits(), key());
  const auto read = parse_machine_file(text, key());
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(machine_file_text(*read, key()), text);
}

enum class Broken {
  kEmpty,
  kCutShort,
  kNotJson,
  kList,
  kDeep,
  kNoFormat,
  kFormatOfTheFuture,
  kFormatIsText,
  kNoKey,
  kKeyIsText,
  kOtherProcessor,
  kOtherMicrocode,
  kOtherFlags,
  kOtherCores,
  kOtherBuild,
  kForcedIsa,
  kKeyWithoutCores,
  kNoLimits,
  kUnknownIsa,
  kIsaIsNumber,
  kNoIsas,
  kNoRates,
  kRatesOfText,
  kTooManyRates,
  kRateIsMissing,
  kRateIsText,
  kRateIsZero,
  kRateIsNegative,
  kRateIsHuge,
  kThreadsDescend,
  kThreadsAboveCores,
  kThreadsAreHalf,
  kSizeIsNegative,
  kTimeIsMissing,
  kBusyIsNumber,
  kCount
};

std::string broken_text(Broken kind) {
  std::string text = machine_file_text(limits(), key());
  if (kind == Broken::kEmpty) return "";
  if (kind == Broken::kCutShort) return text.substr(0, text.size() / 2);
  if (kind == Broken::kNotJson) return "machine";
  if (kind == Broken::kList) return "[" + text + "]";
  if (kind == Broken::kDeep) return std::string(5000, '[');
  Json root = *parse_json(text);
  Json& named = root["key"];
  Json& found = root["limits"];
  Json& rate = found["rates"][1];
  switch (kind) {
    case Broken::kNoFormat:
      root.erase("format");
      break;
    case Broken::kFormatOfTheFuture:
      root["format"] = 2;
      break;
    case Broken::kFormatIsText:
      root["format"] = "1";
      break;
    case Broken::kNoKey:
      root.erase("key");
      break;
    case Broken::kKeyIsText:
      root["key"] = "this machine";
      break;
    case Broken::kOtherProcessor:
      named["cpu"] = "Intel Xeon";
      break;
    case Broken::kOtherMicrocode:
      named["microcode"] = "0x2";
      break;
    case Broken::kOtherFlags:
      named["flags"] = "fedcba9876543210";
      break;
    case Broken::kOtherCores:
      named["cores"] = 4;
      break;
    case Broken::kOtherBuild:
      named["build"] = "0.2.0 def";
      break;
    case Broken::kForcedIsa:
      named["forced_isa"] = "scalar";
      break;
    case Broken::kKeyWithoutCores:
      named.erase("cores");
      break;
    case Broken::kNoLimits:
      root.erase("limits");
      break;
    case Broken::kUnknownIsa:
      found["isa"] = "neon";
      break;
    case Broken::kIsaIsNumber:
      found["isas"][0]["isa"] = 1;
      break;
    case Broken::kNoIsas:
      found["isas"] = Json::array();
      break;
    case Broken::kNoRates:
      found["rates"] = Json::array();
      break;
    case Broken::kRatesOfText:
      found["rates"] = Json::array({"fast"});
      break;
    case Broken::kTooManyRates:
      found["rates"] = Json(std::vector<Json>(65, rate));
      break;
    case Broken::kRateIsMissing:
      rate.erase("memory_gb_s");
      break;
    case Broken::kRateIsText:
      rate["memory_gb_s"] = "49.5";
      break;
    case Broken::kRateIsZero:
      rate["memory_gb_s"] = 0;
      break;
    case Broken::kRateIsNegative:
      rate["decode_gb_s"] = -45.0;
      break;
    case Broken::kRateIsHuge:
      rate["int_gmac_s"] = 1e300;
      break;
    case Broken::kThreadsDescend:
      rate["threads"] = 1;
      break;
    case Broken::kThreadsAboveCores:
      rate["threads"] = 3;
      break;
    case Broken::kThreadsAreHalf:
      rate["threads"] = 1.5;
      break;
    case Broken::kSizeIsNegative:
      found["l3_bytes"] = -1;
      break;
    case Broken::kTimeIsMissing:
      found.erase("measured_at_s");
      break;
    case Broken::kBusyIsNumber:
      found["busy"] = 1;
      break;
    default:
      break;
  }
  return to_text(root);
}

TEST(MachineFile, EveryBrokenForeignOrStaleFileIsRefusedWithWhatToDo) {
  for (int kind = 0; kind < static_cast<int>(Broken::kCount); ++kind) {
    const auto read = parse_machine_file(broken_text(static_cast<Broken>(kind)), key());
    ASSERT_FALSE(read) << "kind " << kind;
    EXPECT_TRUE(read.error().code == Code::kCorrupt || read.error().code == Code::kConflict)
        << kind << ": " << read.error().message.en;
    EXPECT_NE(read.error().message.en.find("--calibrate"), std::string::npos) << kind;
  }
}

TEST(MachineFile, AStaleFileNamesWhatDiffers) {
  MachineKey other = key();
  other.build = "0.2.0 def";
  const auto read = parse_machine_file(machine_file_text(limits(), key()), other);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kConflict);
  EXPECT_NE(read.error().message.en.find("0.2.0 def"), std::string::npos);
}

TEST(MachineFile, AMissingFileIsAnErrorAndNotACrash) {
  EXPECT_FALSE(read_machine_file("/nonexistent/machine.json", key()));
}

}  // namespace
}  // namespace mw::tensor
