// The JSON-Schema-Test-Suite as decoding masks: every instance, written in the spelling of ADR
// 0017, goes through the grammar's automaton byte by byte, which is what masks allow (mask_test.cc
// holds masks to the automaton). Verdicts have to be right; groups may be refused, at most one in
// ten. Runs where ../shared/data/json-schema-test-suite.tar.xz is, skipped by name where it is not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "core/file.h"
#include "core/testing.h"
#include "grammar/internal/decimal.h"
#include "grammar/internal/grammar_state.h"
#include "tests/support/source_dir.h"

namespace mw::grammar {
namespace {

constexpr uint64_t kEndSteps = 50'000;  // as a matcher looks for it

std::string written(const Json& value);

std::string text_of(const std::string& text) { return '"' + spelled(text, Spelling::kJson) + '"'; }

std::string written(const Json& value) {
  if (value.is_string()) return text_of(value.get<std::string>());
  if (value.is_number()) {
    const auto decimal = decimal_of(value);
    return decimal ? decimal->text() : value.dump();
  }
  std::string out;
  if (value.is_array()) {
    for (const Json& each : value) out += (out.empty() ? "" : ", ") + written(each);
    return "[" + out + "]";
  }
  if (value.is_object()) {
    for (const auto& [name, each] : value.items()) {
      out += (out.empty() ? "" : ", ") + text_of(name) + ": " + written(each);
    }
    return "{" + out + "}";
  }
  return value.dump();
}

struct Tally {
  int groups = 0;
  int refused = 0;
  int tests = 0;
  std::vector<std::string> wrong;
  std::vector<std::string> refusals;
  int endings = 0;
  std::vector<std::string> endless;  // no short text was found
};

/// From the start, and from within every valid instance, a short text ends what has been written.
void check_endings(Grammar& grammar, const Json& group, const std::string& name, Tally& tally) {
  ExprPool& pool = grammar.state().pool;
  const auto check = [&](Expr at, const std::string& so_far) {
    const auto rest = pool.short_text(at, kEndSteps);
    ++tally.endings;
    if (!rest) {
      tally.endless.push_back(name + ": " + so_far);
    } else if (!pool.matches(at, *rest)) {
      tally.wrong.push_back(name + ": " + so_far + " does not end with " + *rest);
    }
  };
  check(grammar.state().start, "");
  for (const Json& test : group["tests"]) {
    if (!test["valid"].get<bool>()) continue;
    const std::string instance = written(test["data"]);
    Expr at = grammar.state().start;
    for (std::size_t i = 0; i < std::min<std::size_t>(instance.size(), 200); ++i) {
      at = pool.derive(at, static_cast<unsigned char>(instance[i]));
      if (at == ExprPool::kEmpty) break;  // told by the verdict
      if (i % 3 == 0) check(at, instance.substr(0, i + 1));
    }
  }
}

void run_file(const std::string& path, const SchemaOptions& options, Tally& tally) {
  const auto text = read_file(path, 16 << 20);
  ASSERT_TRUE(text) << path;
  const auto groups = parse_json(*text, 200);
  ASSERT_TRUE(groups) << path << groups.error().message.en;
  for (const Json& group : *groups) {
    ++tally.groups;
    const std::string name = std::filesystem::path(path).stem().string() + ": " +
                             group["description"].get<std::string>();
    const Result<GrammarPtr> grammar = compile_schema(group["schema"], options);
    const bool none =
        !grammar && grammar.error().message.en.find("no value at all") != std::string::npos;
    if (!grammar && !none) {
      ++tally.refused;
      tally.refusals.push_back(name + " [" + grammar.error().message.en + "]");
      EXPECT_EQ(grammar.error().code == Code::kUnsupported ||
                    grammar.error().code == Code::kInvalidArgument,
                true);
      continue;
    }
    if (!none) check_endings(**grammar, group, name, tally);
    for (const Json& test : group["tests"]) {
      ++tally.tests;
      const std::string instance = written(test["data"]);
      // What nothing fulfils is refused as such: every instance is rejected.
      const bool accepted =
          !none && (*grammar)->state().pool.matches((*grammar)->state().start, instance);
      if (accepted != test["valid"].get<bool>()) {
        tally.wrong.push_back(name + " / " + test["description"].get<std::string>() + ": " +
                              instance.substr(0, 200) + (accepted ? " accepted" : " rejected"));
      }
    }
  }
}

class SchemaSuite : public ::testing::Test {
 protected:
  // Unpacked once.
  static const std::filesystem::path* suite() {
    static const auto folder = []() -> std::optional<std::filesystem::path> {
      const auto archive = mw::testing_support::shared_file(mw::testing_support::source_dir(),
                                                            "data/json-schema-test-suite.tar.xz");
      if (!archive) return std::nullopt;
      const auto to = std::filesystem::path(::testing::TempDir()) / "mw_json_schema_suite";
      std::filesystem::create_directories(to);
      const std::string command = "tar -xJf '" + archive->string() + "' -C '" + to.string() + "'";
      if (std::system(command.c_str()) != 0) return std::nullopt;
      return to / "json-schema-test-suite/tests";
    }();
    return folder ? &*folder : nullptr;
  }

  static void run(const std::string& folder, const SchemaOptions& options, double most_refused) {
    if (suite() == nullptr)
      GTEST_SKIP() << "../shared/data/json-schema-test-suite.tar.xz is not there";
    Tally tally;
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(*suite() / folder)) {
      if (entry.path().extension() == ".json") files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    ASSERT_FALSE(files.empty());
    for (const std::string& file : files) run_file(file, options, tally);
    if (std::getenv("MW_SUITE_VERBOSE") != nullptr) {
      for (const std::string& each : tally.refusals) std::cout << "refused " << each << "\n";
    }
    std::cout << folder << ": " << tally.groups << " groups, " << tally.refused << " refused, "
              << tally.tests << " tests, " << tally.wrong.size() << " wrong\n";
    std::cout << tally.endings << " places to end from, " << tally.endless.size()
              << " without a way\n";
    for (const std::string& each : tally.wrong) ADD_FAILURE() << each;
    for (const std::string& each : tally.endless) ADD_FAILURE() << "no way to end " << each;
    EXPECT_LE(tally.refused, tally.groups * most_refused);
  }
};

TEST_F(SchemaSuite, Draft7HasNoWrongVerdicts) {
  run("draft7", {.draft = SchemaDraft::k7, .assert_formats = false}, 0.10);
}

TEST_F(SchemaSuite, Draft2020HasNoWrongVerdicts) {
  run("draft2020-12", {.draft = SchemaDraft::k2020, .assert_formats = false}, 0.10);
}

}  // namespace
}  // namespace mw::grammar
