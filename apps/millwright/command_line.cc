#include "apps/millwright/command_line.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "core/check.h"

namespace mw::app {
namespace {

template <class Number>
std::optional<Number> parse_whole(const std::string& text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || stopped != end) return std::nullopt;
  return value;
}

std::string shown(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

bool is_flag(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

}  // namespace

CommandLine::CommandLine(std::string command, std::vector<std::string> words)
    : command_(std::move(command)), words_(std::move(words)) {
  const auto end_of_flags = std::find(words_.begin(), words_.end(), "--");
  if (end_of_flags != words_.end()) {
    literal_words_.assign(end_of_flags + 1, words_.end());
    words_.erase(end_of_flags, words_.end());
  }
  json_ = flag("json", "print one JSON object to stdout");
  help_wanted_ = flag("help", "print this");
  const auto short_help = std::find(words_.begin(), words_.end(), "-h");
  if (short_help != words_.end()) {
    words_.erase(short_help);
    help_wanted_ = true;
  }
}

void CommandLine::describe(std::string summary) { summary_ = std::move(summary); }

void CommandLine::problem(std::string param, std::string en, std::string zh) {
  if (problem_) return;  // the first one is what the user should mend first
  problem_ = Error::make(Code::kInvalidArgument, std::move(en), std::move(zh), std::move(param));
}

void CommandLine::describe_flag(std::string shown_as, std::string help, std::string_view fallback) {
  if (!fallback.empty()) help += " (default " + std::string(fallback) + ")";
  help_.emplace_back(std::move(shown_as), std::move(help));
}

std::vector<std::string> CommandLine::take_values(std::string_view name) {
  MW_CHECK(!positional_asked_);
  const std::string flag_name = "--" + std::string(name);
  std::vector<std::string> values;
  for (auto word = words_.begin(); word != words_.end();) {
    if (word->starts_with(flag_name + "=")) {
      values.push_back(word->substr(flag_name.size() + 1));
      word = words_.erase(word);
    } else if (*word == flag_name) {
      word = words_.erase(word);
      if (word == words_.end()) {
        problem(flag_name, flag_name + " needs a value", flag_name + " 需要一个值");
        return {};
      }
      values.push_back(std::move(*word));
      word = words_.erase(word);
    } else {
      ++word;
    }
  }
  return values;
}

std::optional<std::string> CommandLine::take_value(std::string_view name) {
  std::vector<std::string> values = take_values(name);
  if (values.empty()) return std::nullopt;
  return std::move(values.back());  // given twice: the last one holds, as shells' users expect
}

bool CommandLine::flag(std::string_view name, std::string help) {
  MW_CHECK(!positional_asked_);
  const std::string flag_name = "--" + std::string(name);
  describe_flag(flag_name, std::move(help), {});
  const auto first = std::remove(words_.begin(), words_.end(), flag_name);
  const bool given = first != words_.end();
  words_.erase(first, words_.end());
  return given;
}

std::optional<std::string> CommandLine::maybe_option(std::string_view name,
                                                     std::string_view value_name,
                                                     std::string help) {
  describe_flag("--" + std::string(name) + " " + std::string(value_name), std::move(help), {});
  return take_value(name);
}

std::vector<std::string> CommandLine::options(std::string_view name, std::string_view value_name,
                                              std::string help) {
  describe_flag("--" + std::string(name) + " " + std::string(value_name), std::move(help), {});
  return take_values(name);
}

std::string CommandLine::option(std::string_view name, std::string_view value_name,
                                std::string_view fallback, std::string help) {
  describe_flag("--" + std::string(name) + " " + std::string(value_name), std::move(help),
                fallback);
  return take_value(name).value_or(std::string(fallback));
}

std::string CommandLine::choice(std::string_view name, const std::vector<std::string>& values,
                                std::string help) {
  std::string shown_values;
  for (const std::string& each : values) shown_values += (&each == &values[0] ? "" : "|") + each;
  const std::string value = option(name, shown_values, values[0], std::move(help));
  if (std::find(values.begin(), values.end(), value) != values.end()) return value;
  const std::string flag_name = "--" + std::string(name);
  problem(flag_name, flag_name + ": expected " + shown_values + ", got '" + value + "'",
          flag_name + "：应为 " + shown_values + "，实际为“" + value + "”");
  return values[0];
}

int64_t CommandLine::integer(std::string_view name, std::string_view value_name, int64_t fallback,
                             std::string help, int64_t low, int64_t high) {
  const std::string text = option(name, value_name, std::to_string(fallback), std::move(help));
  const auto value = parse_whole<int64_t>(text);
  if (value && *value >= low && *value <= high) return *value;
  const std::string flag_name = "--" + std::string(name);
  const std::string range = std::to_string(low) + ".." + std::to_string(high);
  problem(flag_name, flag_name + ": expected a whole number in " + range + ", got '" + text + "'",
          flag_name + "：应为 " + range + " 内的整数，实际为“" + text + "”");
  return fallback;
}

double CommandLine::number(std::string_view name, std::string_view value_name, double fallback,
                           std::string help, double low, double high) {
  const std::string text = option(name, value_name, shown(fallback), std::move(help));
  const auto value = parse_whole<double>(text);
  if (value && *value >= low && *value <= high) return *value;
  const std::string flag_name = "--" + std::string(name);
  const std::string range = shown(low) + ".." + shown(high);
  problem(flag_name, flag_name + ": expected a number in " + range + ", got '" + text + "'",
          flag_name + "：应为 " + range + " 内的数，实际为“" + text + "”");
  return fallback;
}

std::optional<std::string> CommandLine::maybe_positional(std::string_view name, std::string help) {
  positionals_ += " [" + std::string(name) + "]";
  help_.emplace_back(std::string(name), std::move(help));
  positional_asked_ = true;
  const auto word = std::find_if_not(words_.begin(), words_.end(), is_flag);
  if (word == words_.end() && literal_words_.empty()) return std::nullopt;
  std::vector<std::string>& from = word != words_.end() ? words_ : literal_words_;
  const auto taken = word != words_.end() ? word : literal_words_.begin();
  std::string value = std::move(*taken);
  from.erase(taken);
  return value;
}

std::string CommandLine::positional(std::string_view name, std::string help) {
  auto value = maybe_positional(name, std::move(help));
  positionals_.resize(positionals_.size() - name.size() - 3);
  positionals_ += " " + std::string(name);
  if (!value) {
    problem(std::string(name), std::string(name) + " is missing", "缺少参数 " + std::string(name));
  }
  return std::move(value).value_or("");
}

Result<void> CommandLine::check() const {
  // A stray flag is the likelier reason for whatever else is missing, so it goes first.
  const auto stray = std::find_if(words_.begin(), words_.end(), is_flag);
  if (stray != words_.end()) {
    return Error::make(Code::kInvalidArgument, "unknown flag " + *stray, "未知选项 " + *stray,
                       *stray);
  }
  if (problem_) return *problem_;
  if (!words_.empty() || !literal_words_.empty()) {
    const std::string& word = words_.empty() ? literal_words_.front() : words_.front();
    return Error::make(Code::kInvalidArgument, "unexpected argument '" + word + "'",
                       "多余的参数“" + word + "”", word);
  }
  return {};
}

std::string CommandLine::usage() const {
  std::string text = "usage: millwright " + command_ + positionals_ + " [flags]\n";
  if (!summary_.empty()) text += summary_ + "\n";
  std::size_t width = 0;
  for (const auto& [name, help] : help_) width = std::max(width, name.size());
  for (const auto& [name, help] : help_) {
    text += "  " + name + std::string(width - name.size() + 2, ' ') + help + "\n";
  }
  return text;
}

std::optional<int> CommandLine::finish() const {
  if (help_wanted_) {
    std::fputs(usage().c_str(), stdout);
    return 0;
  }
  if (const auto checked = check(); !checked) {
    const int status = fail(*this, checked.error());
    std::fputs(usage().c_str(), stderr);
    return status;
  }
  return std::nullopt;
}

std::vector<std::string> comma_list(const std::string& text) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

Language terminal_language() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("zh") ? Language::kZh : Language::kEn;
  }
  return Language::kEn;
}

int fail(const CommandLine& line, const Error& error) {
  const CodeInfo& row = info(error.code);
  std::fprintf(stderr, "millwright %s: %s\n", line.command().c_str(),
               error.message.in(terminal_language()).c_str());
  if (line.json()) {
    print_json({{"error",
                 {{"message", error.message.en},
                  {"message_zh", error.message.zh},
                  {"param", error.param},
                  {"code", row.name}}}});
  }
  return row.exit_status;
}

void print_json(const Json& value) {
  std::fputs((to_text(value) + "\n").c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace mw::app
