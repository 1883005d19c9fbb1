#include "plant/plant_event.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

TEST(PlantEventTold, ReadsWhatAnOperatorNotes) {
  const ToldEvent note =
      decode_told_event(R"({"asset": "p1", "text": "Oil changed\n换油"})").value();
  EXPECT_EQ(note.asset, "p1");
  EXPECT_EQ(note.text, "Oil changed\n换油");
  EXPECT_TRUE(note.id.empty());
  EXPECT_FALSE(note.start_ns || note.end_ns || note.open);
  const ToldEvent stop =
      decode_told_event(R"({"line": "a", "id": "s-1", "text": "Power cut", "start": 1760000000000,
                            "end": null})")
          .value();
  EXPECT_EQ(stop.start_ns, 1'760'000'000 * kNsPerSecond);
  EXPECT_TRUE(stop.open);
  const ToldEvent over =
      decode_told_event(R"({"line": "a", "id": "s-1", "end": "2025-10-09T10:00:00Z"})").value();
  EXPECT_EQ(over.end_ns, 1'760'004'000 * kNsPerSecond);
  EXPECT_FALSE(over.open);
}

TEST(PlantEventTold, NamesWhatIsWrong) {
  const std::pair<std::string, const char*> rows[] = {
      {"[]", "body"},
      {R"({"text": "x"})", "asset"},
      {R"({"asset": "p1", "line": "a", "text": "x"})", "asset"},
      {R"({"asset": "p1"})", "text"},
      {R"({"asset": "p1", "text": " \n"})", "text"},
      {R"({"asset": "p1", "id": "e", "text": " "})", "text"},
      {R"({"asset": "p1", "text": 7})", "text"},
      {R"({"asset": "p1", "text": "bell\u0007"})", "text"},
      {R"({"asset": "p1", "text": ")" + std::string(kMostEventBytes + 1, 'x') + R"("})", "text"},
      {R"({"asset": "p1", "text": "x", "id": "a\nb"})", "id"},
      {R"({"asset": "p1", "text": "x", "kind": "a\nb"})", "kind"},
      {R"({"asset": "p1", "text": "x", "start": "yesterday"})", "start"},
      {R"({"asset": "p1", "text": "x", "start": 9, "end": 8})", "end"},
      {R"({"asset": "p1", "text": "x", "colour": "red"})", "colour"},
  };
  for (const auto& [body, param] : rows) {
    const auto read = decode_told_event(body);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().param, param) << body;
    EXPECT_FALSE(read.error().message.zh.empty());
  }
  EXPECT_FALSE(decode_told_event("{"));
  EXPECT_EQ(decode_told_event(std::string(70'000, ' ')).error().code, Code::kTooLarge);
}

TEST(PlantEventTold, ComesBackFromTheStoreAsItWasTold) {
  PlantEvent event;
  event.id = "e-1";
  event.line = "a";
  event.kind = "work order";
  event.text = "a \"quoted\"\nword";
  event.start_ns = 10;
  event.end_ns = 20;
  event.told_by = "person/k3f9q2xa";
  event.told_ns = 30 * kNsPerMs;
  PlantRecord record = record_of(event);
  EXPECT_EQ(record.place, "line/a");
  EXPECT_EQ(record.name, "e-1");
  const PlantEvent back = event_of(record, 100);
  EXPECT_EQ(back.kind, event.kind);
  EXPECT_EQ(back.text, event.text);
  EXPECT_EQ(back.told_by, event.told_by);
  EXPECT_EQ(back.told_ns, event.told_ns);
  EXPECT_EQ(back.end_ns, 20);
  EXPECT_FALSE(back.open);
  record.end_ns = PlantRecord::kOpen;
  EXPECT_TRUE(event_of(record, 100).open);
  EXPECT_EQ(event_of(record, 100).end_ns, 100);
  for (const char* body : {"", "[]", "{\"text\": 7}", "{", "{\"told_ms\": \"x\"}"}) {
    record.body = body;
    EXPECT_EQ(event_of(record, 100).text, "") << body;
  }
}

}  // namespace
}  // namespace mw::plant
