#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/result.h"
#include "plant/plant_record.h"

namespace mw::plant {

/// Something that happened at a machine or on a line and that no tag tells: what an operator notes,
/// what an MES, a gate or a laboratory reports.
struct PlantEvent {
  std::string id;     // of its teller's choosing, or given; with start and place it is the event
  std::string asset;  // empty: of the line as a whole
  std::string line;
  std::string kind;  // of its teller's choosing: "corrective work order"; may be empty
  std::string text;  // of at most kMostEventBytes, with line breaks
  TimeNs start_ns = 0;
  TimeNs end_ns = 0;    // exclusive; of a moment its start
  bool open = false;    // it goes on, as far as is known; end_ns is then now
  std::string told_by;  // a person or a key
  TimeNs told_ns = 0;   // when it was told, which may be days later
};

struct PlantEventList {
  std::vector<PlantEvent> events;  // descending by start
  bool cut = false;                // there are more: these are the latest
  // All in the window, of the most frequent kind first; up to kMostCountedEvents a place.
  std::vector<std::pair<std::string, uint64_t>> kinds;
  uint64_t count = 0;
  bool counted_all = true;
};

inline constexpr std::size_t kMostEventBytes = 2000;
/// The most that an answer holds.
inline constexpr std::size_t kMostEvents = 200;
inline constexpr std::size_t kMostCountedEvents = 20'000;

/// An event as its teller says it.
struct ToldEvent {
  std::string asset, line;         // one of them
  std::string id;                  // empty: one is given
  std::string kind;                // empty: none, or as it was told before
  std::string text;                // empty: as it was told before, to end it
  std::optional<TimeNs> start_ns;  // absent: of the open one of that id, else now
  std::optional<TimeNs> end_ns;    // absent: a moment
  bool open = false;               // "end": null
};

/// Puts on record what is about to be stored; an error keeps it from being stored.
using EventRecord = std::function<Result<void>(const PlantEvent& event)>;

/// Reads {"asset" or "line", "kind", "text", "id", "start", "end"}; times as docs/formats/push.md.
/// Format  docs/formats/events.md
/// Errors  kInvalidArgument naming the member.
Result<ToldEvent> decode_told_event(std::string_view body);

/// The source of a fact that somebody told, "told by li", and the way back: empty for any other.
std::string told_by_source(const std::string& teller);
std::string teller_of(const Evidence& fact);

inline constexpr std::string_view kEventRecords = "event";

/// As the store keeps it: `name` is the id, `body` {"text", "told_by", "told_ms"}.
PlantRecord record_of(const PlantEvent& event);
/// The other way; `asset` and `line` are left to the caller. A body that is no such JSON, of a
/// database that somebody else wrote to, is an event without text.
PlantEvent event_of(const PlantRecord& record, TimeNs now_ns);

}  // namespace mw::plant
