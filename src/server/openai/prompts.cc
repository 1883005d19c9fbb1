#include "server/openai/prompts.h"

#include <array>

namespace mw::server::openai {
namespace {

using tokenizers::Tokenizer;

// Fill-in-the-middle tokens by model family: Qwen 2.5 Coder, StarCoder, Code Llama's successors.
constexpr std::array<std::array<const char*, 3>, 3> kFillTokens = {{
    {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"},
    {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"},
    {"<fim-prefix>", "<fim-suffix>", "<fim-middle>"},
}};

Result<std::vector<int32_t>> fill_ids(const Tokenizer& tokenizer, const std::string& before,
                                      const std::string& after) {
  for (const auto& names : kFillTokens) {
    const auto prefix = tokenizer.token_id(names[0]);
    const auto suffix = tokenizer.token_id(names[1]);
    const auto middle = tokenizer.token_id(names[2]);
    if (!prefix || !suffix || !middle) continue;
    std::vector<int32_t> out = {*prefix};
    const auto append = [&](const std::string& text) {
      const auto ids = tokenizer.encode(text, Tokenizer::Special::kAsText);
      out.insert(out.end(), ids.begin(), ids.end());
    };
    append(before);
    out.push_back(*suffix);
    append(after);
    out.push_back(*middle);
    return out;
  }
  return Error::make(Code::kUnsupported,
                     "'suffix': this model was not trained to fill in the middle",
                     "“suffix”：该模型不支持中间填充", "suffix");
}

/// The conversation as the template sees it. A template that writes calls as our grammar asks for
/// them is given the tools; another one gets them as text: instructions in the system turn, calls
/// in the assistant's, results in the user's.
std::vector<runtime::ChatMessage> messages_for(const runtime::ServedModel& model,
                                               const std::vector<ChatTurn>& turns,
                                               const ToolUse& tools, Json& variables) {
  const bool native = model.chat_template->mentions("tools") &&
                      model.chat_template->mentions(grammar::kToolCallOpen);
  std::vector<runtime::ChatMessage> out;
  if (tools.active() && native) {
    variables["tools"] = Json::array();
    for (const Tool& tool : tools.tools) {
      variables["tools"].push_back({{"type", "function"}, {"function", tool.description}});
    }
  }
  const std::string told = tools.active() && !native ? tool_instructions(tools) : std::string();
  if (!told.empty() && turns.front().role != "system") out.push_back({"system", told, nullptr});
  for (const ChatTurn& turn : turns) {
    runtime::ChatMessage message = {turn.role, turn.content, nullptr};
    if (turn.role == "system" && out.empty() && !told.empty()) message.content += "\n\n" + told;
    if (native && !turn.calls.empty()) {
      message.tool_calls = Json::array();
      for (const ToolCall& call : turn.calls) {
        const auto arguments = parse_json(call.arguments, 200);
        message.tool_calls.push_back(
            {{"id", call.id},
             {"type", "function"},
             {"function",
              {{"name", call.name}, {"arguments", arguments ? *arguments : Json::object()}}}});
      }
    } else if (!native) {
      for (const ToolCall& call : turn.calls) {
        message.content += (message.content.empty() ? "" : "\n") + call_text(call);
      }
      if (turn.role == "tool") {
        message = {"user", "<tool_response>\n" + turn.content + "\n</tool_response>", nullptr};
      }
    }
    out.push_back(std::move(message));
  }
  return out;
}

}  // namespace

Result<std::vector<int32_t>> chat_ids(const runtime::ServedModel& model,
                                      const std::vector<ChatTurn>& turns, const ToolUse& tools,
                                      const Json& variables) {
  if (!model.chat_template) {
    return Error::make(
        Code::kUnsupported,
        "model '" + model.name + "' has no chat template: use /v1/completions with a plain prompt",
        "模型“" + model.name + "”没有对话模板：请使用 /v1/completions", "model");
  }
  Json seen = variables;
  const std::vector<runtime::ChatMessage> messages = messages_for(model, turns, tools, seen);
  Result<std::vector<int32_t>> ids =
      runtime::chat_prompt_ids(*model.chat_template, *model.tokenizer, messages, true, seen);
  if (!ids) {
    Error error = ids.error();
    if (error.param.empty()) error.param = "messages";
    return error;
  }
  return ids;
}

Result<std::vector<int32_t>> completion_ids(const runtime::ServedModel& model,
                                            const CompletionPrompt& prompt,
                                            const std::string& suffix) {
  const Tokenizer& tokenizer = *model.tokenizer;
  if (!suffix.empty()) return fill_ids(tokenizer, prompt_text(model, prompt), suffix);
  std::vector<int32_t> ids;
  if (const auto* given = std::get_if<std::vector<int32_t>>(&prompt)) {
    for (const int32_t id : *given) {
      if (id < 0 || id >= tokenizer.vocabulary_size()) {
        return Error::make(
            Code::kInvalidArgument,
            "'prompt': expected token ids below " + std::to_string(tokenizer.vocabulary_size()) +
                ", got " + std::to_string(id),
            "“prompt”：token 编号应小于 " + std::to_string(tokenizer.vocabulary_size()) +
                "，实际为 " + std::to_string(id),
            "prompt");
      }
    }
    ids = *given;
  } else {
    ids = tokenizer.encode_prompt(std::get<std::string>(prompt), Tokenizer::Special::kParse);
  }
  if (ids.empty()) {
    // Nothing to go on from: what OpenAI calls the beginning of a new document.
    const auto start = tokenizer.bos_id() ? tokenizer.bos_id() : tokenizer.eos_id();
    if (!start) {
      return Error::make(Code::kInvalidArgument, "'prompt': expected some text", "“prompt”不能为空",
                         "prompt");
    }
    ids.push_back(*start);
  }
  return ids;
}

std::string prompt_text(const runtime::ServedModel& model, const CompletionPrompt& prompt) {
  if (const auto* text = std::get_if<std::string>(&prompt)) return *text;
  return model.tokenizer->decode(std::get<std::vector<int32_t>>(prompt));
}

}  // namespace mw::server::openai
