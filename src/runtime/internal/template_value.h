#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::runtime {

/// Text in which each byte remembers whether it came from a message.
class TemplateText {
 public:
  TemplateText() = default;
  TemplateText(std::string bytes, bool foreign)
      : bytes_(std::move(bytes)), foreign_(bytes_.size(), foreign ? '\1' : '\0') {}

  const std::string& bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool foreign_at(std::size_t at) const { return foreign_[at] != '\0'; }

  void append(const TemplateText& other) {
    bytes_ += other.bytes_;
    foreign_ += other.foreign_;
  }
  void append(std::string_view bytes, bool foreign) {
    bytes_ += bytes;
    foreign_.append(bytes.size(), foreign ? '\1' : '\0');
  }
  TemplateText part(std::size_t begin, std::size_t count = std::string::npos) const {
    TemplateText cut;
    cut.bytes_ = bytes_.substr(begin, count);
    cut.foreign_ = foreign_.substr(begin, count);
    return cut;
  }
  /// Changes bytes one by one; their origin stays.
  template <class Change>
  void change_each(const Change& change) {
    for (char& byte : bytes_) byte = change(byte);
  }

 private:
  std::string bytes_;
  std::string foreign_;
};

/// A value of the template language. Copies are cheap: contents are shared and never change, but
/// for those of a namespace.
class TemplateValue {
 public:
  struct Undefined {
    std::string name;
  };
  struct None {};
  struct List;
  struct Mapping;
  struct Namespace;

  TemplateValue() : state_(Undefined{}) {}
  static TemplateValue undefined(std::string name);
  static TemplateValue none() { return TemplateValue(None{}); }
  static TemplateValue boolean(bool value) { return TemplateValue(value); }
  static TemplateValue integer(int64_t value) { return TemplateValue(value); }
  static TemplateValue number(double value) { return TemplateValue(value); }
  static TemplateValue text(TemplateText value);
  static TemplateValue text(std::string value, bool foreign);
  /// Errors: kTooLarge when values nest too deep or weigh too much, kUnsupported for a namespace
  /// inside, which could then hold itself.
  static Result<TemplateValue> list(std::vector<TemplateValue> items);
  static Result<TemplateValue> mapping(std::vector<std::pair<std::string, TemplateValue>> entries);
  static TemplateValue new_namespace();
  /// Texts count as foreign.
  static Result<TemplateValue> from_json(const Json& json);

  bool is_undefined() const { return std::holds_alternative<Undefined>(state_); }
  bool is_none() const { return std::holds_alternative<None>(state_); }
  const bool* as_boolean() const { return std::get_if<bool>(&state_); }
  const int64_t* as_integer() const { return std::get_if<int64_t>(&state_); }
  const double* as_number() const { return std::get_if<double>(&state_); }
  const TemplateText* as_text() const;
  const std::vector<TemplateValue>* as_list() const;
  const std::vector<std::pair<std::string, TemplateValue>>* as_mapping() const;
  Namespace* as_namespace() const;

  /// The member of a mapping or namespace; nullptr when there is none.
  const TemplateValue* member(std::string_view key) const;
  bool truthy() const;
  /// "string", "list", ...; "undefined value 'x'".
  std::string describe() const;
  /// How many values and 16-byte stretches of text comparing or printing it may touch.
  int64_t weight() const;
  /// The same for work on the value itself, not on what it holds.
  int64_t own_weight() const;

  /// Python's ==.
  friend bool operator==(const TemplateValue& a, const TemplateValue& b);

 private:
  using State = std::variant<Undefined, None, bool, int64_t, double,
                             std::shared_ptr<const TemplateText>, std::shared_ptr<const List>,
                             std::shared_ptr<const Mapping>, std::shared_ptr<Namespace>>;
  explicit TemplateValue(State state) : state_(std::move(state)) {}
  int depth() const;

  State state_;
};

struct TemplateValue::List {
  std::vector<TemplateValue> items;
  int depth = 1;
  int64_t weight = 1;
};
struct TemplateValue::Mapping {
  std::vector<std::pair<std::string, TemplateValue>> entries;
  int depth = 1;
  int64_t weight = 1;
};
struct TemplateValue::Namespace {
  std::vector<std::pair<std::string, TemplateValue>> entries;
};

/// Python's str(): "True", "None", "1.5"; nothing for lists, mappings and namespaces.
Result<TemplateText> to_template_text(const TemplateValue& value);

/// json.dumps(value, ensure_ascii=False, indent=indent); indent < 0 is one line with ", " and ": ".
Result<TemplateText> to_template_json(const TemplateValue& value, int indent);

}  // namespace mw::runtime
