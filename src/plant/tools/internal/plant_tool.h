#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/tool.h"
#include "plant/plant.h"

namespace mw::plant {

/// One call of a tool: who asks, with what, and what of the plant that identity may see.
struct ToolCall {
  const Identity& who;
  const Json& arguments;
  std::shared_ptr<const Catalogue> view;
  TimeNs now_ns = 0;
};

/// What the tools over plant data share: names, schema, a check of the arguments' names, and the
/// fields that every Evidence of theirs has.
class PlantTool : public Tool {
 public:
  std::string_view name() const final { return name_; }
  const Text& description() const final { return description_; }
  const Json& arguments_schema() const final { return schema_; }
  Effect effect() const final { return Effect::kReads; }
  Result<std::vector<Evidence>> run(const Identity& who, const Json& arguments) final;

 protected:
  /// `properties` is the schema of the arguments by name.
  PlantTool(Plant& plant, std::string name, Text description, Json properties,
            std::vector<std::string> required);
  virtual Result<std::vector<Evidence>> answer(const ToolCall& call) = 0;

  Plant& plant() const { return plant_; }
  /// All fields but value, time and series.
  Evidence about(const ToolCall& call, const Tag& tag, std::string fact) const;
  Evidence about(const ToolCall& call, const Asset& asset, std::string fact) const;
  /// Of the tag's earlier names (ADR 0145), those whose history meets the window.
  Result<std::vector<EarlierHistory>> earlier_in(const ToolCall& call, const Tag& tag,
                                                 TimeWindow window) const;
  /// The fact "earlier" for each: what is stored there, in which unit and until when.
  std::vector<Evidence> about_earlier(const ToolCall& call,
                                      const std::vector<EarlierHistory>& histories) const;
  /// The trend to draw beside a fact; empty for tags that are no numbers.
  Result<std::vector<SeriesPoint>> trend(const ToolCall& call, const Tag& tag,
                                         TimeWindow window) const;

 private:
  Plant& plant_;
  const std::string name_;
  const Text description_;
  Json schema_;
};

// Schemas of the arguments that tools share.
Json tag_schema();
Json asset_schema();
Json window_schema();
Json text_schema(const char* description);
Json choice_schema(const std::vector<std::string>& choices);

// Arguments; errors name them. Optional ones are empty when absent.
Result<std::string> text_argument(const ToolCall& call, const char* name);
Result<const Tag*> tag_argument(const ToolCall& call, const char* name);
Result<const Asset*> asset_argument(const ToolCall& call, const char* name);
Result<const Tag*> find_visible_tag(const ToolCall& call, const std::string& id,
                                    const std::string& name);
/// {start_ms, end_ms}, its end clamped to now.
Result<TimeWindow> window_argument(const ToolCall& call, const char* name);
/// Whether `text` occurs in one of the names, whatever the case of ASCII letters.
bool mentions(const std::vector<std::string>& names, const std::string& text);

}  // namespace mw::plant
