// Scope: the words of --adapter and of the configuration's list.
#include "apps/millwright/adapter_flag.h"

#include <gtest/gtest.h>

namespace mw::app {
namespace {

TEST(AdapterFlag, HasANameAPathAndPerhapsAModel) {
  const auto plain = parse_adapter_flag("line-2=/a/b=c");
  ASSERT_TRUE(plain) << plain.error().message.en;
  EXPECT_EQ(plain->model, "");
  EXPECT_EQ(plain->name, "line-2");
  EXPECT_EQ(plain->path, "/a/b=c");
  const auto full = parse_adapter_flag("smollm2:v3=adapters/v3.gguf");
  ASSERT_TRUE(full) << full.error().message.en;
  EXPECT_EQ(full->model, "smollm2");
  EXPECT_EQ(full->name, "v3");
}

TEST(AdapterFlag, ThatIsNoneIsRefused) {
  for (const char* text : {"", "=", "name", "name=", "=path", "a/b=path", "m:=path", ":a=path",
                           "m:a:b=path", "..=path"}) {
    const auto flag = parse_adapter_flag(text);
    ASSERT_FALSE(flag) << text;
    EXPECT_EQ(flag.error().param, "adapter");
  }
  EXPECT_TRUE(parse_adapter_flags({"a=1", "m:a=2", "b=3"}));
  EXPECT_FALSE(parse_adapter_flags({"a=1", "b=2", "a=3"}));
}

}  // namespace
}  // namespace mw::app
