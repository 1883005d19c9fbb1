#include "core/error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace mw {
namespace {

TEST(Error, EachCodeHasAHttpStatusAndATitleInBothLanguages) {
  for (int code = 0; code <= static_cast<int>(Code::kInternal); ++code) {
    const CodeInfo& row = info(static_cast<Code>(code));
    EXPECT_GE(row.http_status, 400) << row.name;
    EXPECT_LT(row.http_status, 600) << row.name;
    EXPECT_FALSE(row.title.en.empty()) << row.name;
    EXPECT_FALSE(row.title.zh.empty()) << row.name;
  }
}

TEST(Error, AFullDiskSaysWhatToDo) {
  const Error error = errno_error("write", "plant.db", ENOSPC);
  EXPECT_EQ(error.code, Code::kIo);
  EXPECT_NE(error.message.en.find("free space"), std::string::npos);
}

TEST(Error, WithinPutsThePlaceInFront) {
  const Error error = Error::make(Code::kCorrupt, "bad magic", "魔数错误").within("a.gguf");
  EXPECT_EQ(error.message.en, "a.gguf: bad magic");
  EXPECT_EQ(error.message.zh, "a.gguf：魔数错误");
}

}  // namespace
}  // namespace mw
