#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "plant/sparkplug/sparkplug_payload.h"

namespace mw::plant {

/// A parameter of a template: said once for all of its members, of no use as a tag.
struct SparkplugParameter {
  std::optional<std::string_view> name;
  std::optional<uint64_t> type;
  bool value_known = true;  // a number, a truth or a text
  bool name_fits = true;    // is UTF-8
};

/// What a metric of the datatype Template holds: the definition of a kind of thing in the birth of
/// its edge node, or one thing of such a kind (Sparkplug 3.0, 6.4.10). Looks into the payload.
struct SparkplugTemplate {
  std::optional<std::string_view> version, reference;
  std::optional<bool> is_definition;
  std::vector<SparkplugMetric> members;
  std::vector<SparkplugParameter> parameters;
  bool texts_fit = true;  // version and reference are UTF-8

  /// One that does not say so is one if it refers to no other.
  bool defines() const { return is_definition.value_or(!reference.has_value()); }
};

/// Errors: those of read_sparkplug().
Result<SparkplugTemplate> read_sparkplug_template(std::string_view bytes);

/// What a DataSet says of itself: a table, which no tag can be.
struct SparkplugDataSet {
  std::optional<uint64_t> column_count;
  std::size_t columns = 0;
  std::vector<uint64_t> types;
  bool types_fit = true;   // are numbers
  bool values_fit = true;  // a number, a truth or a text each
  bool rows_fit = true;    // as many values as columns
};
/// Errors: those of read_sparkplug().
Result<SparkplugDataSet> read_sparkplug_data_set(std::string_view bytes);

/// Gives the name of a metric that has only an alias; empty where nobody knows.
using SparkplugNames = std::function<std::string(const SparkplugMetric& metric)>;

/// Adds the members of what is of a template as metrics of their own, "Motor1/Speed" after
/// "Motor1", down to 8 levels and 100,000 metrics. A member has the time of what holds it where it
/// has none, and is as old, as good and as null.
/// Errors: those of read_sparkplug().
Result<void> add_sparkplug_members(SparkplugPayload& payload, const SparkplugNames& name_of);

}  // namespace mw::plant
