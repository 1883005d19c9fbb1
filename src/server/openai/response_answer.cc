#include "server/openai/response_answer.h"

#include <atomic>

#include "server/http/api_error.h"
#include "server/http/sse.h"

namespace mw::server::openai {
namespace {

std::string error_event(const Error& error, int64_t sequence) {
  const ApiError shown = ApiError::from(error);
  const Json event = {{"type", "error"},
                      {"code", shown.code},
                      {"message", error.message.en},
                      {"param", error.param.empty() ? Json() : Json(error.param)},
                      {"sequence_number", sequence}};
  return sse_event("error", to_text(event));
}

class ResponseAnswer final : public AnswerFormat {
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
    std::string out = open_item(Item::kReasoning);
    text_ += text;
    return out += delta("response.reasoning_text.delta", text, {});
  }

  std::string piece(int, const runtime::Piece& piece) override {
    const bool logprobs = options_.with_logprobs && !piece.logprobs.empty();
    if (piece.text.empty() && !logprobs) return {};
    std::string out = begin_message();
    Json tokens = logprobs_of(piece.logprobs);
    text_ += piece.text;
    out += delta("response.output_text.delta", piece.text, {{"logprobs", tokens}});
    for (Json& token : tokens) logprobs_.push_back(std::move(token));
    return out;
  }

  std::string closing(int, runtime::FinishReason reason) override {
    cut_ = reason == runtime::FinishReason::kLength;
    std::string out;
    // Where it has said nothing the message is empty; where it was cut while it thought, absent.
    if (!cut_ || item_ == Item::kNone) out = begin_message();
    return out += close_item(cut_ ? "incomplete" : "completed");
  }

  std::string end(const Usage& usage) override {
    const Json response = finish(std::move(output_), cut_, usage);
    return event(cut_ ? "response.incomplete" : "response.completed", {{"response", response}});
  }

  Json whole(const std::vector<FinishedChoice>& choices, const Usage& usage) override {
    const FinishedChoice& choice = choices.front();
    const bool cut = choice.finish == runtime::FinishReason::kLength;
    const char* status = cut ? "incomplete" : "completed";
    const bool spoke = !choice.text.empty() || !cut || choice.reasoning.empty();
    Json output = Json::array();
    if (!choice.reasoning.empty()) {
      output.push_back(reasoning_item(id_of(Item::kReasoning), spoke ? "completed" : status,
                                      Json::array({reasoning_part(choice.reasoning)})));
    }
    if (spoke) {
      Json part = text_part("output_text", choice.text);
      part["logprobs"] = logprobs_of(choice.logprobs);
      output.push_back(message_item(id_of(Item::kMessage), status, Json::array({std::move(part)})));
    }
    return finish(std::move(output), cut, usage);
  }

  std::string failure(const Error& error) override {
    return event("response.failed", {{"response", failed_response(options_.response, error)}});
  }

  std::function<std::string(const Error&)> failure_formatter() override {
    return [next = next_](const Error& error) { return error_event(error, next->fetch_add(1)); };
  }

 private:
  enum class Item { kNone, kReasoning, kMessage };

  Json finish(Json output, bool cut, const Usage& usage) {
    const int64_t now_s = options_.clock->now_ns() / kNsPerSecond;
    Json response = finished_response(options_.response, std::move(output), cut, usage, now_s);
    if (options_.keep) options_.keep(response);
    return response;
  }

  Json logprobs_of(const std::vector<runtime::TokenLogprob>& tokens) const {
    if (!options_.with_logprobs) return Json::array();
    return chat_logprobs(tokens)["content"];
  }

  std::string id_of(Item item) const {
    return (item == Item::kReasoning ? "rs_" : "msg_") + suffix_;
  }

  Json part() const {
    if (item_ == Item::kReasoning) return reasoning_part(text_);
    Json out = text_part("output_text", text_);
    out["logprobs"] = logprobs_;
    return out;
  }

  Json item(const char* status, Json content) const {
    return item_ == Item::kReasoning ? reasoning_item(id_of(item_), status, std::move(content))
                                     : message_item(id_of(item_), status, std::move(content));
  }

  /// Where in the output an event of the open item belongs.
  Json place() const {
    return {{"item_id", id_of(item_)}, {"output_index", output_.size()}, {"content_index", 0}};
  }

  std::string event(const char* type, const Json& members) {
    Json out = {{"type", type}};
    out["sequence_number"] = next_->fetch_add(1);
    out.update(members);
    return sse_event(type, to_text(out));
  }

  std::string delta(const char* type, const std::string& text, const Json& more) {
    Json members = place();
    members["delta"] = text;
    if (!more.is_null()) members.update(more);
    if (options_.with_obfuscation) members["obfuscation"] = padding_.after(text.size());
    return event(type, members);
  }

  std::string open_item(Item kind) {
    if (item_ == kind) return {};
    item_ = kind;
    text_.clear();
    logprobs_ = Json::array();
    Json members = place();
    members["part"] = part();
    std::string out =
        event("response.output_item.added",
              {{"output_index", output_.size()}, {"item", item("in_progress", Json::array())}});
    return out += event("response.content_part.added", members);
  }

  std::string begin_message() {
    std::string out;
    if (item_ == Item::kReasoning) out = close_item("completed");
    return out += open_item(Item::kMessage);
  }

  std::string close_item(const char* status) {
    const bool message = item_ == Item::kMessage;
    Json done = place();
    done["text"] = text_;
    if (message) done["logprobs"] = logprobs_;
    std::string out =
        event(message ? "response.output_text.done" : "response.reasoning_text.done", done);
    Json part_done = place();
    part_done["part"] = part();
    out += event("response.content_part.done", part_done);
    Json whole_item = item(status, Json::array({part()}));
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
  Json output_ = Json::array();  // items that are done
  Item item_ = Item::kNone;      // the one under way
  bool cut_ = false;
  std::string text_;
  Json logprobs_ = Json::array();
};

}  // namespace

std::unique_ptr<AnswerFormat> response_answer(ResponseAnswerOptions options) {
  return std::make_unique<ResponseAnswer>(std::move(options));
}

}  // namespace mw::server::openai
