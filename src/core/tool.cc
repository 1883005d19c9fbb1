#include "core/tool.h"

#include "core/check.h"

namespace mw {

void ToolRegistry::add(std::unique_ptr<Tool> tool) {
  MW_CHECK(tool != nullptr);
  MW_CHECK(find(tool->name()) == nullptr);
  tools_.push_back(std::move(tool));
}

Tool* ToolRegistry::find(std::string_view name) const {
  for (const auto& tool : tools_) {
    if (tool->name() == name) return tool.get();
  }
  return nullptr;
}

}  // namespace mw
