#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "apps/millwright/command_line.h"
#include "runtime/model_host.h"

namespace mw::app {

/// "[MODEL:]NAME=PATH" of --adapter and of the configuration's `adapters`.
struct AdapterFlag {
  std::string model;  // empty: the one that is meant anyway
  std::string name;
  std::filesystem::path path;
};

/// Asks for --adapter, which may be given more than once.
std::vector<std::string> adapter_flags(CommandLine& line);

/// Errors: kInvalidArgument saying what was expected.
Result<AdapterFlag> parse_adapter_flag(const std::string& text);
/// The same of all; a name given twice for one model is an error too.
Result<std::vector<AdapterFlag>> parse_adapter_flags(const std::vector<std::string>& texts);

/// A served model with the adapter that the flag names.
Result<std::shared_ptr<runtime::ServedModel>> with_adapter(const runtime::ServedModel& base,
                                                           const AdapterFlag& flag);

}  // namespace mw::app
