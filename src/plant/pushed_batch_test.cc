#include "plant/pushed_batch.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

TEST(PushedBatch, ReadsWhatAnMesSends) {
  const PushedBatch batch =
      decode_pushed_batch(R"({"asset": "p1", "batch": "B-1", "product": "A", "start": 1760000000000,
                              "end": "2025-10-09T10:00:00Z"})")
          .value();
  EXPECT_EQ(batch.asset, "p1");
  EXPECT_EQ(batch.number, "B-1");
  EXPECT_EQ(batch.product, "A");
  EXPECT_EQ(batch.start_ns, 1'760'000'000 * kNsPerSecond);
  EXPECT_EQ(batch.end_ns, 1'760'004'000 * kNsPerSecond);
  const PushedBatch least =
      decode_pushed_batch(R"({"line": "a", "batch": "批-1", "end": null})").value();
  EXPECT_EQ(least.line, "a");
  EXPECT_FALSE(least.product);
  EXPECT_FALSE(least.start_ns);
  EXPECT_FALSE(least.end_ns);
}

TEST(PushedBatch, NamesWhatIsWrong) {
  const std::pair<std::string, const char*> rows[] = {
      {"[]", "body"},
      {R"({"asset": "p1"})", "batch"},
      {R"({"batch": "B"})", "asset"},
      {R"({"asset": "p1", "line": "a", "batch": "B"})", "asset"},
      {R"({"asset": 7, "batch": "B"})", "asset"},
      {R"({"asset": "p1", "batch": ""})", "batch"},
      {R"({"asset": "p1", "batch": "a\nb"})", "batch"},
      {R"({"asset": "p1", "batch": ")" + std::string(201, 'x') + R"("})", "batch"},
      {R"({"asset": "p1", "batch": "B", "product": 3})", "product"},
      {R"({"asset": "p1", "batch": "B", "start": "yesterday"})", "start"},
      {R"({"asset": "p1", "batch": "B", "end": -1})", "end"},
      {R"({"asset": "p1", "batch": "B", "start": 9, "end": 9})", "end"},
      {R"({"asset": "p1", "batch": "B", "colour": "red"})", "colour"},
  };
  for (const auto& [body, param] : rows) {
    const auto read = decode_pushed_batch(body);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().param, param) << body;
    EXPECT_FALSE(read.error().message.zh.empty());
  }
  EXPECT_FALSE(decode_pushed_batch("{"));
  EXPECT_EQ(decode_pushed_batch(std::string(70'000, ' ')).error().code, Code::kTooLarge);
}

TEST(PushedBatch, ComesBackFromTheStoreAsItWasTold) {
  Batch batch;
  batch.number = "B-1";
  batch.product = "A \"1\"";
  batch.asset = "p1";
  batch.line = "a";
  batch.start_ns = 10;
  batch.end_ns = 20;
  batch.told_by = "mes";
  const PlantRecord record = record_of(batch);
  EXPECT_EQ(record.place, "asset/p1");
  const Batch back = batch_of(record, 100);
  EXPECT_EQ(back.product, batch.product);
  EXPECT_EQ(back.told_by, "mes");
  EXPECT_EQ(back.end_ns, 20);
  EXPECT_FALSE(back.running);
  PlantRecord open = record;
  open.end_ns = PlantRecord::kOpen;
  EXPECT_TRUE(batch_of(open, 100).running);
  EXPECT_EQ(batch_of(open, 100).end_ns, 100);
  for (const char* body : {"", "[]", "{\"product\": 7}", "{"}) {
    open.body = body;
    EXPECT_EQ(batch_of(open, 100).product, "") << body;
  }
}

}  // namespace
}  // namespace mw::plant
