#include "plant/sparkplug/sparkplug_template.h"

#include <utility>

#include "core/storable_text.h"
#include "plant/sparkplug/protobuf_reader.h"

namespace mw::plant {
namespace {

constexpr int kMostLevels = 8;
constexpr std::size_t kMostMetrics = 100'000;
constexpr std::size_t kMostNameBytes = 1024;

Error broken(const char* en, const char* zh) {
  return Error::make(Code::kCorrupt, std::string("no Sparkplug B payload: ") + en,
                     std::string("不是有效的 Sparkplug B 负载：") + zh);
}

Result<SparkplugParameter> read_parameter(std::string_view bytes) {
  SparkplugParameter out;
  ProtobufReader reader(bytes);
  while (reader.next()) {
    if (reader.field() == 1) {
      out.name = reader.bytes();
      out.name_fits = is_utf8(reader.bytes());
    }
    if (reader.field() == 2) out.type = reader.number();
    // 3 to 8 are numbers, truths and texts; 9 is anybody's.
    if (reader.field() > 8) out.value_known = false;
  }
  if (!reader.ok()) return broken("a parameter of a template", "模板参数有误");
  return out;
}

bool read_row(std::string_view bytes, std::size_t& values, bool& fit) {
  ProtobufReader row(bytes);
  while (row.next()) {
    if (row.field() != 1) continue;
    ++values;
    ProtobufReader value(row.bytes());
    while (value.next()) fit = fit && value.field() >= 1 && value.field() <= 6;
    if (!value.ok()) return false;
  }
  return row.ok();
}

/// Repeated numbers may be sent one by one or packed into one field.
void read_types(ProtobufReader& reader, SparkplugDataSet& out) {
  if (reader.is_number()) return out.types.push_back(reader.number());
  std::string_view rest = reader.bytes();
  uint64_t number = 0;
  int shift = 0;
  for (const char each : rest) {
    const auto byte = static_cast<unsigned char>(each);
    if (shift > 63) break;
    number |= uint64_t{byte & 0x7fU} << shift;
    shift += 7;
    if ((byte & 0x80) != 0) continue;
    out.types.push_back(number);
    number = 0;
    shift = 0;
  }
  if (shift != 0 || rest.empty()) out.types_fit = false;
}

class Members {
 public:
  Members(SparkplugPayload& payload, const SparkplugNames& name_of)
      : payload_(payload), name_of_(name_of) {}

  Result<void> add() {
    const std::size_t given = payload_.metrics.size();
    for (std::size_t i = 0; i < given; ++i) {
      const SparkplugMetric metric = payload_.metrics[i];
      if (metric.kind != SparkplugValueKind::kTemplate) continue;
      const std::string name = metric.name ? std::string(*metric.name) : name_of_(metric);
      if (!name.empty()) MW_TRY(add_of(metric, name, 1));
    }
    return {};
  }

 private:
  Result<void> add_of(const SparkplugMetric& outer, const std::string& name, int level) {
    MW_ASSIGN(const SparkplugTemplate held, read_sparkplug_template(outer.bytes));
    if (held.defines() && level == 1) return {};
    if (level > kMostLevels) {
      return Error::make(Code::kTooLarge, "templates in templates in more than 8 levels",
                         "模板嵌套超过 8 层");
    }
    for (SparkplugMetric member : held.members) {
      if (!member.name || member.name->empty()) continue;
      std::string whole = name + "/" + std::string(*member.name);
      if (whole.size() > kMostNameBytes)
        return broken("a member's name is too long", "成员名称过长");
      if (payload_.metrics.size() == kMostMetrics) {
        return Error::make(Code::kTooLarge, "a payload of more than 100000 metrics",
                           "负载中的指标超过 100000 个");
      }
      if (!member.timestamp_ms) member.timestamp_ms = outer.timestamp_ms;
      if (!member.quality) member.quality = outer.quality;
      member.is_historical = member.is_historical || outer.is_historical;
      member.is_transient = member.is_transient || outer.is_transient;
      member.is_null = member.is_null || outer.is_null;
      if (member.kind == SparkplugValueKind::kTemplate) {
        MW_TRY(add_of(member, whole, level + 1));
        continue;
      }
      member.alias.reset();  // those of the message are its own metrics'
      if (payload_.names == nullptr) payload_.names = std::make_shared<std::deque<std::string>>();
      member.name = payload_.names->emplace_back(std::move(whole));
      payload_.metrics.push_back(member);
    }
    return {};
  }

  SparkplugPayload& payload_;
  const SparkplugNames& name_of_;
};

}  // namespace

Result<SparkplugTemplate> read_sparkplug_template(std::string_view bytes) {
  SparkplugTemplate out;
  ProtobufReader reader(bytes);
  while (reader.next()) {
    switch (reader.field()) {
      case 1:
        out.version = reader.bytes();
        out.texts_fit = out.texts_fit && is_utf8(reader.bytes());
        break;
      case 2: {
        if (out.members.size() == kMostMetrics) {
          return Error::make(Code::kTooLarge, "a template of more than 100000 members",
                             "模板成员超过 100000 个");
        }
        MW_ASSIGN(const SparkplugMetric member, read_sparkplug_metric(reader.bytes()));
        out.members.push_back(member);
        break;
      }
      case 3: {
        MW_ASSIGN(const SparkplugParameter parameter, read_parameter(reader.bytes()));
        out.parameters.push_back(parameter);
        break;
      }
      case 4:
        out.reference = reader.bytes();
        out.texts_fit = out.texts_fit && is_utf8(reader.bytes());
        break;
      case 5:
        out.is_definition = reader.number() != 0;
        break;
      default:
        break;
    }
  }
  if (!reader.ok()) return broken("a template", "模板有误");
  return out;
}

Result<SparkplugDataSet> read_sparkplug_data_set(std::string_view bytes) {
  SparkplugDataSet out;
  std::vector<std::size_t> rows;
  ProtobufReader reader(bytes);
  while (reader.next()) {
    if (reader.field() == 1) out.column_count = reader.number();
    if (reader.field() == 2) ++out.columns;
    if (reader.field() == 3) read_types(reader, out);
    if (reader.field() != 4) continue;
    if (!read_row(reader.bytes(), rows.emplace_back(), out.values_fit)) {
      return broken("a row of a data set", "数据集的行有误");
    }
  }
  if (!reader.ok()) return broken("a data set", "数据集有误");
  for (const std::size_t values : rows) out.rows_fit = out.rows_fit && values == out.columns;
  return out;
}

Result<void> add_sparkplug_members(SparkplugPayload& payload, const SparkplugNames& name_of) {
  return Members(payload, name_of).add();
}

}  // namespace mw::plant
