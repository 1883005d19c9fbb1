// Fields of any bytes: whole ones are read, all else is refused and reads as nothing.
#include "plant/sparkplug/protobuf_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace mw::plant {
namespace {

using namespace std::string_literals;

TEST(ProtobufReader, WalksOverFieldsOfEachKind) {
  const std::string bytes = "\x08\x96\x01"s +                         // 1: 150
                            "\x12\x02hi"s +                           // 2: "hi"
                            "\x1d\x00\x00\x20\x41"s +                 // 3: 10.0f
                            "\x21\x00\x00\x00\x00\x00\x00\x24\x40"s;  // 4: 10.0
  ProtobufReader reader(bytes);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.field(), 1u);
  EXPECT_EQ(reader.number(), 150u);
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(reader.is_bytes());
  EXPECT_EQ(reader.bytes(), "hi");
  EXPECT_EQ(reader.number(), 0u) << "of another kind";
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.real(false), 10);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.real(true), 10);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ok());
}

TEST(ProtobufReader, RefusesWhatIsNoField) {
  struct Row {
    const char* what;
    std::string bytes;
  };
  const Row kRows[] = {
      {"a key that goes on", "\x80"s},
      {"a number that goes on", "\x08\xff"s},
      {"a number of more than 64 bits", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s},
      {"a number of more than ten bytes", "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"s},
      {"a length beyond the end", "\x12\x03hi"s},
      {"a length near 2^64", "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s},
      {"half a float", "\x1d\x00\x00\x20"s},
      {"half a double", "\x21\x00"s},
      {"field 0", "\x00\x01"s},
      {"a field of more than 29 bits", "\x80\x80\x80\x80\x80\x01\x01"s},
      {"the begin of a group", "\x0b"s},
      {"the end of a group", "\x0c"s},
      {"wire type 6", "\x0e"s},
      {"wire type 7", "\x0f"s},
  };
  for (const Row& row : kRows) {
    ProtobufReader reader(row.bytes);
    EXPECT_FALSE(reader.next()) << row.what;
    EXPECT_FALSE(reader.ok()) << row.what;
    EXPECT_FALSE(reader.next()) << row.what << ", and it stays so";
  }
}

TEST(ProtobufReader, RefusesARealOfAnotherWidth) {
  const std::string bytes = "\x1d\x00\x00\x20\x41"s;
  ProtobufReader reader(bytes);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.real(true), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(ProtobufReader, FindsNothingInNothing) {
  ProtobufReader reader("");
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ok());
}

}  // namespace
}  // namespace mw::plant
