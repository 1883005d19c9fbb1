#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/language.h"
#include "core/result.h"

namespace mw::app {

/// The words after `millwright COMMAND`. A command asks for what it knows, which both reads the
/// words and writes the usage text; what nobody asked for is an error.
///
///   int cmd_pull(CommandLine& line) {
///     line.describe("Fetches a model into the store.");
///     const std::string data = line.option("data", "DIR", default_data_folder(), "state on disk");
///     const std::string source = line.positional("SOURCE", "NAME, hf:ORG/REPO[/FILE] or
///     file:PATH"); if (const auto status = line.finish()) return *status;
///
/// Flags may stand anywhere (`--name value`, `--name=value`), `--` ends them. `--json` and
/// `--help` are known to every command. Ask for all flags before the first positional (checked),
/// since only then is it known which words are values of flags. Not thread-safe.
class CommandLine {
 public:
  CommandLine(std::string command, std::vector<std::string> words);

  void describe(std::string summary);

  /// A switch that is off unless given.
  bool flag(std::string_view name, std::string help);
  std::string option(std::string_view name, std::string_view value_name, std::string_view fallback,
                     std::string help);
  std::optional<std::string> maybe_option(std::string_view name, std::string_view value_name,
                                          std::string help);
  /// The values of a flag that may be given more than once, in order.
  std::vector<std::string> options(std::string_view name, std::string_view value_name,
                                   std::string help);
  /// One of `values`, the first unless given; anything else is an error.
  std::string choice(std::string_view name, const std::vector<std::string>& values,
                     std::string help);
  /// Whole numbers and decimals; anything else, or one outside [low, high], is an error.
  int64_t integer(std::string_view name, std::string_view value_name, int64_t fallback,
                  std::string help, int64_t low, int64_t high);
  double number(std::string_view name, std::string_view value_name, double fallback,
                std::string help, double low, double high);

  /// The next word that is no flag; its absence is an error.
  std::string positional(std::string_view name, std::string help);
  std::optional<std::string> maybe_positional(std::string_view name, std::string help);

  /// The first thing that is wrong with the words; names the flag in `param`.
  Result<void> check() const;
  /// Call it when all was asked for: prints usage to stdout for --help (0) or the error and usage
  /// to stderr (2). Nothing means that the command can start.
  std::optional<int> finish() const;

  const std::string& command() const { return command_; }
  bool json() const { return json_; }
  std::string usage() const;

 private:
  std::vector<std::string> take_values(std::string_view name);
  std::optional<std::string> take_value(std::string_view name);
  void describe_flag(std::string shown, std::string help, std::string_view fallback);
  void problem(std::string param, std::string en, std::string zh);

  std::string command_;
  std::vector<std::string> words_;
  std::vector<std::string> literal_words_;  // after "--"
  std::string summary_;
  std::string positionals_;
  std::vector<std::pair<std::string, std::string>> help_;  // "--data DIR", text
  std::optional<Error> problem_;
  bool json_ = false;
  bool help_wanted_ = false;
  bool positional_asked_ = false;
};

/// "a,b" in two; nothing between two commas is no item.
std::vector<std::string> comma_list(const std::string& text);

/// zh when the environment's locale (LC_ALL, LC_MESSAGES, LANG) starts with "zh", else en.
Language terminal_language();

/// Reports a failed command: one line to stderr and, with --json, {"error": {...}} to stdout.
/// Returns the exit status of the error's code (core/error.cc).
int fail(const CommandLine& line, const Error& error);

/// Prints the one JSON object of a `--json` run to stdout.
void print_json(const Json& value);

}  // namespace mw::app
