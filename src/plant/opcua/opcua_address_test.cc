#include "plant/opcua/opcua_address.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

using Kind = OpcuaNodeId::Kind;

TEST(OpcuaAddress, ReadsEveryKindOfNodeId) {
  EXPECT_EQ(*parse_opcua_node_id("i=2258"), (OpcuaNodeId{0, "", Kind::kNumber, 2258, ""}));
  EXPECT_EQ(*parse_opcua_node_id("ns=2;i=4294967295"),
            (OpcuaNodeId{2, "", Kind::kNumber, 4294967295, ""}));
  EXPECT_EQ(*parse_opcua_node_id("ns=65535;s=\"DB 1\".\"a;b\"=c"),
            (OpcuaNodeId{65535, "", Kind::kText, 0, "\"DB 1\".\"a;b\"=c"}));
  EXPECT_EQ(*parse_opcua_node_id("ns=1;g=09087E75-8E5E-499b-954F-f2a9603db28a"),
            (OpcuaNodeId{1, "", Kind::kGuid, 0, "09087e75-8e5e-499b-954f-f2a9603db28a"}));
  EXPECT_EQ(*parse_opcua_node_id("ns=1;b=AQL/"),
            (OpcuaNodeId{1, "", Kind::kOpaque, 0, "\x01\x02\xff"}));
  EXPECT_EQ(*parse_opcua_node_id("nsu=http://maker/a%3Bb%25;s=温度"),
            (OpcuaNodeId{0, "http://maker/a;b%", Kind::kText, 0, "温度"}));
}

TEST(OpcuaAddress, WritesWhatItRead) {
  for (const char* text :
       {"i=1", "ns=3;s=a.b.c", "ns=1;g=09087e75-8e5e-499b-954f-f2a9603db28a",
        "ns=1;b=AQ==", "ns=1;b=AQI=", "ns=1;b=AQID", "nsu=http://maker/a%3Bb%25;i=7", "ns=4;b="}) {
    const auto id = parse_opcua_node_id(text);
    if (std::string_view(text) == "ns=4;b=") {
      EXPECT_FALSE(id) << text;
      continue;
    }
    ASSERT_TRUE(id) << text;
    EXPECT_EQ(opcua_node_id_text(*id), text);
  }
}

TEST(OpcuaAddress, RefusesWhatNamesNoNode) {
  for (const char* text : {"",
                           "Press.Oil",
                           "ns=2",
                           "ns=2;",
                           "ns=;i=1",
                           "ns=65536;i=1",
                           "ns=-1;i=1",
                           "i=",
                           "i=-1",
                           "i=4294967296",
                           "i=1x",
                           "s=",
                           "x=1",
                           "ns=2;x=1",
                           "nsu=;i=1",
                           "nsu=a%3;i=1",
                           "nsu=a%zz;i=1",
                           "g=09087e75",
                           "g=09087e75-8e5e-499b-954f-f2a9603db28g",
                           "b=AQI",
                           "b=A===",
                           "b=AQ==AQ==",
                           "ns=2;s=line\nbreak",
                           "ns=2;s=\x7f"}) {
    const auto id = parse_opcua_node_id(text);
    ASSERT_FALSE(id) << text;
    EXPECT_EQ(id.error().code, Code::kInvalidArgument);
    EXPECT_FALSE(id.error().message.zh.empty());
  }
  EXPECT_FALSE(parse_opcua_node_id("s=" + std::string(4095, 'a')));
  EXPECT_TRUE(parse_opcua_node_id("s=" + std::string(4094, 'a')));
}

TEST(OpcuaAddress, ReadsEndpoints) {
  const auto expect = [](const char* url, const char* host, int port) {
    const auto endpoint = parse_opcua_endpoint(url);
    ASSERT_TRUE(endpoint) << url;
    EXPECT_EQ(endpoint->host, host);
    EXPECT_EQ(endpoint->port, port);
  };
  expect("opc.tcp://10.0.0.7", "10.0.0.7", 4840);
  expect("opc.tcp://plc.local:4841/a/b:c", "plc.local", 4841);
  expect("opc.tcp://[fe80::1]:62541", "fe80::1", 62541);
  expect("opc.tcp://[::1]/x", "::1", 4840);
  for (const char* url : {"", "10.0.0.7:4840", "http://a", "opc.tcp://", "opc.tcp://:1",
                          "opc.tcp://a:", "opc.tcp://a:0", "opc.tcp://a:65536", "opc.tcp://[::1",
                          "opc.tcp://[::1]x", "opc.tcp://a b", "opc.tcp://user:secret@a"}) {
    EXPECT_FALSE(parse_opcua_endpoint(url)) << url;
  }
}

}  // namespace
}  // namespace mw::plant
