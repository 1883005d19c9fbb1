#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "plant/catalogue.h"
#include "plant/connector_options.h"
#include "plant/ingest.h"

namespace mw::plant {

/// Topics of devices that do not send as docs/formats/mqtt.md asks, and what of their payloads
/// becomes which tag. Immutable once made.
class TopicTable {
 public:
  /// Errors  kInvalidArgument, with "topic[2].tag" and the like: a topic that is none, has
  /// wildcards
  ///         or is one of ours; a pointer that is none; a tag that the plant does not have or that
  ///         two of them bring; another unit than the tag's; states that the machine does not have.
  static Result<TopicTable> make(const std::vector<TopicValue>& values, const Catalogue& catalogue);
  TopicTable() = default;

  bool has(std::string_view topic) const { return by_topic_.contains(topic); }
  /// Each once, to be subscribed to.
  std::vector<std::string> topics() const;
  /// What a message on one of them says. A member that is not there brings no reading.
  /// Errors  kInvalidArgument: larger than 1 MiB, no JSON where members are asked for, nothing
  ///         there that was asked for, an object or a list where a value should be.
  Result<std::vector<Reading>> read(std::string_view topic, std::string_view payload) const;

 private:
  using Pointer = std::vector<std::string>;  // members from the outside in
  struct Value {
    TopicValue options;
    Pointer value, time;
    bool text = false;  // of a state or a text: taken as it is said
  };
  static Result<Value> checked(const TopicValue& options, const Catalogue& catalogue);

  std::map<std::string, std::vector<Value>, std::less<>> by_topic_;
};

}  // namespace mw::plant
