#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence.h"
#include "core/identity.h"
#include "core/json.h"
#include "core/language.h"
#include "core/result.h"

namespace mw {

enum class Effect { kReads, kProposes, kActuates };

/// Something the product can do for whoever asks. Areas register tools; assistant, API and CLI
/// call the same ones.
class Tool {
 public:
  virtual ~Tool() = default;
  virtual std::string_view name() const = 0;
  virtual const Text& description() const = 0;
  /// JSON Schema of the arguments.
  virtual const Json& arguments_schema() const = 0;
  virtual Effect effect() const = 0;
  /// Checks rights, reads, answers with facts. Safe from any thread.
  virtual Result<std::vector<Evidence>> run(const Identity& who, const Json& arguments) = 0;
};

/// The tools that exist, by name. Filled once at start by apps/millwright.
class ToolRegistry {
 public:
  void add(std::unique_ptr<Tool> tool);
  /// nullptr when there is none of that name.
  Tool* find(std::string_view name) const;
  const std::vector<std::unique_ptr<Tool>>& all() const { return tools_; }

 private:
  std::vector<std::unique_ptr<Tool>> tools_;
};

}  // namespace mw
