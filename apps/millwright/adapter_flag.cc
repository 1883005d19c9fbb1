#include "apps/millwright/adapter_flag.h"

#include <set>

#include "hub/source.h"
#include "runtime/adapted_model.h"
#include "runtime/scheduler.h"

namespace mw::app {

std::vector<std::string> adapter_flags(CommandLine& line) {
  return line.options("adapter", "NAME=PATH",
                      "a LoRA adapter (PEFT folder or GGUF file); may be given several times");
}

Result<AdapterFlag> parse_adapter_flag(const std::string& text) {
  AdapterFlag flag;
  const auto equals = text.find('=');
  const std::string full = text.substr(0, equals);
  const auto colon = full.find(':');
  if (colon != std::string::npos) flag.model = full.substr(0, colon);
  flag.name = colon == std::string::npos ? full : full.substr(colon + 1);
  if (equals != std::string::npos) flag.path = text.substr(equals + 1);
  const bool sound = !flag.path.empty() && hub::is_model_name(flag.name) &&
                     (colon == std::string::npos || hub::is_model_name(flag.model));
  if (sound) return flag;
  return Error::make(Code::kInvalidArgument,
                     "adapter: expected NAME=PATH or MODEL:NAME=PATH with names of letters, " +
                         std::string("digits, '.', '_' and '-', got '") + text + "'",
                     "adapter：应为 NAME=PATH 或 MODEL:NAME=PATH（名称由字母、数字和 . _ - " +
                         std::string("组成），实际为“") + text + "”",
                     "adapter");
}

Result<std::vector<AdapterFlag>> parse_adapter_flags(const std::vector<std::string>& texts) {
  std::vector<AdapterFlag> flags;
  std::set<std::string> names;
  for (const std::string& text : texts) {
    MW_ASSIGN(AdapterFlag flag, parse_adapter_flag(text));
    if (!names.insert(flag.model + ":" + flag.name).second) {
      return Error::make(Code::kInvalidArgument,
                         "adapter: the name '" + flag.name + "' is given twice",
                         "adapter：名称“" + flag.name + "”重复", "adapter");
    }
    flags.push_back(std::move(flag));
  }
  return flags;
}

Result<std::shared_ptr<runtime::ServedModel>> with_adapter(const runtime::ServedModel& base,
                                                           const AdapterFlag& flag) {
  if (!base.scheduler) {
    return Error::make(Code::kUnsupported, "model '" + base.name + "' takes no adapters",
                       "模型“" + base.name + "”不支持适配器", "adapter");
  }
  auto adapter = models::load_adapter(flag.path, base.scheduler->model_config());
  if (!adapter) return adapter.error().within("adapter '" + flag.name + "'");
  return runtime::serve_adapter(base, flag.name, std::move(*adapter));
}

}  // namespace mw::app
