#include "tests/support/ask_case_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/check.h"
#include "core/file.h"
#include "core/json.h"
#include "tests/support/source_dir.h"

namespace mw::assistant {
namespace {

constexpr const char* kDescription = "src/plant/demo/line.json";  // in the checkout

uint64_t splitmix(uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

Expectation read_expectation(std::istringstream& line) {
  Expectation expected;
  std::string value;
  line >> expected.fact >> expected.tag;
  if (const size_t colon = expected.tag.find(':'); colon != std::string::npos) {
    expected.state = expected.tag.substr(colon + 1);
    expected.tag.resize(colon);
  }
  line >> value;
  if (expected.fact == "state") {
    expected.state = value;
  } else {
    expected.value = std::strtod(value.c_str(), nullptr);
  }
  std::getline(line >> std::ws, expected.text);
  return expected;
}

std::shared_ptr<const plant::Catalogue> demo_catalogue(double hold_s) {
  Json description =
      *parse_json(*read_file(mw::testing_support::source_path(kDescription), 1 << 20));
  for (Json& kind : description["kinds"]) {
    for (Json& tag : kind["tags"]) tag["watchdog_s"] = hold_s;
  }
  for (Json& asset : description["assets"]) {
    if (!asset.contains("tags")) continue;
    for (Json& tag : asset["tags"]) tag["watchdog_s"] = hold_s;
  }
  return plant::Catalogue::parse(to_text(description)).value();
}

}  // namespace

AskCaseFile AskCaseFile::load(const std::string& path) {
  std::ifstream in(path);
  MW_CHECK(in.good());
  AskCaseFile file;
  std::string text;
  while (std::getline(in, text)) {
    if (text.empty() || text[0] == '#') continue;
    std::istringstream line(text);
    std::string word;
    std::string skipped;
    line >> word;
    if (word == "now_ms") {
      line >> file.now_ns;
      file.now_ns *= kNsPerMs;
    } else if (word == "zone") {
      line >> file.zone;
    } else if (word == "samples") {
      int64_t step_s = 0;
      int64_t age_s = 0;
      line >> file.samples >> skipped >> step_s >> skipped >> age_s >> skipped >> file.hold_s;
      file.step_ns = step_s * kNsPerSecond;
      file.age_ns = age_s * kNsPerSecond;
    } else if (word == "case") {
      file.cases.emplace_back();
      line >> file.cases.back().name;
    } else if (word == "ask") {
      std::getline(line >> std::ws, file.cases.back().question);
    } else if (word == "expect") {
      file.cases.back().expected.push_back(read_expectation(line));
    } else {
      SeriesRule rule;
      rule.kind = word;
      line >> rule.tag;
      std::string state;
      int count = 0;
      if (word == "states") {
        while (line >> state >> count) rule.states.emplace_back(state, count);
      } else {
        for (long long number = 0; line >> number;) rule.numbers.push_back(number);
      }
      (word == "gap" || word == "bad" ? file.marks : file.series).push_back(std::move(rule));
    }
  }
  return file;
}

std::vector<plant::Reading> AskCaseFile::readings(const SeriesRule& rule) const {
  std::vector<plant::Reading> out;
  const auto marked = [&](const char* kind, int k) {
    for (const SeriesRule& mark : marks) {
      if (mark.kind == kind && mark.tag == rule.tag && mark.numbers[0] <= k && k < mark.numbers[1])
        return true;
    }
    return false;
  };
  size_t span = 0;
  int left = rule.states.empty() ? 0 : rule.states[0].second;
  for (int k = 0; k < samples; ++k) {
    plant::Reading reading;
    reading.tag = rule.tag;
    reading.ts_ns = now_ns - age_ns - (samples - 1 - k) * step_ns;
    if (rule.kind == "states") {
      while (left == 0) {
        span = (span + 1) % rule.states.size();
        left = rule.states[span].second;
      }
      --left;
      reading.value = rule.states[span].first;
    } else if (rule.kind == "counter") {
      reading.value = static_cast<double>(rule.numbers[0] + k / rule.numbers[1]);
    } else {
      const long long period = rule.numbers[2];
      const long long half = period / 2;
      const long long phase = k % period;
      const long long triangle = phase < half ? phase : period - phase;
      const uint64_t range = 2 * static_cast<uint64_t>(rule.numbers[3]) + 1;
      const auto noise = static_cast<long long>(
          splitmix(static_cast<uint64_t>(rule.numbers[4]) * 1000003ull + static_cast<uint64_t>(k)) %
          range);
      const long long value =
          rule.numbers[0] + rule.numbers[1] * triangle / half + noise - rule.numbers[3];
      reading.value = static_cast<double>(value) / 1000.0;
      if (marked("gap", k)) continue;
      if (marked("bad", k)) reading.quality = Quality::kBad;
    }
    out.push_back(std::move(reading));
  }
  return out;
}

AskCasePlant::AskCasePlant(const AskCaseFile& file) : clock_(file.now_ns) {
  std::string pattern = (std::filesystem::temp_directory_path() / "mw_ask_XXXXXX").string();
  MW_CHECK(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  plant::PlantOptions options;
  options.data_folder = folder_;
  options.catalogue = demo_catalogue(file.hold_s);
  options.clock = &clock_;
  plant_ = std::move(plant::Plant::open(options)).value();
  for (const SeriesRule& rule : file.series) {
    const auto taken = plant_->ingest().take(file.readings(rule));
    MW_CHECK(taken.has_value());
    MW_CHECK(taken->refused == 0);
  }
}

AskCasePlant::~AskCasePlant() {
  plant_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace mw::assistant
