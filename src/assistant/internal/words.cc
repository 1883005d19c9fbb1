#include "assistant/internal/words.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "assistant/internal/utf8.h"

namespace mw::assistant {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr Pair kForms[] = {{"temp", "temperature"},   {"temps", "temperature"},
                           {"hot", "temperature"},    {"warm", "temperature"},
                           {"hotter", "temperature"}, {"hottest", "temperature"},
                           {"warmer", "temperature"}, {"warmest", "temperature"},
                           {"cooler", "temperature"}, {"coolest", "temperature"},
                           {"colder", "temperature"}, {"coldest", "temperature"},
                           {"vib", "vibration"},      {"vibrating", "vibration"},
                           {"vibrate", "vibration"},  {"vibrates", "vibration"},
                           {"shaking", "vibration"},  {"amperage", "current"},
                           {"amp", "current"},        {"amps", "current"},
                           {"ampere", "current"},     {"rpms", "rpm"},
                           {"revs", "rpm"},           {"fast", "speed"},
                           {"faster", "speed"},       {"fastest", "speed"},
                           {"slower", "speed"},       {"slowest", "speed"},
                           {"run", "running"},        {"runs", "running"},
                           {"ran", "running"},        {"stop", "stopped"},
                           {"stops", "stopped"},      {"stopping", "stopped"},
                           {"idling", "idle"},        {"idled", "idle"},
                           {"fail", "failure"},       {"failed", "failure"},
                           {"fails", "failure"},      {"faulted", "fault"},
                           {"faulty", "fault"},       {"produce", "produced"},
                           {"produces", "produced"},  {"producing", "producing"},
                           {"press's", "press"},      {"centre", "center"},
                           {"metre", "meter"},        {"axes", "axis"},
                           {"loaded", "load"},        {"warming", "temperature"}};

/// English words that narrow nothing, a space on each side of each.
constexpr std::string_view kFunctionWords =
    " a an the of on in at for to from by with and or as is are was were be been being am do "
    "does did done has have had having will would can could should may might must what which "
    "how when where there here this that these those it its 's i me my we us our you your "
    "they them their please tell show give get let know like want need say see look find hi "
    "hello hey thanks thank so then also too just now well much many some any all each every "
    "both about up down out over during while since until between within than more less most "
    "least very quite really exactly currently current value reading level number no nr yes "
    "not if whether but one ok okay s t go going got come take make made far long often times "
    "time last past anything something everything right only again still yet ever report "
    "quick quickly check question machine machines asset assets plant factory shop floor "
    "moment display print list it's into per compared same other answer kindly briefly data "
    "history behave behaved behaving looks looked looking stand stands read reads measure "
    "measured present actual momentary instantaneous typical overall exact approximate usual "
    "recorded general entire whole own respective getting draw draws drawing deliver delivers "
    "turning turn turns taking takes reach reached reaches happen happens happening occur "
    "occurred appear plot chart graph statistics stats figure figures info information "
    "details says supply supplies consume consumes use uses used using pull pulls happened "
    "perhaps maybe actually roughly approximately around seen become becoming seem seems "
    "spend spent goes went gone enter entered stay stayed remain remained came comes try "
    "explain describe mention wonder wondering curious ask asking possible able everyone "
    "somebody someone colleague boss shift operator morning evening dear sir thing things way "
    "case kind sort part side end start point place position view window period interval span "
    "shown shows sit sitting whats hows lie lies lay lain sat hover hovers hovered hovering "
    "settle settled swing swung dip dipped ranged send sends sent emit emits offer offers "
    "publish publishes log logs track tracks gave given giving works operate operates "
    "operated perform performs performed performing fare fares fared faring hold holds held "
    "holding keep keeps kept put puts saw seeing told said turned hit hits gets correct true "
    "real precise precisely rough recent recently wanted needs wish interested interest care "
    "mate guys folks team everybody thx pls plz cheers asap fyi sorry excuse amount amounts "
    "result results situation behaviour behavior register registers capture captured collect "
    "collected sampled sample samples provided obtained via let's lets ones bring brought "
    "bear bears sense senses sensed consider considering according respect terms term feel "
    "feels felt exhibit exhibits experience experienced undergo underwent amounted began ago "
    "off calculate compute determine estimate estimated evaluate indicate indicated indicates "
    "express expressed quote stated tells reveal summarise summarize whichever whatever "
    "retrieve provide fetch obtain listing name names named called labeled labelled id "
    "identifier based such available exist exists existing located location site facility "
    "installed belonging belongs regarding concerning respectively found iot enumerate logged "
    "registered reported full complete detailed detail good afternoon night ";

constexpr std::string_view kFillers[] = {
    "的",     "了",     "吗",     "呢",     "吧",       "啊",     "呀",     "是",       "在",
    "有",     "和",     "与",     "及",     "以及",     "或",     "请",     "请问",     "一下",
    "我",     "我想",   "想",     "知道",   "我想知道", "告诉",   "告诉我", "给我",     "帮我",
    "帮忙",   "看看",   "看",     "查",     "查询",     "查看",   "查一查", "说说",     "说",
    "显示",   "多少",   "是多少", "怎么",   "怎样",     "怎么样", "如何",   "什么",     "哪",
    "哪个",   "哪些",   "哪台",   "几",     "现在",     "目前",   "当前",   "实时",     "这",
    "那",     "它",     "其",     "该",     "上",       "下",     "里",     "中",       "内",
    "间",     "时",     "时候",   "期间",   "之间",     "为",     "于",     "对",       "把",
    "被",     "从",     "到",     "至",     "以来",     "来",     "过",     "着",       "得",
    "地",     "也",     "都",     "还",     "又",       "就",     "而",     "但",       "并",
    "并且",   "同时",   "另外",   "然后",   "分别",     "各",     "各自",   "每",       "个",
    "台",     "号",     "数值",   "值",     "读数",     "数据",   "情况",   "大概",     "大约",
    "差不多", "到底",   "究竟",   "一共",   "总共",     "共",     "能",     "能否",     "可以",
    "可否",   "需要",   "要",     "会",     "是否",     "有没有", "没有",   "不",       "没",
    "多",     "少",     "比",     "跟",     "同",       "咱们",   "我们",   "你",       "您",
    "你好",   "您好",   "早上好", "上午好", "中午好",   "下午好", "晚上好", "师傅",     "辛苦了",
    "谢谢",   "麻烦",   "劳驾",   "车间",   "工厂",     "厂里",   "现场",   "机器",     "设备",
    "机台",   "刚",     "已经",   "一直",   "总",       "出",     "发生",   "呈",       "呈现",
    "显",     "处于",   "处在",   "属于",   "此",       "本",     "历史",   "记录",     "一",
    "些",     "点",     "帮",     "给",     "让",       "用",     "实际",   "真实",     "瞬时",
    "即时",   "具体",   "整体",   "左右",   "这会儿",   "刚好",   "正",     "正在",     "求",
    "算",     "计算",   "报",     "报一下", "给出",     "列出",   "想了解", "了解",     "关于",
    "有关",   "方面",   "水平",   "大小",   "高低",     "数",     "以",     "及其",     "它的",
    "他",     "她",     "最新",   "最近",   "画",       "图",     "曲线",   "图表",     "统计",
    "读",     "读出",   "读一下", "测",     "测到",     "测得",   "达",     "达到",     "变得",
    "变",     "一会儿", "段",     "时间",   "这段",     "样子",   "嘛",     "哦",       "咋样",
    "咋",     "啥",     "哈",     "亲",     "师傅",     "领导",   "同事",   "需要知道", "弄",
    "搞",     "到过",   "过没",   "没有过", "回答",     "一句",   "简单",   "详细",     "分析",
    "反馈",   "汇报",   "通报",   "获取",   "检索",     "提供",   "编号",   "编号为",   "名为",
    "名称",   "列举",   "罗列",   "根据",   "按照",     "一份",   "进行",   "做",       "清单",
    "列表",   "都有",   "全部的", "共有",   "条",       "起",     "次",     "信息"};

template <size_t N>
bool among(const std::string_view (&list)[N], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool is_latin(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::vector<char32_t> characters(std::string_view text) {
  std::vector<char32_t> out;
  for (size_t at = 0; at < text.size();) {
    const Character c = read_character(text, at);
    out.push_back(c.code >= 'A' && c.code <= 'Z' ? c.code + 32 : c.code);
    at += c.bytes;
  }
  return out;
}

}  // namespace

std::string canonical_word(std::string_view word) {
  for (const auto& [form, canonical] : kForms) {
    if (form == word) return std::string(canonical);
  }
  if (!is_latin(word) || word.size() < 4) return std::string(word);
  const auto ends = [&](std::string_view tail) { return word.ends_with(tail); };
  if (ends("sses") || ends("xes") || ends("ches") || ends("shes")) {
    return std::string(word.substr(0, word.size() - 2));
  }
  if (ends("ies")) return std::string(word.substr(0, word.size() - 3)) + "y";
  if (ends("s") && !ends("ss") && !ends("us") && !ends("is")) {
    return std::string(word.substr(0, word.size() - 1));
  }
  return std::string(word);
}

bool is_function_word(std::string_view word) {
  return !word.empty() && word.find(' ') == std::string_view::npos &&
         kFunctionWords.find(" " + std::string(word) + " ") != std::string_view::npos;
}

size_t filler_at(const Tokens& tokens, size_t at) {
  size_t longest = 0;
  for (const std::string_view filler : kFillers) {
    longest = std::max(longest, match_phrase(tokens, at, filler));
  }
  return longest;
}

std::vector<std::string_view> ways_to_ask(std::string_view quantity) {
  if (quantity == "温度")
    return {"多热", "多烫", "最热", "更热", "太热", "过热",   "热不热", "最烫", "多少度", "变热",
            "变冷", "升温", "降温", "热吗", "热不", "热多少", "烫吗",   "几度", "最冷",   "更冷"};
  if (quantity == "转速" || quantity == "速度")
    return {"多快", "多少转", "最快", "更快", "转多快", "太快", "最慢", "更慢"};
  if (quantity == "电流") return {"几安", "多少安", "几安培", "多少安培"};
  if (quantity == "功率") return {"几千瓦", "多少千瓦", "多少电", "用多少电", "耗多少电"};
  if (quantity == "压力") return {"几巴", "多少巴", "几公斤压力"};
  if (quantity == "振动") return {"震动", "抖动", "抖得", "振得", "震得", "振幅"};
  // States.
  if (quantity == "停机" || quantity == "停止")
    return {"停了", "停过", "停着", "停的", "没开", "停下"};
  if (quantity == "运行")
    return {"跑了", "跑着",   "在跑",      "在转",   "转着",  "开着",
            "开了", "moving", "operating", "active", "in use"};
  if (quantity == "关机") return {"关了", "关着", "关过", "关掉了"};
  if (quantity == "故障") return {"坏了", "坏过", "出故障", "出了故障"};
  if (quantity == "产量") return {"多少件", "几件"};
  return {};
}

double similarity(std::string_view a, std::string_view b) {
  const size_t n = a.size();
  const size_t m = b.size();
  if (n == 0 || m == 0 || n > 64 || m > 64) return n == m ? 1 : 0;
  // Optimal string alignment over three rows.
  std::vector<size_t> before(m + 1), last(m + 1), row(m + 1);
  for (size_t j = 0; j <= m; ++j) last[j] = j;
  for (size_t i = 1; i <= n; ++i) {
    row[0] = i;
    for (size_t j = 1; j <= m; ++j) {
      const size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return 1.0 - static_cast<double>(last[m]) / static_cast<double>(std::max(n, m));
}

double name_similarity(std::string_view a, std::string_view b) {
  const auto pairs = [](std::string_view text) {
    std::vector<std::pair<char32_t, char32_t>> out;
    const std::vector<char32_t> chars = characters(text);
    for (size_t i = 0; i <= chars.size() && !chars.empty(); ++i) {  // with the two edges
      out.emplace_back(i == 0 ? U' ' : chars[i - 1], i == chars.size() ? U' ' : chars[i]);
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  const auto first = pairs(a);
  const auto second = pairs(b);
  if (first.empty() || second.empty()) return 0;
  std::vector<std::pair<char32_t, char32_t>> both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(),
                        std::back_inserter(both));
  return 2.0 * static_cast<double>(both.size()) / static_cast<double>(first.size() + second.size());
}

}  // namespace mw::assistant
