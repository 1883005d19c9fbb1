#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"

namespace mw::hub {

struct ChildProcess {
  std::vector<std::string> arguments;  // [0] is looked up on the PATH; no shell is involved
  std::vector<std::pair<std::string, std::string>> environment;  // beside our own
  std::filesystem::path output;                                  // stdout and stderr together
};

/// Runs a program to its end and returns its exit status (128 + signal when it was killed), calling
/// `while_running` every 100 ms. `stop` terminates it: kCancelled. kNotFound when there is no such
/// program. The child stays in our process group, so that Ctrl-C reaches both.
Result<int> run_child(const ChildProcess& child, std::stop_token stop,
                      const std::function<void()>& while_running);

}  // namespace mw::hub
