#include "security/audit_reader.h"

#include <algorithm>
#include <charconv>

#include "core/file.h"
#include "security/internal/audit_codec.h"
#include "security/internal/audit_files.h"

namespace mw::security {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool has(const std::string& text, const std::string& part) {
  return part.empty() ||  // the end of an empty text is where nothing begins, too
         std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool fits(const AuditRecord& record, const AuditFilter& filter) {
  const AuditEvent& event = record.event;
  if (filter.before != 0 && record.seq >= filter.before) return false;
  if (record.ts_ns < filter.from_ns || record.ts_ns >= filter.to_ns) return false;
  if (filter.outcome && event.outcome != *filter.outcome) return false;
  return has(event.who, filter.who) && event.action.starts_with(filter.action) &&
         (has(event.object, filter.object) || has(event.detail, filter.object));
}

/// As its name has it; 0 for a name that is none of ours.
uint64_t first_seq_of(const std::filesystem::path& segment) {
  const std::string stem = segment.stem().string();
  uint64_t seq = 0;
  const auto parsed = std::from_chars(stem.data(), stem.data() + stem.size(), seq);
  return parsed.ec == std::errc() && parsed.ptr == stem.data() + stem.size() ? seq : 0;
}

/// The records of a segment that fit, oldest first. False: it holds bytes that are no record.
bool take_segment(std::string_view bytes, bool last, const AuditFilter& filter,
                  std::vector<AuditRecord>& found) {
  if (!decode_segment_header(bytes)) return false;
  bytes.remove_prefix(kSegmentHeaderBytes);
  while (!bytes.empty()) {
    const auto raw = split_record(bytes);
    auto record = raw ? decode_body(raw->body) : std::nullopt;
    // At the end of the last segment: a record that is being written, or was begun and never
    // acknowledged.
    if (!record) return last && bytes.size() <= kMaxRecordBytes;
    AuditNames::show(record->event, filter.names);
    if (fits(*record, filter)) found.push_back(std::move(*record));
    bytes.remove_prefix(raw->bytes);
  }
  return true;
}

}  // namespace

std::optional<AuditOutcome> outcome_of(std::string_view name) {
  for (const auto outcome : {AuditOutcome::kDone, AuditOutcome::kRefused, AuditOutcome::kFailed}) {
    if (outcome_name(outcome) == name) return outcome;
  }
  return std::nullopt;
}

Result<AuditPage> read_audit(const std::filesystem::path& folder, const AuditFilter& filter) {
  const AuditFiles files{folder};
  std::error_code problem;
  if (!std::filesystem::is_directory(folder, problem)) {
    return Error::make(Code::kNotFound, "there is no audit log in " + folder.string(),
                       folder.string() + " 中没有审计日志");
  }
  MW_ASSIGN(const std::vector<std::filesystem::path> segments, files.segments());
  AuditPage page;
  uint64_t read_bytes = 0;
  for (std::size_t i = segments.size(); i-- > 0;) {
    const uint64_t first = first_seq_of(segments[i]);
    if (filter.before != 0 && first >= filter.before) continue;
    MW_ASSIGN(const std::string bytes, read_file(segments[i], kSegmentReadLimit));
    read_bytes += bytes.size();
    std::vector<AuditRecord> found;
    if (!take_segment(bytes, i + 1 == segments.size(), filter, found)) page.damaged = true;
    for (auto each = found.rbegin(); each != found.rend(); ++each) {
      if (page.records.size() == filter.limit) {
        page.before = page.records.back().seq;
        return page;
      }
      page.records.push_back(std::move(*each));
    }
    if (read_bytes >= filter.most_bytes && i > 0) {
      page.before = first;
      return page;
    }
  }
  return page;
}

}  // namespace mw::security
