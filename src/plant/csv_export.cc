#include "plant/csv_export.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "plant/csv/csv_values.h"

namespace mw::plant {
namespace {

/// In quotes where RFC 4180 asks for them.
std::string field(const std::string& text) {
  if (text.find_first_of(",;\t\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string row_of(const Tag& tag, const Sample& sample) {
  const std::string value = !sample.text.empty()          ? field(harmless_cell(sample.text))
                            : std::isfinite(sample.value) ? csv_number(sample.value)
                                                          : std::string();
  return csv_time(sample.ts_ns) + "," + harmless_cell(tag.id) + "," + value + "," +
         std::string(quality_name(sample.quality)) + "," + field(harmless_cell(tag.unit)) + "\n";
}

}  // namespace

std::string csv_time(TimeNs ts_ns) {
  using std::chrono::days;
  const std::chrono::sys_time<std::chrono::nanoseconds> at{std::chrono::nanoseconds(ts_ns)};
  const auto day = std::chrono::floor<days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  int64_t fraction = time.subseconds().count();
  int digits = 9;
  while (digits > 3 && fraction % 10 == 0) {
    fraction /= 10;
    --digits;
  }
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%0*lldZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                digits, static_cast<long long>(fraction));
  return text.data();
}

std::optional<TimeNs> read_csv_time(std::string_view text) {
  return parse_csv_time(trimmed(text), std::nullopt);
}

std::string csv_number(double value) {
  std::array<char, 64> text{};
  const auto [end, problem] = std::to_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() ? std::string(text.data(), end) : std::string();
}

Result<uint64_t> export_csv(const SampleStore& store, const Catalogue& catalogue,
                            const std::vector<std::string>& tags, TimeWindow window,
                            const std::function<bool(std::string_view text)>& write) {
  std::vector<const Tag*> chosen;
  for (const std::string& id : tags) {
    chosen.push_back(catalogue.tag(id));
    if (chosen.back() != nullptr) continue;
    return Error::make(Code::kNotFound, "there is no tag '" + id.substr(0, 130) + "'",
                       "没有测点“" + id.substr(0, 130) + "”", "tag");
  }
  if (tags.empty()) {
    for (const Tag& tag : catalogue.tags()) chosen.push_back(&tag);
  }
  uint64_t rows = 0;
  bool go_on = write("time,tag,value,quality,unit\n");
  for (const Tag* tag : chosen) {
    if (!go_on) break;
    MW_TRY(store.scan(tag->index, window, [&](const Sample& sample) {
      go_on = write(row_of(*tag, sample));
      ++rows;
      return go_on;
    }));
  }
  return rows;
}

ThinnedSamples thinned_before(const SampleStore& store, const Catalogue& catalogue,
                              const std::vector<std::string>& tags, TimeNs from_ns) {
  ThinnedSamples out;
  for (const Tag& tag : catalogue.tags()) {
    if (!tags.empty() && std::find(tags.begin(), tags.end(), tag.id) == tags.end()) continue;
    const TimeNs raw_from_ns = store.kept_from(tag.index).raw_from_ns;
    if (raw_from_ns <= from_ns) continue;
    ++out.tags;
    out.until_ns = std::max(out.until_ns, raw_from_ns);
  }
  return out;
}

}  // namespace mw::plant
