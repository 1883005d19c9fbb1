#include "assistant/internal/model_help.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "assistant/internal/tokens.h"

namespace mw::assistant {
namespace {

constexpr double kClearLead = 0.5;  // nats a token
constexpr int kMostTokens = 64;
constexpr size_t kMostSentences = 2;
constexpr size_t kLongestSentence = 240;

// Words that claim a direction, a judgement, a cause or a state.
constexpr std::string_view kClaims[] = {
    "rising",    "falling",   "rise",        "rises",       "rose",          "fall",
    "falls",     "fell",      "increase",    "increased",   "increases",     "increasing",
    "decrease",  "decreased", "decreases",   "decreasing",  "higher",        "lower",
    "highest",   "lowest",    "above",       "below",       "normal",        "abnormal",
    "unusual",   "usual",     "steady",      "stable",      "unstable",      "constant",
    "unchanged", "fault",     "failure",     "error",       "because",       "due",
    "cause",     "caused",    "causes",      "reason",      "therefore",     "safe",
    "unsafe",    "dangerous", "good",        "bad",         "high",          "low",
    "hot",       "cold",      "running",     "stopped",     "idle",          "off",
    "always",    "never",     "will",        "should",      "must",          "not",
    "no",        "expected",  "unexpected",  "optimal",     "efficient",     "healthy",
    "warning",   "critical",  "fluctuating", "significant", "significantly", "slightly",
    "rapidly",   "slowly",    "likely",      "probably"};

std::string plain_question(const std::string& question) {
  std::string out = question.substr(0, 400);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

}  // namespace

bool card_passed(const Json& card, const char* probe) {
  const auto found = card.is_object() ? card.find(probe) : card.end();
  if (!card.is_object() || found == card.end()) return false;
  const auto passed = json_bool(*found, "passed", false);
  return passed && *passed;
}

bool card_writes(const Json& card, Language language) {
  const auto found = card.is_object() ? card.find("languages") : card.end();
  if (!card.is_object() || found == card.end()) return false;
  const auto writes = json_bool(*found, language == Language::kZh ? "zh" : "en", false);
  return writes && *writes;
}

std::optional<size_t> likelier_text(const runtime::ServedModel& model, const std::string& prompt,
                                    const std::vector<std::string>& texts, double lead) {
  if (!model.generator || !model.tokenizer || texts.size() < 2) return std::nullopt;
  using Special = tokenizers::Tokenizer::Special;
  const auto prompt_ids = model.tokenizer->encode_prompt(prompt, Special::kAsText);
  std::vector<std::vector<int32_t>> continuations;
  for (const std::string& text : texts) {
    continuations.push_back(model.tokenizer->encode(text, Special::kAsText));
    if (continuations.back().empty()) return std::nullopt;
  }
  const auto scores = model.generator->score(prompt_ids, continuations);
  if (!scores || scores->size() != texts.size()) return std::nullopt;
  const auto best = std::max_element(scores->begin(), scores->end());
  for (auto each = scores->begin(); each != scores->end(); ++each) {
    if (each != best && !(*best - *each >= lead)) return std::nullopt;
  }
  return static_cast<size_t>(best - scores->begin());
}

std::optional<size_t> likelier_reading(const runtime::ServedModel& model,
                                       const std::string& question,
                                       const std::vector<std::string>& texts) {
  return likelier_text(
      model, "Question: " + plain_question(question) + "\nWhat is looked up to answer it: ", texts,
      kClearLead);
}

std::vector<std::string> explanation(const runtime::ServedModel& model, const std::string& question,
                                     const std::vector<std::string>& facts, Language language,
                                     std::stop_token stop) {
  if (!model.generator || !model.tokenizer || !model.chat_template || stop.stop_requested())
    return {};
  std::string content = language == Language::kZh ? "问题：" : "Question: ";
  content += plain_question(question);
  content += language == Language::kZh ? "\n事实：\n" : "\nFacts:\n";
  for (const std::string& fact : facts) content += "- " + fact + "\n";
  content +=
      language == Language::kZh
          ? "请用一句话说明这些事实如何回答问题。不要使用事实以外的数字。"
          : "Say in one short sentence how these facts answer the question. Use no number that is "
            "not in the facts.";
  const auto prompt =
      runtime::chat_prompt_ids(*model.chat_template, *model.tokenizer, {{"user", content}}, true);
  if (!prompt) return {};
  runtime::GenerateRequest request;
  request.prompt_ids = *prompt;
  request.max_tokens = kMostTokens;
  request.stop = {"\n"};

  struct Outcome {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    runtime::GenerateResult result;
  };
  // Shared with the generator's thread, which may outlive a stopped question.
  const auto outcome = std::make_shared<Outcome>();
  const auto id = model.generator->submit(std::move(request), {},
                                          [outcome](const runtime::GenerateResult& result) {
                                            const std::lock_guard lock(outcome->mutex);
                                            outcome->result = result;
                                            outcome->done = true;
                                            outcome->changed.notify_all();
                                          });
  if (!id) return {};
  const std::stop_callback cancel(stop, [&] { model.generator->cancel(*id); });
  std::unique_lock lock(outcome->mutex);
  outcome->changed.wait(lock, [&] { return outcome->done; });
  if (outcome->result.finish == runtime::FinishReason::kCancelled ||
      outcome->result.finish == runtime::FinishReason::kError || stop.stop_requested()) {
    return {};
  }

  // Whole sentences only: what was cut off by the limit is left out.
  std::vector<std::string> sentences;
  std::string current;
  const std::string& text = outcome->result.text;
  for (size_t i = 0; i < text.size() && sentences.size() < kMostSentences; ++i) {
    current.push_back(text[i]);
    const bool point = text[i] == '.' || text[i] == '!' || text[i] == '?';
    const bool ends = point && (i + 1 == text.size() || text[i + 1] == ' ');
    const bool chinese = current.size() >= 3 && current.ends_with("。");
    if (!ends && !chinese) continue;
    const size_t first = current.find_first_not_of(' ');
    if (first != std::string::npos && current.size() - first <= kLongestSentence) {
      sentences.push_back(current.substr(first));
    }
    current.clear();
  }
  return sentences;
}

bool claims_more(const std::string& sentence, const std::vector<std::string>& facts) {
  std::vector<std::string> known;
  for (const std::string& fact : facts) {
    for (const Token& token : tokenize(fact)) known.push_back(token.text);
  }
  for (const Token& token : tokenize(sentence)) {
    const bool claim =
        std::find(std::begin(kClaims), std::end(kClaims), token.text) != std::end(kClaims);
    if (claim && std::find(known.begin(), known.end(), token.text) == known.end()) return true;
  }
  return false;
}

}  // namespace mw::assistant
