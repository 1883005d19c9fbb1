#include "tensor/processor.h"

#include <gtest/gtest.h>

#include "tests/support/file_tree.h"

namespace mw::tensor {
namespace {

class ProcessorFiles : public ::testing::Test {
 protected:
  void put(const char* name, const std::string& text) const { tree_.put(name, text); }
  const testing_support::FileTree tree_;
  const std::filesystem::path& root_ = tree_.root();
};

TEST_F(ProcessorFiles, NameSteppingMicrocodeAndCachesAreRead) {
  put("proc/cpuinfo",
      "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\n"
      "model name\t: AMD EPYC\nstepping\t: 1\nmicrocode\t: 0x1000065\nflags\t\t: fpu avx2\n"
      "\nprocessor\t: 1\nmodel name\t: another\n");
  put("sys/devices/system/cpu/cpu0/cache/index0/level", "1\n");
  put("sys/devices/system/cpu/cpu0/cache/index0/size", "32K\n");
  put("sys/devices/system/cpu/cpu0/cache/index2/level", "2\n");
  put("sys/devices/system/cpu/cpu0/cache/index2/size", "1024K\n");
  put("sys/devices/system/cpu/cpu0/cache/index3/level", "3\n");
  put("sys/devices/system/cpu/cpu0/cache/index3/size", "32M\n");
  const Processor found = read_processor(root_);
  EXPECT_EQ(found.name, "AMD EPYC");
  EXPECT_EQ(found.stepping, "25.17.1");
  EXPECT_EQ(found.microcode, "0x1000065");
  EXPECT_EQ(found.flags.size(), 16U);
  EXPECT_EQ(found.l2_bytes, uint64_t{1} << 20);
  EXPECT_EQ(found.l3_bytes, uint64_t{32} << 20);
}

TEST_F(ProcessorFiles, OtherFlagsGiveAnotherDigest) {
  put("proc/cpuinfo", "flags : fpu avx2\n");
  const Processor one = read_processor(root_);
  put("proc/cpuinfo", "flags : fpu avx2 avx512f\n");
  EXPECT_NE(read_processor(root_).flags, one.flags);
}

TEST_F(ProcessorFiles, AMachineThatTellsNothingStillHasASizeToWorkWith) {
  const Processor nothing = read_processor(root_);
  EXPECT_EQ(nothing.name, "");
  EXPECT_EQ(nothing.l2_bytes, uint64_t{1} << 20);
  EXPECT_EQ(nothing.l3_bytes, 0U);
  put("proc/cpuinfo", ":\n : \nmodel name\n: x\nmodel name :\n");
  put("sys/devices/system/cpu/cpu0/cache/index2/level", "2\n");
  put("sys/devices/system/cpu/cpu0/cache/index2/size", "99999999999999999999K\n");
  EXPECT_EQ(read_processor(root_).l2_bytes, uint64_t{1} << 20);
}

}  // namespace
}  // namespace mw::tensor
