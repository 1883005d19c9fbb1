#include "plant/opcua/opcua_holes.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

TEST(OpcuaHoles, AreReadAsTheyWereWritten) {
  const OpcuaHoles holes{{"m1/temperature", 1'800'000'000'000'000'000}, {"m1/a b", 1}};
  const std::string text = write_opcua_holes(holes);
  EXPECT_EQ(text, "millwright opcua holes 1\n1 m1/a b\n1800000000000000000 m1/temperature\n");
  EXPECT_EQ(parse_opcua_holes(text).value(), holes);
  EXPECT_TRUE(parse_opcua_holes(write_opcua_holes({})).value().empty());
}

TEST(OpcuaHoles, AreRefusedWhenTheFileIsDamagedWithTheLine) {
  const std::string head = "millwright opcua holes 1\n";
  for (const std::string& broken : {std::string(), std::string("millwright opcua holes 2\n"),
                                    head.substr(0, head.size() - 1), std::string(40, '\0')}) {
    const auto read = parse_opcua_holes(broken);
    ASSERT_FALSE(read) << broken;
    EXPECT_EQ(read.error().code, Code::kCorrupt);
    EXPECT_TRUE(read.error().message.en.starts_with("line 1:")) << read.error().message.en;
    EXPECT_FALSE(read.error().message.zh.empty());
  }
  for (const char* row :
       {"\n", "5\n", "5 \n", "5m1/t\n", " 5 m1/t\n", "0 m1/t\n", "-5 m1/t\n", "x m1/t\n", "5 m1/t",
        "9223372036854775808 m1/t\n", "5 m1/a\n6 m1/a\n", "5.5 m1/t\n"}) {
    EXPECT_FALSE(parse_opcua_holes(head + row)) << row;
  }
  EXPECT_TRUE(parse_opcua_holes(head + "5 m1/a\n6").error().message.en.starts_with("line 3:"));
}

}  // namespace
}  // namespace mw::plant
