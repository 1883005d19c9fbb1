// Streams as other servers send them, whole, cut anywhere, and broken. Whatever the cut, the same
// events come out.
#include "upstream/event_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace mw::upstream {
namespace {

struct Seen {
  std::vector<std::string> events;
  bool ok = true;
  bool within = false;
};

Seen read(const std::string& bytes, std::size_t step, std::size_t limit = 1 << 20) {
  Seen seen;
  EventReader reader(limit);
  for (std::size_t at = 0; at < bytes.size() && seen.ok; at += step) {
    seen.ok = reader
                  .push(std::string_view(bytes).substr(at, step),
                        [&](std::string_view data) -> Result<void> {
                          seen.events.emplace_back(data);
                          return {};
                        })
                  .has_value();
  }
  seen.within = reader.within_event();
  return seen;
}

struct Case {
  const char* what;
  std::string bytes;
  std::vector<std::string> events;
  bool within = false;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"one event", "data: a\n\n", {"a"}},
      {"no space after the colon", "data:a\n\n", {"a"}},
      {"only one space is taken", "data:  a\n\n", {" a"}},
      {"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", {"a", "b"}},
      {"CR alone", "data: a\r\rdata: b\r\r", {"a", "b"}},
      {"mixed ends", "data: a\r\n\ndata: b\n\r\n", {"a", "b"}},
      {"several lines of data", "data: a\ndata: b\n\n", {"a\nb"}},
      {"data without a value", "data\n\n", {""}},
      {"comments and other fields", ": ping\n\nevent: x\nid: 1\nretry: 5\ndata: a\n\n", {"a"}},
      {"a field that only begins with data", "database: a\n\ndata : b\n\n", {}},
      {"empty lines", "\n\n\r\n\n", {}},
      {"a byte order mark",
       "\xef\xbb\xbf"
       "data: a\n\n",
       {"a"}},
      {"a byte order mark later is none",
       "data: a\n\n\xef\xbb\xbf"
       "data: b\n\n",
       {"a"}},
      {"half an event", "data: a\n\ndata: {\"half", {"a"}, true},
      {"a line without its empty line", "data: a\n", {}, true},
      {"bytes that are no text", std::string("\0\xff\xfe\n\n", 5), {}},
      {"HTML", "<html>\n<body>502</body>\n</html>\n", {}},
  };
  return all;
}

TEST(EventReader, ReadsTheSameEventsHoweverTheyAreCut) {
  for (const Case& each : cases()) {
    for (const std::size_t step :
         {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, each.bytes.size()}) {
      const Seen seen = read(each.bytes, step);
      EXPECT_TRUE(seen.ok) << each.what;
      EXPECT_EQ(seen.events, each.events) << each.what << " by " << step;
      EXPECT_EQ(seen.within, each.within) << each.what << " by " << step;
    }
  }
}

TEST(EventReader, RefusesALineWithoutAnEnd) {
  const Seen seen = read("data: " + std::string(5000, 'x'), 100, 1000);
  EXPECT_FALSE(seen.ok);
  EXPECT_TRUE(seen.events.empty());
}

TEST(EventReader, RefusesAnEventOfEndlessLines) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += "data: x\n";
  EXPECT_FALSE(read(bytes, 64, 1000).ok);
}

TEST(EventReader, AnEndlessCommentIsALineTooLong) {
  EXPECT_FALSE(read(": " + std::string(5000, 'p'), 100, 1000).ok);
}

TEST(EventReader, KeepsToItsLimitAcrossManyEvents) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += "data: 0123456789\n\n";
  EXPECT_EQ(read(bytes, 13, 64).events.size(), 1000u);
}

TEST(EventReader, HandsOnTheErrorOfItsListener) {
  EventReader reader;
  const auto pushed = reader.push("data: a\n\ndata: b\n\n", [](std::string_view) -> Result<void> {
    return Error::make(Code::kCorrupt, "no");
  });
  ASSERT_FALSE(pushed);
  EXPECT_EQ(pushed.error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace mw::upstream
