// Scope: the report for people: its numbers in both languages, what was not measured, and names
// from a file that would break a table.
#include "apps/millwright/quantize_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mw::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Json report() {
  return {{"command", "millwright quantize m --to o.gguf --budget 80MB --text t.txt"},
          {"version", "0.1.0"},
          {"commit", "abc"},
          {"isa", "avx2"},
          {"threads", 2},
          {"seconds", 12.3},
          {"source", {{"path", "m.gguf"}, {"bytes", 98'400'000}, {"sha256", "aa"}}},
          {"output", {{"path", "o.gguf"}, {"bytes", 80'000'000}, {"sha256", "bb"}}},
          {"bits_per_weight", 4.7},
          {"types", {{"Q4_1", {{"tensors", 210}, {"bytes", 66'000'000}}}}},
          {"tensors", Json::array({{{"name", "a|b`c"},
                                    {"shape", {64, 32}},
                                    {"from", "F16"},
                                    {"to", "Q4_1"},
                                    {"bits", 5.0},
                                    {"bytes", 1280},
                                    {"note", ""},
                                    {"probe", {{"type", "Q4_0"}, {"kl_nats", 0.012}}},
                                    {"share", 0.25}}})},
          {"text", {{"file", "t.txt"}, {"sha256", "cc"}, {"split", "half and half"}}},
          {"tuning", {{"expected_kl_nats", 0.011}, {"kl_nats", 0.0105}}},
          {"held_out",
           {{"kl_nats", 0.0123},
            {"standard_error", 0.0004},
            {"kl_p99_nats", 0.2},
            {"same_top", 0.9512},
            {"ppl", 23.5},
            {"reference_ppl", 23.1}}}};
}

TEST(QuantizeReport, TellsWhatWasMadeAndHowFarItIs) {
  const std::string page = quantize_markdown(report(), Language::kEn);
  for (const char* part : {"sha256 `bb`", "0.012300 +- 0.000400", "95.12 %", "23.1000", "23.5000",
                           "half and half", "0.010500 nats measured", "25.00 %", "1.20e-02",
                           "--budget 80MB", "| Q4_1 | 210 | 66.00 MB |"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
}

TEST(QuantizeReport, KeepsForeignNamesInsideTheirCell) {
  EXPECT_THAT(quantize_markdown(report(), Language::kEn), HasSubstr("| a b c | 64 x 32 |"));
}

TEST(QuantizeReport, SpeaksChinese) {
  EXPECT_THAT(quantize_markdown(report(), Language::kZh), HasSubstr("困惑度（本文件） | 23.5000"));
  EXPECT_THAT(quantize_summary(report(), Language::kZh), HasSubstr("首选词元相同 95.12 %"));
}

TEST(QuantizeReport, SaysWhatWasNotMeasured) {
  Json unmeasured = report();
  for (const char* key : {"held_out", "text", "tuning"}) unmeasured.erase(key);
  EXPECT_THAT(quantize_markdown(unmeasured, Language::kEn), HasSubstr("Not measured"));
  EXPECT_THAT(quantize_summary(unmeasured, Language::kEn), Not(HasSubstr("held out")));
  EXPECT_THAT(quantize_summary(unmeasured, Language::kEn), HasSubstr("80.00 MB of 98.40 MB"));
}

}  // namespace
}  // namespace mw::app
