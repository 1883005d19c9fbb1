#include "plant/csv_export.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "plant/csv/csv_values.h"
#include "plant/internal/rollup_fold.h"
#include "plant/interpolation.h"
#include "plant/no_such_tag.h"

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

std::string row_of(const Tag& tag, TimeNs ts_ns, const std::string& text,
                   std::optional<double> number, Quality quality) {
  const std::string value = !text.empty()                      ? field(harmless_cell(text))
                            : number && std::isfinite(*number) ? csv_number(*number)
                                                               : std::string();
  return csv_time(ts_ns) + "," + harmless_cell(tag.id) + "," + value + "," +
         std::string(quality_name(quality)) + "," + field(harmless_cell(tag.unit)) + "\n";
}

Result<std::vector<const Tag*>> chosen_of(const Catalogue& catalogue,
                                          const std::vector<std::string>& tags) {
  std::vector<const Tag*> chosen;
  for (const std::string& id : tags) {
    chosen.push_back(catalogue.stored_tag(id));
    if (chosen.back() != nullptr) continue;
    return no_such_tag(id);
  }
  if (tags.empty()) {
    for (const Tag& tag : catalogue.tags()) chosen.push_back(&tag);
  }
  return chosen;
}

constexpr const char* kHeader = "time,tag,value,quality,unit\n";

/// Goes along one tag's samples and writes the values of a grid's times between them.
class GridWriter {
 public:
  GridWriter(const Tag& tag, TimeWindow window, int64_t step_ns, Interpolation interpolation,
             const std::function<bool(std::string_view text)>& write)
      : tag_(tag),
        window_(window),
        step_ns_(step_ns),
        interpolation_(interpolation),
        write_(write),
        next_ns_(window.start_ns) {}

  /// All times before `next`, which is nullptr when no sample follows.
  bool write_until(const Sample* next) {
    while (!done_ && (next == nullptr || next_ns_ < next->ts_ns)) {
      const PointValue at =
          point_between(last_ ? &*last_ : nullptr, next, next_ns_, hold_of(tag_), interpolation_);
      ++rows_;
      if (!write_(row_of(tag_, at.ts_ns, at.text, at.value, at.quality))) return false;
      done_ = window_.end_ns - next_ns_ <= step_ns_;
      if (!done_) next_ns_ += step_ns_;
    }
    return !done_;
  }
  void pass(const Sample& sample) { last_ = sample; }
  uint64_t rows() const { return rows_; }

 private:
  const Tag& tag_;
  const TimeWindow window_;
  const int64_t step_ns_;
  const Interpolation interpolation_;
  const std::function<bool(std::string_view text)>& write_;
  TimeNs next_ns_;
  std::optional<Sample> last_;
  bool done_ = false;
  uint64_t rows_ = 0;
};

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
  MW_ASSIGN(const std::vector<const Tag*> chosen, chosen_of(catalogue, tags));
  uint64_t rows = 0;
  bool go_on = write(kHeader);
  for (const Tag* tag : chosen) {
    if (!go_on) break;
    MW_TRY(store.scan(tag->index, window, [&](const Sample& sample) {
      go_on = write(row_of(*tag, sample.ts_ns, sample.text, sample.value, sample.quality));
      ++rows;
      return go_on;
    }));
  }
  return rows;
}

Result<uint64_t> export_grid(const SampleStore& store, const Catalogue& catalogue,
                             const std::vector<std::string>& tags, TimeWindow window,
                             const CsvGrid& grid,
                             const std::function<bool(std::string_view text)>& write) {
  MW_ASSIGN(const std::vector<const Tag*> chosen, chosen_of(catalogue, tags));
  if (grid.step_ns <= 0) {
    return Error::make(Code::kInvalidArgument, "'every_ms': expected a time above 0",
                       "“every_ms”应大于 0", "every_ms");
  }
  if (const ThinnedSamples thinned = thinned_before(store, catalogue, tags, window.start_ns);
      thinned.tags > 0) {
    const std::string from = csv_time(thinned.until_ns);
    return Error::make(Code::kInvalidArgument,
                       "'from_ms': before " + from +
                           " only aggregates are kept of some of these signals, and they do not "
                           "tell the value at one moment: begin there",
                       "“from_ms”：" + from +
                           " 之前，部分信号只保留了聚合值，无法得知某一时刻的值："
                           "请从该时间开始",
                       "from_ms");
  }
  std::vector<Interpolation> ways;
  for (const Tag* tag : chosen) {
    // A file has no place to say that steps stand for lines: what the tag says counts as asked. A
    // question for lines over several tags is one about those that can have them.
    const bool number = tag->kind == TagKind::kNumber;
    const Interpolation way =
        number ? grid.interpolation.value_or(tag->interpolation) : Interpolation::kStepped;
    MW_ASSIGN(const Interpolation chosen_way, choose_interpolation(store, *tag, window, way));
    ways.push_back(chosen_way);
  }
  uint64_t rows = 0;
  bool go_on = write(kHeader);
  for (std::size_t i = 0; i < chosen.size() && go_on; ++i) {
    const Tag& tag = *chosen[i];
    const auto counted = [&](std::string_view text) { return go_on = write(text); };
    const std::function<bool(std::string_view)> each = counted;
    GridWriter writer(tag, window, grid.step_ns, ways[i], each);
    MW_ASSIGN(const std::optional<Sample> before, store.last_before(tag.index, window.start_ns));
    if (before) writer.pass(*before);
    // Lines over the window's end go to the first sample after it.
    const TimeWindow wider{window.start_ns, stale_at(window.end_ns, hold_of(tag))};
    MW_TRY(store.scan(tag.index, wider, [&](const Sample& sample) {
      if (!writer.write_until(&sample)) return false;
      writer.pass(sample);
      return true;
    }));
    if (go_on) writer.write_until(nullptr);
    rows += writer.rows();
  }
  return rows;
}

ThinnedSamples thinned_before(const SampleStore& store, const Catalogue& catalogue,
                              const std::vector<std::string>& tags, TimeNs from_ns) {
  ThinnedSamples out;
  for (const Tag* tag : catalogue.stored_tags()) {
    const bool wanted = tags.empty() ? tag->goes_on_as.empty()
                                     : std::find(tags.begin(), tags.end(), tag->id) != tags.end();
    if (!wanted) continue;
    const TimeNs raw_from_ns = store.kept_from(tag->index).raw_from_ns;
    if (raw_from_ns <= from_ns) continue;
    ++out.tags;
    out.until_ns = std::max(out.until_ns, raw_from_ns);
  }
  return out;
}

}  // namespace mw::plant
