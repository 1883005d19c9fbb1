#include "server/openai/response_answer.h"

#include <algorithm>
#include <atomic>

#include "server/http/api_error.h"
#include "server/http/sse.h"
#include "server/openai/tool_calls.h"

namespace mw::server::openai {
namespace {

class ResponseAnswer final : public ResponseWriter {
 public:
  explicit ResponseAnswer(ResponseAnswerOptions options) : options_(std::move(options)) {
    const std::string id = options_.response["id"].get<std::string>();
    suffix_ = id.substr(id.find('_') + 1);
  }

  std::string opening(int) override {
    std::string out = event("response.created", {{"response", options_.response}});
    return out += event("response.in_progress", {{"response", options_.response}});
  }

  std::string reasoning(int, const std::string& text) override {
    std::string out = begin(Item::kReasoning);
    return out += delta("response.reasoning_text.delta", text, {});
  }

  std::string piece(int, const runtime::Piece& piece) override {
    std::vector<runtime::TokenLogprob> logprobs;
    if (options_.with_logprobs) logprobs = piece.logprobs;
    if (options_.with_tools) {
      untold_.insert(untold_.end(), logprobs.begin(), logprobs.end());
      return events_of(reader_.push(piece.text));
    }
    if (piece.text.empty() && logprobs.empty()) return {};
    return say(piece.text, logprobs);
  }

  std::string closing(int, runtime::FinishReason reason) override {
    if (reason == runtime::FinishReason::kLength) cut_by_ = "max_output_tokens";
    const bool cut = cut_by_ != nullptr;
    std::string out = events_of(reader_.finish());
    // Where it has said nothing and called nothing the message is empty; where it was cut while it
    // thought, absent.
    if (!called_any_ && (!cut || item_ == Item::kNone)) out += begin(Item::kMessage);
    const bool whole_call = item_ == Item::kCall && parse_json(text_).has_value();
    if (item_ != Item::kNone) out += close_item(cut && !whole_call ? "incomplete" : "completed");
    return out;
  }

  std::string end(const Usage& usage) override {
    const Json response = finish(usage);
    return event(cut_by_ != nullptr ? "response.incomplete" : "response.completed",
                 {{"response", response}});
  }

  Json whole(const std::vector<FinishedChoice>& choices, const Usage& usage) override {
    // The items of a stream, whose events nobody reads.
    const FinishedChoice& choice = choices.front();
    if (!choice.reasoning.empty()) reasoning(0, choice.reasoning);
    piece(0, {choice.text, choice.logprobs});
    closing(0, choice.finish);
    return finish(usage);
  }

  std::string failure(const Error& error) override {
    return event("response.failed", {{"response", failed_response(options_.response, error)}});
  }

  std::function<std::string(const Error&)> failure_formatter() override {
    return [next = next_](const Error& error) {
      return response_error_event(error, next->fetch_add(1));
    };
  }

  std::string begin_call(const std::string& name) override {
    std::string out;
    if (item_ != Item::kNone) out = close_item("completed");
    called_ = name;
    called_any_ = true;
    return out += begin(Item::kCall);
  }

  std::string arguments(const std::string& text) override {
    return delta("response.function_call_arguments.delta", text, {});
  }

  void filtered() override { cut_by_ = "content_filter"; }

  Json finish(const Usage& usage) override {
    const int64_t now_s = options_.clock->now_ns() / kNsPerSecond;
    Json response = finished_response(options_.response, output_, cut_by_, usage, now_s);
    if (options_.keep) options_.keep(response);
    return response;
  }

 private:
  enum class Item { kNone, kReasoning, kMessage, kCall };

  std::string id_of(Item item) const {
    // Input items have ids of the same kind with their number after it.
    const std::string kind = item == Item::kReasoning ? "rs_"
                             : item == Item::kMessage ? "msg_"
                                                      : "fc_";
    const bool first_of_its_kind =
        std::none_of(output_.begin(), output_.end(), [&](const Json& done) {
          return done["id"].get_ref<const std::string&>().starts_with(kind);
        });
    if (first_of_its_kind && item != Item::kCall && !called_any_) return kind + suffix_;
    return kind + suffix_ + "_out_" + std::to_string(output_.size());
  }

  Json part() const {
    if (item_ == Item::kReasoning) return reasoning_part(text_);
    Json out = text_part("output_text", text_);
    out["logprobs"] = logprobs_;
    return out;
  }

  /// The open item as it is now, with its parts once it has any.
  Json item(const char* status, bool with_parts) const {
    const Json parts = with_parts && item_ != Item::kCall ? Json::array({part()}) : Json::array();
    if (item_ == Item::kReasoning) return reasoning_item(id_of(item_), status, parts);
    if (item_ == Item::kMessage) return message_item(id_of(item_), status, parts);
    const std::string call_id = "call_" + suffix_ + "_" + std::to_string(output_.size());
    return call_item(id_of(item_), call_id, called_, text_, status);
  }

  /// Where in the output an event of the open item belongs.
  Json place() const {
    Json out = {{"item_id", id_of(item_)}, {"output_index", output_.size()}};
    if (item_ != Item::kCall) out["content_index"] = 0;
    return out;
  }

  std::string event(const char* type, const Json& members) {
    Json out = {{"type", type}};
    out["sequence_number"] = next_->fetch_add(1);
    out.update(members);
    return sse_event(type, to_text(out));
  }

  std::string delta(const char* type, const std::string& text, const Json& more) {
    text_ += text;
    Json members = place();
    members["delta"] = text;
    if (!more.is_null()) members.update(more);
    if (options_.with_obfuscation) members["obfuscation"] = padding_.after(text.size());
    return event(type, members);
  }

  std::string say(const std::string& text, const std::vector<runtime::TokenLogprob>& logprobs) {
    std::string out = begin(Item::kMessage);
    Json tokens = logprobs.empty() ? Json::array() : chat_logprobs(logprobs)["content"];
    out += delta("response.output_text.delta", text, {{"logprobs", tokens}});
    for (Json& token : tokens) logprobs_.push_back(std::move(token));
    return out;
  }

  std::string events_of(const std::vector<ToolCallReader::Event>& events) {
    using Kind = ToolCallReader::Event::Kind;
    std::string out;
    for (const ToolCallReader::Event& each : events) {
      if (each.kind == Kind::kText) {
        out += say(each.text, take_logprobs(each.text.size()));
      } else if (each.kind == Kind::kCall) {
        out += begin_call(each.text);
      } else {
        out += arguments(each.text);
      }
    }
    return out;
  }

  /// Those of the tokens that the next `bytes` of what is said are made of.
  std::vector<runtime::TokenLogprob> take_logprobs(std::size_t bytes) {
    said_bytes_ += bytes;
    std::size_t count = 0;
    for (; count < untold_.size() && told_bytes_ < said_bytes_; ++count) {
      told_bytes_ += untold_[count].bytes.size();
    }
    const auto end = untold_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<runtime::TokenLogprob> out(untold_.begin(), end);
    untold_.erase(untold_.begin(), end);
    return out;
  }

  /// Opens an item after closing the one before it, unless it is open.
  std::string begin(Item kind) {
    std::string out;
    if (item_ == kind) return out;
    if (item_ != Item::kNone) out = close_item("completed");
    item_ = kind;
    text_.clear();
    logprobs_ = Json::array();
    out += event("response.output_item.added",
                 {{"output_index", output_.size()}, {"item", item("in_progress", false)}});
    if (kind == Item::kCall) return out;
    Json members = place();
    members["part"] = part();
    return out += event("response.content_part.added", members);
  }

  std::string close_item(const char* status) {
    std::string out;
    // Some servers send nothing for a function without parameters; nothing is no JSON.
    if (item_ == Item::kCall && text_.empty() && std::string_view(status) == "completed")
      out += arguments("{}");
    Json done = place();
    if (item_ == Item::kCall) {
      done["name"] = called_;
      done["arguments"] = text_;
      out += event("response.function_call_arguments.done", done);
    } else {
      const bool message = item_ == Item::kMessage;
      done["text"] = text_;
      if (message) done["logprobs"] = logprobs_;
      out += event(message ? "response.output_text.done" : "response.reasoning_text.done", done);
      Json part_done = place();
      part_done["part"] = part();
      out += event("response.content_part.done", part_done);
    }
    Json whole_item = item(status, true);
    out += event("response.output_item.done",
                 {{"output_index", output_.size()}, {"item", whole_item}});
    output_.push_back(std::move(whole_item));
    item_ = Item::kNone;
    return out;
  }

  const ResponseAnswerOptions options_;
  std::string suffix_;  // of the ids of this response and its items
  const std::shared_ptr<std::atomic<int64_t>> next_ = std::make_shared<std::atomic<int64_t>>(0);
  ChunkPadding padding_;
  Json output_ = Json::array();   // items that are done
  Item item_ = Item::kNone;       // the one under way
  const char* cut_by_ = nullptr;  // why it is incomplete
  bool called_any_ = false;
  std::string text_;    // of the one under way: said, thought or arguments
  std::string called_;  // the function, where it is a call
  Json logprobs_ = Json::array();
  ToolCallReader reader_;
  std::vector<runtime::TokenLogprob> untold_;  // of what the reader holds back or of calls
  std::size_t said_bytes_ = 0;
  std::size_t told_bytes_ = 0;
};

}  // namespace

std::string response_error_event(const Error& error, int64_t sequence) {
  const ApiError shown = ApiError::from(error);
  const Json event = {{"type", "error"},
                      {"code", shown.code},
                      {"message", error.message.en},
                      {"param", error.param.empty() ? Json() : Json(error.param)},
                      {"sequence_number", sequence}};
  return sse_event("error", to_text(event));
}

std::unique_ptr<ResponseWriter> response_answer(ResponseAnswerOptions options) {
  return std::make_unique<ResponseAnswer>(std::move(options));
}

}  // namespace mw::server::openai
