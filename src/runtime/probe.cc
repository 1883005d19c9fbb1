#include "runtime/probe.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "runtime/probe_cases.h"

namespace mw::runtime {
namespace {

/// Counts of a text's letters by script, by code point ranges: enough to tell zh from en.
struct Letters {
  int latin = 0;
  int han = 0;
  int other = 0;
};

Letters count_letters(const std::string& text) {
  Letters letters;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (int k = 1; k < length && i + static_cast<std::size_t>(k) < text.size(); ++k) {
      code =
          (code << 6) | (static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 63U);
    }
    if ((code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z'))
      ++letters.latin;
    else if (code >= 0x4e00 && code <= 0x9fff)
      ++letters.han;
    else if (code >= 0xc0)
      ++letters.other;
    i += static_cast<std::size_t>(length);
  }
  return letters;
}

/// Share of token trigrams that were there before: a loop is near 1.
double repeated_trigrams(const std::vector<int32_t>& ids) {
  if (ids.size() < 6) return 0;
  std::set<std::array<int32_t, 3>> seen;
  int repeated = 0;
  for (std::size_t i = 0; i + 3 <= ids.size(); ++i) {
    repeated += seen.insert({ids[i], ids[i + 1], ids[i + 2]}).second ? 0 : 1;
  }
  return repeated / static_cast<double>(ids.size() - 2);
}

/// Runs the cases of one model and keeps the rates.
class Prober {
 public:
  Prober(const ServedModel& model, std::stop_token stop) : model_(model), stop_(std::move(stop)) {}

  Result<GenerateResult> ask(std::string_view prompt, int max_tokens) {
    MW_TRY(go_on());
    GenerateRequest request;
    MW_ASSIGN(request.prompt_ids, chat_prompt_ids(*model_.chat_template, *model_.tokenizer,
                                                  {{"user", std::string(prompt)}}, true));
    request.max_tokens = max_tokens;
    MW_ASSIGN(const auto result, generate(*model_.generator, std::move(request)));
    prompt_tokens_ += result.prompt_tokens;
    prefill_ns_ += result.prefill_ns;
    generated_tokens_ += static_cast<int64_t>(result.ids.size()) - 1;
    decode_ns_ += result.decode_ns;
    return result;
  }

  Result<Json> languages() {
    std::map<std::string, std::pair<int, int>> right;  // language -> (good, asked)
    for (const LanguageCase& each : language_cases()) {
      MW_ASSIGN(const auto result, ask(each.prompt, 48));
      const Letters letters = count_letters(result.text);
      const int all = letters.latin + letters.han + letters.other;
      const int wanted = each.language == "zh" ? letters.han : letters.latin;
      const bool good =
          wanted >= 12 && wanted * 10 >= all * 7 && repeated_trigrams(result.ids) < 0.4;
      auto& [count, asked] = right[std::string(each.language)];
      count += good ? 1 : 0;
      ++asked;
    }
    Json out = Json::object();
    for (const auto& [language, score] : right) out[language] = score.first * 4 >= score.second * 3;
    return out;
  }

  Result<Json> copying() {
    int right = 0;
    for (const CopyCase& each : copy_cases()) {
      MW_ASSIGN(const auto result, ask(each.prompt, 40));
      right += result.text.find(each.expected) != std::string::npos ? 1 : 0;
    }
    return score(right, static_cast<int>(copy_cases().size()), 1.0);
  }

  Result<Json> tool_choice() {
    int right = 0;
    std::string tools;
    std::vector<std::vector<int32_t>> names;
    for (const ToolName& each : tool_names()) {
      tools += std::string(each.name) + ": " + std::string(each.description) + "\n";
      names.push_back(model_.tokenizer->encode(each.name, tokenizers::Tokenizer::Special::kAsText));
    }
    for (const ToolCase& each : tool_cases()) {
      MW_TRY(go_on());
      const std::string prompt = "Tools:\n" + tools + "\nQuestion: " + std::string(each.question) +
                                 "\nWhich tool answers the question? Reply with its name.";
      MW_ASSIGN(const auto ids, chat_prompt_ids(*model_.chat_template, *model_.tokenizer,
                                                {{"user", prompt}}, true));
      MW_ASSIGN(const auto scores, model_.generator->score(ids, names));
      const auto best =
          static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
      right += tool_names()[best].name == each.tool ? 1 : 0;
    }
    return score(right, static_cast<int>(tool_cases().size()), 0.8);
  }

  Result<Json> grammar() {
    int right = 0;
    for (const GrammarCase& each : grammar_cases()) {
      MW_ASSIGN(const auto result, ask(each.prompt, 16));
      const std::string answer = trimmed(result.text);
      std::string_view left = each.allowed;
      while (!left.empty()) {
        const auto bar = std::min(left.find('|'), left.size());
        if (answer == left.substr(0, bar)) {
          ++right;
          break;
        }
        left.remove_prefix(std::min(bar + 1, left.size()));
      }
    }
    return score(right, static_cast<int>(grammar_cases().size()), 0.8);
  }

  double prefill_tok_s() const {
    return prefill_ns_ == 0
               ? 0
               : static_cast<double>(prompt_tokens_) * 1e9 / static_cast<double>(prefill_ns_);
  }
  double decode_tok_s() const {
    return decode_ns_ == 0
               ? 0
               : static_cast<double>(generated_tokens_) * 1e9 / static_cast<double>(decode_ns_);
  }

 private:
  static Json score(int right, int of, double mark) {
    return Json{{"passed", right >= mark * of}, {"right", right}, {"of", of}};
  }
  static std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \n\r\t");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \n\r\t") - first + 1);
  }

  Result<void> go_on() const {
    if (stop_.stop_requested()) return Error::make(Code::kCancelled, "cancelled", "已取消");
    return {};
  }

  const ServedModel& model_;
  const std::stop_token stop_;
  int64_t prompt_tokens_ = 0;
  int64_t prefill_ns_ = 0;
  int64_t generated_tokens_ = 0;
  int64_t decode_ns_ = 0;
};

}  // namespace

Result<Json> probe_model(const ServedModel& model, std::stop_token stop) {
  Prober prober(model, std::move(stop));
  Json card = Json::object();
  card["probe_version"] = kProbeVersion;
  MW_ASSIGN(card["languages"], prober.languages());
  MW_ASSIGN(card["copying"], prober.copying());
  MW_ASSIGN(card["tool_choice"], prober.tool_choice());
  MW_ASSIGN(card["grammar"], prober.grammar());
  card["prefill_tok_s"] = prober.prefill_tok_s();
  card["decode_tok_s"] = prober.decode_tok_s();
  return card;
}

}  // namespace mw::runtime
