// What a mask costs a token: schemas of several kinds are compiled, and a valid instance of each is
// walked with a model's vocabulary, a mask a token. Masks of a schema that was never used before
// ("fresh") and of one that answers have used ("warm"). One JSON line a vocabulary.
//   build/release/bench/grammar_masks MODEL.gguf [tokens of a made-up larger vocabulary]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <unordered_map>

#include "core/clock.h"
#include "grammar/compiled_grammar.h"
#include "grammar/matcher.h"
#include "runtime/loaded_model.h"

namespace mw {
namespace {

struct Case {
  const char* name;
  const char* schema;
  const char* instance;
};

constexpr Case kCases[] = {
    {"any object", R"({"type":"object"})",
     R"({"machine": "press P-12", "values": [1.5, 2, 3e5], "deep": {"ok": true, "why": "line \"a\"\n"}})"},
    {"extraction",
     R"({"type":"object","properties":{"order":{"type":"string","maxLength":40},"quantity":{"type":"integer","minimum":1,"maximum":10000},"due":{"type":"string","format":"date"},"customer":{"type":"object","properties":{"name":{"type":"string"},"city":{"type":"string","maxLength":100000}},"required":["name","city"],"additionalProperties":false},"priority":{"enum":["low","normal","high"]}},"required":["order","quantity","due","customer","priority"],"additionalProperties":false})",
     R"({"order": "A-2041/7", "quantity": 250, "due": "2026-11-30", "customer": {"name": "Maschinenbau Nord GmbH", "city": "Kassel"}, "priority": "high"})"},
    {"list of tagged events",
     R"({"type":"array","maxItems":50,"items":{"oneOf":[{"properties":{"kind":{"const":"alarm"},"code":{"type":"string","pattern":"^[A-Z]{2}[0-9]{3}$"}},"required":["kind","code"],"type":"object"},{"properties":{"kind":{"const":"note"},"text":{"type":"string","minLength":1}},"required":["kind","text"],"type":"object"}]}})",
     R"([{"kind": "alarm", "code": "HP017"}, {"kind": "note", "text": "Bearing temperature rises since the last shift, watch it."}])"},
    {"open map",
     R"({"type":"object","properties":{"id":{"type":"integer"}},"required":["id"],"additionalProperties":{"type":["string","number"]}})",
     R"({"id": 7, "spindle_load": 0.82, "operator": "Li Wei", "shift": "night"})"},
    {"patterns",
     R"({"type":"object","patternProperties":{"^[a-z]+_c$":{"type":"number","minimum":-50,"maximum":400},"^[a-z]+_bar$":{"type":"number","minimum":0}},"additionalProperties":false,"minProperties":1})",
     R"({"oil_c": 61.5, "air_bar": 6.25, "head_c": -3})"},
};

double percentile(std::vector<double>& all, double part) {
  std::sort(all.begin(), all.end());
  return all[std::min(all.size() - 1,
                      static_cast<std::size_t>(part * static_cast<double>(all.size())))];
}

/// The instance in tokens, longest first as a greedy model would.
std::vector<int32_t> tokens_of(const std::unordered_map<std::string, int32_t>& ids,
                               std::string_view text) {
  std::vector<int32_t> out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = std::min<std::size_t>(24, text.size() - at);
    while (length > 1 && !ids.contains(std::string(text.substr(at, length)))) --length;
    out.push_back(ids.at(std::string(text.substr(at, length))));
    at += length;
  }
  return out;
}

int measure(const char* name, const std::shared_ptr<const grammar::Vocabulary>& vocabulary,
            double build_ms) {
  std::unordered_map<std::string, int32_t> ids;
  for (int32_t id = 0; id < vocabulary->size(); ++id) {
    if (!vocabulary->piece(id).empty()) ids.try_emplace(vocabulary->piece(id), id);
  }
  std::vector<double> fresh;
  std::vector<double> warm;
  std::vector<double> compile_us;
  for (int round = 0; round < 20; ++round) {
    for (const Case& each : kCases) {
      const auto schema = parse_json(each.schema);
      const int64_t begin = steady_ns();
      const auto grammar = grammar::compile_schema(*schema);
      compile_us.push_back(static_cast<double>(steady_ns() - begin) / 1e3);
      if (!grammar) {
        std::fprintf(stderr, "%s: %s\n", each.name, grammar.error().message.en.c_str());
        return 1;
      }
      const std::vector<int32_t> tokens = tokens_of(ids, each.instance);
      for (std::vector<double>* times : {&fresh, &warm}) {
        grammar::Matcher matcher(*grammar, vocabulary);
        for (const int32_t id : tokens) {
          const int64_t from = steady_ns();
          const auto mask = matcher.mask();
          const bool taken = mask && matcher.accept(id);
          times->push_back(static_cast<double>(steady_ns() - from) / 1e3);
          if (!taken) {
            std::fprintf(stderr, "%s: '%s' was refused\n", each.name,
                         vocabulary->piece(id).c_str());
            return 1;
          }
        }
      }
    }
  }
  const auto mean = [](const std::vector<double>& all) {
    double sum = 0;
    for (const double each : all) sum += each;
    return sum / static_cast<double>(all.size());
  };
  const double fresh_mean = mean(fresh);
  const double warm_mean = mean(warm);
  const double compile_mean = mean(compile_us);
  std::printf(
      "{\"what\":\"grammar_mask\",\"vocabulary\":\"%s\",\"tokens\":%d,\"masks\":%zu,"
      "\"fresh_mean_us\":%.2f,\"fresh_p99_us\":%.1f,\"fresh_max_us\":%.1f,\"warm_mean_us\":%.2f,"
      "\"warm_p99_us\":%.1f,\"compile_mean_us\":%.0f,\"tree_ms\":%.0f}\n",
      name, vocabulary->size(), fresh.size(), fresh_mean, percentile(fresh, 0.99),
      percentile(fresh, 1.0), warm_mean, percentile(warm, 0.99), compile_mean, build_ms);
  return 0;
}

int run(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: grammar_masks MODEL.gguf [tokens of a larger vocabulary]\n");
    return 2;
  }
  runtime::OpenOptions options;
  const auto opened = runtime::open_model(argv[1], options);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().message.en.c_str());
    return 1;
  }
  int64_t begin = steady_ns();
  const auto own = grammar::Vocabulary::of(*opened->tokenizer, opened->end_ids);
  if (const int status =
          measure("the model's", own, static_cast<double>(steady_ns() - begin) / 1e6)) {
    return status;
  }
  if (argc < 3) return 0;
  // Its tokens, and pairs of them up to the size asked for: as long as larger vocabularies' are.
  std::vector<std::string> pieces;
  for (int32_t id = 0; id < own->size(); ++id) pieces.push_back(own->piece(id));
  const auto wanted = static_cast<std::size_t>(std::strtoul(argv[2], nullptr, 10));
  std::mt19937 random(1);
  const auto base = static_cast<uint32_t>(pieces.size());
  while (pieces.size() < wanted) {
    const std::string& first = pieces[random() % base];
    const std::string& then = pieces[random() % base];
    if (!first.empty() && !then.empty() && first.size() + then.size() <= 16)
      pieces.push_back(first + then);
  }
  begin = steady_ns();
  const auto large = std::make_shared<const grammar::Vocabulary>(pieces, own->end_ids());
  return measure("made up from it", large, static_cast<double>(steady_ns() - begin) / 1e6);
}

}  // namespace
}  // namespace mw

int main(int argc, char** argv) { return mw::run(argc, argv); }
