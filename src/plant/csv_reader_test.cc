#include "plant/csv_reader.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> rows_of(std::string_view text) {
  CsvReader reader(text);
  std::vector<Row> rows;
  Row row;
  for (auto got = reader.next(row); got != CsvReader::Got::kEnd; got = reader.next(row)) {
    rows.push_back(got == CsvReader::Got::kRow ? row : Row{"BROKEN"});
  }
  return rows;
}

TEST(CsvReader, ReadsQuotesSeparatorsAndLineEnds) {
  EXPECT_EQ(rows_of("a,b\r\n1,\n\n\"x,\"\"y\"\"\n2\",3"),
            (std::vector<Row>{{"a", "b"}, {"1", ""}, {"x,\"y\"\n2", "3"}}));
  EXPECT_EQ(rows_of("\xEF\xBB\xBFtime;a,b\n1;2,5\n"),
            (std::vector<Row>{{"time", "a,b"}, {"1", "2,5"}}));
  EXPECT_EQ(rows_of("a\tb\n1\t2"), (std::vector<Row>{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(rows_of("a\rb\n"), (std::vector<Row>{{"a\rb"}})) << "a lone CR is no line end";
  EXPECT_TRUE(rows_of("").empty());
  EXPECT_TRUE(rows_of("\r\n\n").empty());
}

TEST(CsvReader, GoesOnAfterABrokenRowAndKnowsItsLine) {
  EXPECT_EQ(rows_of("a,b\n\"x\"y,1\n2,3\n"),
            (std::vector<Row>{{"a", "b"}, {"BROKEN"}, {"2", "3"}}));
  EXPECT_EQ(rows_of("a\n\"never closed\n1\n"), (std::vector<Row>{{"a"}, {"BROKEN"}, {"1"}}))
      << "a quote that is never closed takes its own line only";
  EXPECT_EQ(rows_of("a\n" + std::string((64 << 10) + 1, 'x') + "\n1\n"),
            (std::vector<Row>{{"a"}, {"BROKEN"}, {"1"}}));
  EXPECT_EQ(rows_of(std::string(10'000, ',') + "\n1\n"), (std::vector<Row>{{"BROKEN"}, {"1"}}));
  CsvReader reader("a\n\n\"x\ny\"\nz\n");
  Row row;
  std::vector<uint64_t> lines;
  while (reader.next(row) == CsvReader::Got::kRow) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<uint64_t>{1, 3, 5}));
}

TEST(CsvReader, KnowsWhetherALineEndStandsBehindARow) {
  for (const auto& [text, ended] : {std::pair{"a\n1\n", true},
                                    {"a\n1\r\n", true},
                                    {"a\n1", false},
                                    {"a\n\"1\"", false},
                                    {"a\n1\r", false}}) {
    CsvReader reader(text);
    Row row;
    ASSERT_EQ(reader.next(row), CsvReader::Got::kRow);
    EXPECT_TRUE(reader.line_ended());
    ASSERT_EQ(reader.next(row), CsvReader::Got::kRow);
    EXPECT_EQ(reader.line_ended(), ended) << text;
  }
}

}  // namespace
}  // namespace mw::plant
