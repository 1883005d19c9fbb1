#include "assistant/internal/refusal_text.h"

#include <algorithm>

#include "assistant/internal/grammar.h"

namespace mw::assistant {
namespace {

class RefusalTeller {
 public:
  RefusalTeller(const Lexicon& lexicon, Language language, AnswerSink& sink)
      : catalogue_(lexicon.catalogue()),
        language_(language),
        grammar_(Grammar::of(language)),
        sink_(sink) {}

  void tell(const Refusal& refusal) {
    switch (refusal.kind) {
      case Refusal::Kind::kTime:
        return say(refusal.time->error.message, {});
      case Refusal::Kind::kUnknown:
        for (const UnknownName& name : refusal.unknown) unknown(name);
        return;
      case Refusal::Kind::kNoSuchTag:
        for (const UnknownName& name : refusal.unknown) no_such_tag(name);
        return;
      case Refusal::Kind::kUnsupported:
        say(unsupported(refusal.feature), {});
        return examples();
      case Refusal::Kind::kNoTool:
        return say({"This server has no tool '" + refusal.tool + "', which the answer needs.",
                    "本服务器没有回答所需的工具“" + refusal.tool + "”。"},
                   {});
      case Refusal::Kind::kNoWindowNow:
        say({"What is unusual can only be told for now, not for a time that is past.",
             "异常情况只能查询当前，不能查询过去的时间。"},
            {});
        return examples();
      case Refusal::Kind::kNotRead:
        not_read(refusal.words);
        return examples();
      case Refusal::Kind::kPeriods:
        say({"By hour, day, week or month I can count events of a machine; other figures I can "
             "only tell of a time as a whole.",
             "按小时、天、周或月只能统计设备的事件；其他数值只能按整个时间段给出。"},
            {});
        return examples();
      case Refusal::Kind::kHelp:
        return examples();
      case Refusal::Kind::kNothing:
        break;
    }
    say({"I did not find anything in this question that I can look up in the plant's data.",
         "这个问题里没有我能在工厂数据中查询的内容。"},
        {});
    examples();
  }

 private:
  void say(const Text& text, std::vector<std::string> ids) {
    sink_.say_unchecked(text.in(language_), std::move(ids));
  }

  static Text unsupported(Feature feature) {
    switch (feature) {
      case Feature::kCommand:
        return {"I only read data; I do not act on machines.", "我只读取数据，不对设备进行操作。"};
      case Feature::kFuture:
        return {"I can say what was measured, not what will be.",
                "我只能说明测到的情况，不能预测将来。"};
      case Feature::kWhy:
        return {"I can say what was measured, not why.", "我只能说明测到的情况，不能判断原因。"};
      case Feature::kHowLong:
      case Feature::kHowOften:
        return {"How long or how often a value was beyond a limit cannot be told yet.",
                "目前还不能统计数值超出某一限值的时长或次数。"};
      default:
        return {
            "That figure is not available: what can be computed is mean, minimum, maximum, "
            "standard deviation, change, trend and counts.",
            "不支持该统计量：可以计算平均值、最小值、最大值、标准差、变化、趋势和计数。"};
    }
  }

  std::string cite(const plant::Asset& asset) {
    Evidence evidence;
    evidence.fact = "asset";
    evidence.asset = asset.id;
    evidence.text = asset.name.en;
    evidence.source = "plant description";
    evidence.simulated = catalogue_.simulated();
    evidence.rights_label = asset.line;
    return sink_.add(std::move(evidence));
  }
  std::string cite(const plant::Tag& tag) {
    Evidence evidence;
    evidence.fact = "tag";
    evidence.asset = tag.asset;
    evidence.tag = tag.id;
    evidence.text = tag.name.en;
    evidence.source = "plant description";
    evidence.simulated = catalogue_.simulated();
    return sink_.add(std::move(evidence));
  }

  void unknown(const UnknownName& name) {
    std::vector<std::string> names;
    std::vector<std::string> ids;
    for (const uint32_t item : name.nearest) {
      if (name.asset) {
        const plant::Asset& asset = catalogue_.assets()[item];
        names.push_back(grammar_.asset_name(asset));
        ids.push_back(cite(asset));
      } else {
        const plant::Tag& tag = catalogue_.tags()[item];
        names.push_back(grammar_.subject({catalogue_.asset(tag.asset), &tag}));
        ids.push_back(cite(tag));
      }
    }
    const std::string alike = grammar_.list(names);
    const std::string en = name.asset ? "There is no machine '" + name.words + "' here."
                                      : "There is no signal '" + name.words + "' here.";
    const std::string zh = name.asset ? "这里没有名为“" + name.words + "”的设备。"
                                      : "这里没有名为“" + name.words + "”的测点。";
    if (names.empty()) return say({en, zh}, {});
    say({en + " Did you mean " + alike + "?", zh + "您是指：" + alike + "？"}, ids);
  }

  void not_read(const std::vector<std::string>& words) {
    constexpr size_t kMostNamed = 4;
    std::vector<std::string> en, zh;
    for (size_t i = 0; i < std::min(words.size(), kMostNamed); ++i) {
      en.push_back("'" + words[i] + "'");
      zh.push_back("“" + words[i] + "”");
    }
    say({"I do not know what is meant here by " + english_grammar().list(en) +
             ", so I do not answer only the rest of the question.",
         "我不明白这里的" + chinese_grammar().list(zh) +
             "是什么意思，因此不只回答问题的其余部分。"},
        {});
  }

  void no_such_tag(const UnknownName& name) {
    std::vector<std::string> names;
    std::vector<std::string> ids;
    for (const uint32_t item : name.nearest) {
      const plant::Tag& tag = catalogue_.tags()[item];
      names.push_back(grammar_.subject({catalogue_.asset(tag.asset), &tag}));
      ids.push_back(cite(tag));
    }
    const std::string alike = grammar_.list(names);
    if (names.empty())
      return say({"There is no signal '" + name.words + "'.", "没有测点“" + name.words + "”。"},
                 {});
    say({"That machine has no signal '" + name.words + "'. It has, for example, " + alike + ".",
         "该设备没有测点“" + name.words + "”。可查询的有：" + alike + "。"},
        ids);
  }

  /// Three questions that this plant can answer.
  void examples() {
    std::vector<const plant::Tag*> tags;
    std::vector<std::string> ids;
    for (const plant::Tag& tag : catalogue_.tags()) {
      const bool other = tags.empty() || tags.back()->asset != tag.asset;
      if (tag.kind == plant::TagKind::kNumber && tag.key && other && tags.size() < 2)
        tags.push_back(&tag);
    }
    std::string en;
    std::string zh;
    for (size_t i = 0; i < tags.size(); ++i) {
      const Subject subject{catalogue_.asset(tags[i]->asset), tags[i]};
      ids.push_back(cite(*tags[i]));
      const std::string name_en = english_grammar().subject(subject);
      const std::string name_zh = chinese_grammar().subject(subject);
      en += i == 0 ? "'What is " + name_en + " now?', "
                   : "'How has " + name_en + " changed in the last hour?', ";
      zh += i == 0 ? "“" + name_zh + "现在是多少？”" : "“最近一小时" + name_zh + "怎么变化？”";
    }
    say({"You can ask for example: " + en + "'Is anything unusual?'",
         "可以这样问：" + zh + "“现在有什么异常？”"},
        ids);
  }

  const plant::Catalogue& catalogue_;
  Language language_;
  const Grammar& grammar_;
  AnswerSink& sink_;
};

}  // namespace

void tell_refusal(const Refusal& refusal, const Lexicon& lexicon, Language language,
                  AnswerSink& sink) {
  RefusalTeller(lexicon, language, sink).tell(refusal);
}

}  // namespace mw::assistant
