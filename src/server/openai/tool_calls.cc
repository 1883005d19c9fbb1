#include "server/openai/tool_calls.h"

#include <algorithm>
#include <charconv>

namespace mw::server::openai {
namespace {

constexpr std::size_t kMaxTools = 512;
constexpr std::string_view kHeadEnd = "\", \"arguments\": ";
constexpr std::string_view kHeadBegin = "\n{\"name\": \"";

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

Result<Tool> read_tool(const Json& value, const std::string& path,
                       std::vector<std::string>& without_effect) {
  if (!value.is_object()) {
    return Error::make(Code::kInvalidArgument,
                       "'" + path + "': expected an object, got " + describe(value),
                       "“" + path + "”应为对象", path);
  }
  FieldReader reader(value, path + ".");
  MW_ASSIGN(const auto type, reader.text("type", 64));
  if (type != "function") {
    return reader.unsupported("type", "only tools of type \"function\" can be called",
                              "仅支持 function 类型的工具");
  }
  // Responses put name and parameters beside the type.
  const Json* function = value.contains("function") ? reader.take("function") : &value;
  if (function == nullptr || !function->is_object()) {
    return reader.wrong("function", "an object with a name", "含 name 的对象",
                        function == nullptr ? Json() : *function);
  }
  FieldReader inner(*function, path + (function == &value ? "." : ".function."));
  MW_ASSIGN(const auto name, inner.text("name", 256));
  if (!name || !is_name(*name)) {
    return inner.wrong("name", "1 to 64 letters, digits, dots, underscores and dashes",
                       " 1 到 64 个字母、数字、点、下划线或短横线", name ? Json(*name) : Json());
  }
  MW_ASSIGN(const auto description, inner.text("description", SIZE_MAX));
  MW_ASSIGN(const auto strict, inner.boolean("strict"));
  MW_ASSIGN(const auto deferred, inner.boolean("defer_loading"));
  if (deferred.value_or(false)) {
    return inner.unsupported("defer_loading",
                             "tools are not searched for: the model is told of all",
                             "不支持工具搜索：模型会看到全部工具");
  }
  const Json* callers = inner.take("allowed_callers");
  if (callers != nullptr && *callers != Json::array({"direct"})) {
    return inner.unsupported("allowed_callers", "only the model itself calls tools: [\"direct\"]",
                             "只有模型本身可以调用工具：[\"direct\"]");
  }
  for (const char* idle : {"allowed_callers", "output_schema"}) {
    if (inner.take(idle) != nullptr) without_effect.push_back(inner.full_name(idle));
  }
  Tool out;
  out.name = *name;
  out.field = inner.full_name("parameters");
  out.strict = strict;
  out.description = Json::object();
  for (const char* member : {"name", "description", "parameters"}) {
    if (function->contains(member)) out.description[member] = (*function)[member];
  }
  if (const Json* parameters = inner.take("parameters")) {
    if (!parameters->is_object()) {
      return inner.wrong("parameters", "a JSON Schema of an object", "对象的 JSON Schema",
                         *parameters);
    }
    out.parameters = *parameters;
  }
  return out;
}

/// The names that tool_choice leaves; empty: all.
Result<void> read_choice(FieldReader& fields, ToolUse& out) {
  const Json* choice = fields.take("tool_choice");
  if (choice == nullptr) return {};
  const auto refuse = [&] {
    return fields.wrong(
        "tool_choice", "\"none\", \"auto\", \"required\", a function of the tools or allowed_tools",
        " none、auto、required、某个工具函数或 allowed_tools", *choice);
  };
  const auto mode = [&](const Json& name) {
    if (name == "none") out.choice = ToolUse::Choice::kNone;
    if (name == "required") out.choice = ToolUse::Choice::kRequired;
    return name == "none" || name == "required" || name == "auto";
  };
  if (choice->is_string()) return mode(*choice) ? Result<void>() : refuse();
  if (!choice->is_object()) return refuse();
  std::vector<std::string> names;
  const auto name_in = [](const Json& each) -> std::string {
    if (!each.is_object() || each.value("type", Json()) != "function") return {};
    const Json inner = each.contains("function") ? each["function"] : each;
    const Json name = inner.is_object() ? inner.value("name", Json()) : Json();
    return name.is_string() ? name.get<std::string>() : std::string();
  };
  if (choice->value("type", Json()) == "allowed_tools") {
    const Json allowed = choice->contains("allowed_tools") ? (*choice)["allowed_tools"] : *choice;
    if (!allowed.is_object() || !allowed.contains("tools") || !allowed["tools"].is_array() ||
        !mode(allowed.value("mode", Json("auto")))) {
      return refuse();
    }
    for (const Json& each : allowed["tools"]) names.push_back(name_in(each));
  } else {
    names.push_back(name_in(*choice));
    out.choice = ToolUse::Choice::kRequired;
  }
  std::vector<Tool> left;
  for (const std::string& name : names) {
    const auto found = std::find_if(out.tools.begin(), out.tools.end(),
                                    [&](const Tool& tool) { return tool.name == name; });
    if (found == out.tools.end()) return refuse();
    left.push_back(*found);
  }
  out.tools = std::move(left);
  return {};
}

}  // namespace

Result<ToolUse> read_tools(FieldReader& fields, std::vector<std::string>& without_effect) {
  ToolUse out;
  if (const Json* tools = fields.take("tools")) {
    if (!tools->is_array() || tools->size() > kMaxTools) {
      return fields.wrong("tools", "an array of up to 512 tools", "不超过 512 个工具的数组",
                          *tools);
    }
    // Nobody calls them: how they are made does not matter.
    const Json* choice = fields.take("tool_choice");
    const bool idle = choice != nullptr && *choice == "none";
    if (idle) without_effect.insert(without_effect.end(), {"tools", "tool_choice"});
    for (std::size_t i = 0; i < tools->size() && !idle; ++i) {
      MW_ASSIGN(Tool tool,
                read_tool((*tools)[i], "tools[" + std::to_string(i) + "]", without_effect));
      const bool known = std::any_of(out.tools.begin(), out.tools.end(),
                                     [&](const Tool& each) { return each.name == tool.name; });
      if (known) {
        return fields.wrong("tools", "tools of different names", "名称各不相同的工具",
                            Json(tool.name));
      }
      out.tools.push_back(std::move(tool));
    }
  }
  out.all = out.tools;
  MW_TRY(read_choice(fields, out));
  MW_ASSIGN(const auto parallel, fields.boolean("parallel_tool_calls"));
  out.parallel = parallel.value_or(true);
  if (out.tools.empty()) {
    if (out.choice == ToolUse::Choice::kRequired) {
      return fields.wrong("tool_choice", "tools to choose from", "可供选择的工具",
                          Json("required"));
    }
    if (parallel) without_effect.emplace_back("parallel_tool_calls");
  }
  if (!out.active()) {
    out.tools.clear();
    out.all.clear();
  }
  return out;
}

Result<void> refuse_old_functions(FieldReader& fields, std::vector<std::string>& without_effect) {
  const Json* old = fields.take("functions");
  const Json* old_choice = fields.take("function_call");
  for (const auto& [name, value] :
       {std::pair{"functions", old}, std::pair{"function_call", old_choice}}) {
    if (value == nullptr) continue;
    const bool idle = (value->is_array() && value->empty()) || *value == "none" ||
                      (old_choice != nullptr && *old_choice == "none") ||
                      (old == nullptr && *value == "auto");
    if (!idle) {
      return fields.unsupported(name, "has been replaced: send tools and tool_choice",
                                "已被取代：请使用 tools 和 tool_choice");
    }
    without_effect.emplace_back(name);
  }
  return {};
}

Result<grammar::GrammarPtr> compile_tool_use(const ToolUse& use, grammar::GrammarCache& cache) {
  if (!use.active()) return grammar::GrammarPtr();
  const bool required = use.choice == ToolUse::Choice::kRequired;
  std::vector<grammar::ToolForm> forms;
  std::string key = required ? "tools required" : "tools";
  key += use.parallel ? " several" : " one";
  for (const Tool& tool : use.tools) {
    forms.push_back({tool.name, tool.parameters});
    key += "\n" + tool.name + " " + to_text(tool.parameters);
  }
  auto made =
      cache.get(key, [&] { return grammar::compile_tool_calls(forms, required, use.parallel); });
  if (made) return made;
  Error error = made.error();
  const std::size_t space = error.param.find(' ');
  std::size_t which = use.tools.size();
  std::from_chars(error.param.data(), error.param.data() + std::min(space, error.param.size()),
                  which);
  const std::string field = which < use.tools.size() ? use.tools[which].field : "tools";
  error = error.within("'" + field + "'");
  error.param = field;
  return error;
}

Result<ToolCall> read_tool_call(FieldReader& call) {
  MW_ASSIGN(const auto name, call.text("name", 256));
  MW_ASSIGN(const auto arguments, call.text("arguments", SIZE_MAX));
  if (!name || !is_name(*name)) {
    return call.wrong("name", "the name of a function", "函数名称", name ? Json(*name) : Json());
  }
  const auto parsed = parse_json(arguments.value_or(""), 200);
  if (!parsed || !parsed->is_object()) {
    return call.wrong("arguments", "the text of a JSON object", " JSON 对象文本",
                      arguments ? Json(*arguments) : Json());
  }
  return ToolCall{{}, *name, *arguments};
}

Result<std::vector<ToolCall>> read_tool_calls(const Json& calls, const std::string& path) {
  const auto wrong = [](const std::string& place, const std::string& en, const std::string& zh) {
    return Error::make(Code::kInvalidArgument, "'" + place + "': expected " + en,
                       "“" + place + "”应为" + zh, place);
  };
  if (!calls.is_array()) return wrong(path, "an array of calls", "调用数组");
  std::vector<ToolCall> out;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const std::string place = path + "[" + std::to_string(i) + "]";
    const Json& call = calls[i];
    if (!call.is_object() || !call.contains("function") || !call["function"].is_object()) {
      return wrong(place, "an object with id, type and function", "含 id、type、function 的对象");
    }
    FieldReader reader(call["function"], place + ".function.");
    MW_ASSIGN(ToolCall read, read_tool_call(reader));
    const Json id = call.value("id", Json());
    if (id.is_string()) read.id = id.get<std::string>();
    out.push_back(std::move(read));
  }
  return out;
}

std::string call_text(const ToolCall& call) {
  return std::string(grammar::kToolCallOpen) + "\n{\"name\": \"" + call.name +
         "\", \"arguments\": " + call.arguments + "}\n" + std::string(grammar::kToolCallClose);
}

std::string tool_instructions(const ToolUse& use) {
  std::string out =
      "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
      "You are provided with function signatures within <tools></tools> XML tags:\n<tools>";
  for (const Tool& tool : use.tools) {
    out += "\n" + to_text({{"type", "function"}, {"function", tool.description}});
  }
  out +=
      "\n</tools>\n\nFor each function call, return a json object with function name and arguments "
      "within <tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, "
      "\"arguments\": <args-json-object>}\n</tool_call>";
  return out;
}

std::vector<ToolCallReader::Event> ToolCallReader::push(std::string_view text) {
  held_ += text;
  std::vector<Event> out;
  while (step(out)) {
  }
  return out;
}

std::vector<ToolCallReader::Event> ToolCallReader::finish() {
  std::vector<Event> out;
  // After a call only another one may come: what is held is the beginning of one that was cut.
  if (state_ == State::kText && !held_.empty() && calls_ == 0) {
    out.push_back({Event::Kind::kText, std::move(held_)});
  }
  held_.clear();
  return out;
}

// One state's work on what is held; false when it needs more text.
bool ToolCallReader::step(std::vector<Event>& out) {
  switch (state_) {
    case State::kText: {
      const std::size_t at = held_.find(grammar::kToolCallOpen);
      std::size_t said = at == std::string::npos ? held_.size() : at;
      if (at == std::string::npos) {
        // What may be the beginning of a call waits, and so does white space in front of it.
        for (std::size_t n = std::min(held_.size(), grammar::kToolCallOpen.size() - 1); n > 0;
             --n) {
          if (std::string_view(held_).ends_with(grammar::kToolCallOpen.substr(0, n))) {
            said = held_.size() - n;
            break;
          }
        }
      }
      while (said > 0 &&
             std::string_view(" \r\n\t").find(held_[said - 1]) != std::string_view::npos) {
        --said;
      }
      if (said > 0) out.push_back({Event::Kind::kText, held_.substr(0, said)});
      if (at == std::string::npos) {
        held_.erase(0, said);
        return false;
      }
      held_.erase(0, at + grammar::kToolCallOpen.size());
      state_ = State::kHead;
      return true;
    }
    case State::kHead: {
      const std::size_t end = held_.find(kHeadEnd);
      if (end == std::string::npos) return false;
      out.push_back({Event::Kind::kCall,
                     held_.substr(kHeadBegin.size(), end - std::min(end, kHeadBegin.size()))});
      held_.erase(0, end + kHeadEnd.size());
      ++calls_;
      depth_ = 0;
      in_string_ = escaped_ = false;
      state_ = State::kArguments;
      return true;
    }
    case State::kArguments: {
      std::size_t i = 0;
      bool ended = false;
      for (; i < held_.size() && !ended; ++i) {
        const char c = held_[i];
        if (in_string_) {
          if (escaped_) {
            escaped_ = false;
          } else if (c == '\\') {
            escaped_ = true;
          } else if (c == '"') {
            in_string_ = false;
          }
        } else if (c == '"') {
          in_string_ = true;
        } else if (c == '{' || c == '[') {
          ++depth_;
        } else if (c == '}' || c == ']') {
          ended = --depth_ == 0;
        }
      }
      if (i > 0) out.push_back({Event::Kind::kArguments, held_.substr(0, i)});
      held_.erase(0, i);
      if (ended) state_ = State::kTail;
      return ended;
    }
    case State::kTail: {
      const std::size_t end = held_.find(grammar::kToolCallClose);
      if (end == std::string::npos) return false;
      held_.erase(0, end + grammar::kToolCallClose.size());
      state_ = State::kText;
      return true;
    }
  }
  return false;
}

}  // namespace mw::server::openai
