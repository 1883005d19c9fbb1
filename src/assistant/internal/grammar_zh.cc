#include "assistant/internal/grammar.h"

namespace mw::assistant {
namespace {

class ChineseGrammar final : public Grammar {
 public:
  std::string asset_name(const plant::Asset& asset) const override {
    return asset.name.in(Language::kZh);
  }
  std::string tag_name(const plant::Tag& tag) const override { return tag.name.in(Language::kZh); }

  std::string subject(const Subject& s) const override {
    if (s.tag == nullptr) return asset_name(*s.asset);
    return asset_name(*s.asset) + "的" + tag_name(*s.tag);
  }

  std::string statistic_name(const std::string& fact) const override {
    if (fact == "mean") return "平均值";
    if (fact == "minimum") return "最小值";
    if (fact == "maximum") return "最大值";
    if (fact == "stddev") return "标准差";
    if (fact == "increase") return "增量";
    if (fact == "last") return "最新值";
    return "数值";
  }

  std::string list(const std::vector<std::string>& items) const override {
    std::string out;
    for (size_t i = 0; i < items.size(); ++i) out += (i > 0 ? "，" : "") + items[i];
    return out;
  }

  std::string latest(const Subject& s, const Amount& value, const std::string& at,
                     const std::string& age) const override {
    return subject(s) + "为 " + value.text() + "（测于 " + at + "，" + age + "前）。";
  }
  std::string stale(const Subject& s, const Amount& value, const std::string& at,
                    const std::string& age) const override {
    return subject(s) + "目前没有有效值；最后一次有效值为 " + value.text() + "，时间 " + at + "，" +
           age + "前。";
  }
  std::string never(const Subject& s) const override {
    return subject(s) + "目前没有有效值，最近一天内也没有。";
  }
  std::string limit(bool holds, bool above, const Amount& limit) const override {
    return std::string(holds ? "是，" : "否，未") + (above ? "高于 " : "低于 ") + limit.text() +
           "。";
  }
  std::string at_moment(const Subject& s, const std::string& asked, const Amount& value,
                        const std::string& sampled) const override {
    return "在 " + asked + "，" + subject(s) + "为 " + value.text() + "（样本时间 " + sampled +
           "）。";
  }
  std::string nothing_at(const Subject& s, const std::string& asked) const override {
    return "在 " + asked + " 之前一分钟内，" + subject(s) + "没有有效样本。";
  }
  std::string statistics(const Subject& s, const std::string& window,
                         const std::vector<StatisticText>& facts) const override {
    std::vector<std::string> items;
    for (const StatisticText& each : facts) {
      items.push_back(statistic_name(each.fact) + " " + each.amount.text() +
                      (each.at.empty() ? "" : "（" + each.at + "）"));
    }
    return "在 " + window + "期间，" + subject(s) + "：" + list(items) + "。";
  }
  std::string change(const Subject& s, const std::string& window, const Amount& change,
                     const Amount& first, const Amount& last) const override {
    return "在 " + window + "期间，" + subject(s) + "变化了 " + change.text() + "，从 " +
           first.text() + " 到 " + last.text() + "。";
  }
  std::string spread(const Amount& minimum, const Amount& maximum,
                     const Amount& mean) const override {
    return "其间介于 " + minimum.text() + " 与 " + maximum.text() + " 之间，平均值 " + mean.text() +
           "。";
  }
  std::string trend(Direction direction, const Amount& slope, const Amount& limit) const override {
    const std::string bound = "（不超过 " + limit.text() + " 视为平稳）。";
    switch (direction) {
      case Direction::kRising:
        return "趋势为上升，斜率 " + slope.text() + bound;
      case Direction::kFalling:
        return "趋势为下降，斜率 " + slope.text() + bound;
      case Direction::kSteady:
        return "趋势平稳，斜率 " + slope.text() + bound;
      case Direction::kUnclear:
        break;
    }
    return "没有明显趋势：拟合斜率 " + slope.text() + " 只能解释不到一半的离散。";
  }
  std::string no_data(const Subject& s, const std::string& window) const override {
    return "在 " + window + "期间，" + subject(s) + "没有可用样本。";
  }
  std::string data_begin(const std::string& at) const override {
    return "存储的数据始于 " + at + "。";
  }
  std::string compare_windows(const Subject& s, const std::string& fact, const std::string& window,
                              const Amount& value, const std::string& baseline, const Amount& other,
                              const Amount& difference, int sign,
                              const std::string& percent) const override {
    const std::string direction = sign == 0  ? "没有差别"
                                  : sign > 0 ? "高 " + difference.text()
                                             : "低 " + difference.text();
    return subject(s) + "的" + statistic_name(fact) + "：" + window + "为 " + value.text() + "，" +
           baseline + "为 " + other.text() + "；前者比后者" + direction +
           (percent.empty() || sign == 0 ? "" : "（" + percent + " %）") + "。";
  }
  std::string compare_machines(const std::string& fact, const std::string& window,
                               const std::vector<RankedText>& ranked) const override {
    bool same = true;
    for (const RankedText& each : ranked) {
      same = same && tag_name(*each.subject.tag) == tag_name(*ranked.front().subject.tag);
    }
    std::vector<std::string> items;
    for (const RankedText& each : ranked) {
      items.push_back(asset_name(*each.subject.asset) +
                      (same ? "" : "（" + tag_name(*each.subject.tag) + "）") + " " +
                      each.amount.text());
    }
    const std::string what = same ? tag_name(*ranked.front().subject.tag) + "的" : "";
    return "在 " + window + "期间，" + what + statistic_name(fact) + "：" + list(items) + "。";
  }
  std::string extreme(const Subject& s, bool lowest, const Amount& difference) const override {
    return std::string(lowest ? "最低的是" : "最高的是") + asset_name(*s.asset) +
           "，最高与最低相差 " + difference.text() + "。";
  }
  std::string difference(const Amount& amount) const override {
    return "相差 " + amount.text() + "。";
  }
  std::string count(const Subject& s, const std::string& window,
                    const Amount& count) const override {
    return "在 " + window + "期间，" + subject(s) + "为 " + count.text() + "。";
  }
  std::string state(const plant::Asset& asset, const std::string& state, const std::string& since,
                    const std::string& duration) const override {
    return asset_name(asset) + "的状态为“" + state + "”，自 " + since + " 起（已持续 " + duration +
           "）。";
  }
  std::string answer_word(bool yes) const override { return yes ? "是。" : "否。"; }
  std::string unknown_state(const plant::Asset& asset) const override {
    return asset_name(asset) + "目前状态未知。";
  }
  std::string state_times(const plant::Asset& asset, const std::string& window,
                          const std::vector<StateText>& states) const override {
    std::vector<std::string> items;
    for (const StateText& each : states) items.push_back(each.name + " " + each.duration);
    return "在 " + window + "期间，" + asset_name(asset) + "：" + list(items) + "。";
  }
  std::string in_state(const plant::Asset& asset, const std::string& window,
                       const StateText& state) const override {
    return "在 " + window + "期间，" + asset_name(asset) + "处于“" + state.name + "”状态共 " +
           state.duration + "。";
  }
  std::string never_in_state(const plant::Asset& asset, const std::string& window,
                             const std::string& state) const override {
    return "在 " + window + "期间，" + asset_name(asset) + "没有处于“" + state + "”状态。";
  }
  std::string state_at(const plant::Asset& asset, const std::string& at,
                       const std::string& state) const override {
    return "在 " + at + "，" + asset_name(asset) + "的状态为“" + state + "”。";
  }
  std::string state_when(const plant::Asset& asset, const std::string& state,
                         const std::string& at) const override {
    return asset_name(asset) + "最近一次进入“" + state + "”状态的时间是 " + at + "。";
  }
  std::string state_count(const plant::Asset& asset, const std::string& state,
                          const std::string& window, const std::string& count) const override {
    return "在 " + window + "期间，" + asset_name(asset) + "进入“" + state + "”状态 " + count +
           " 次。";
  }
  std::string many_states(const std::string& state, bool negated,
                          const std::vector<std::string>& machines, const std::string& count,
                          const std::string& all) const override {
    const std::string what = std::string(negated ? "不处于“" : "处于“") + state + "”状态的设备";
    if (machines.empty()) return "没有" + what + "（" + count + "/" + all + "）。";
    return what + "：" + list(machines) + "（" + count + "/" + all + "）。";
  }
  std::string all_states(const std::vector<std::string>& machines) const override {
    return "目前状态：" + list(machines) + "。";
  }
  std::string nothing_unusual(const plant::Asset* asset,
                              const std::string& checked) const override {
    return on(asset) + "目前没有异常（检查了 " + checked + " 个测点）。";
  }
  std::string unusual_count(const plant::Asset* asset, const std::string& count,
                            const std::string& checked) const override {
    return on(asset) + "检查了 " + checked + " 个测点，其中 " + count + " 个目前异常。";
  }
  std::string outside_normal(const Subject& s, bool above, const Amount& value,
                             const Amount& limit) const override {
    return subject(s) + "为 " + value.text() + "，" + (above ? "高于正常上限 " : "低于正常下限 ") +
           limit.text() + "。";
  }
  std::string bad_quality(const Subject& s, const std::string& reason) const override {
    return subject(s) + "没有有效值" + (reason.empty() ? "" : "：" + reason) + "。";
  }
  std::string outlier(const Subject& s, const Amount& value, const Amount& median,
                      const Amount& score) const override {
    return subject(s) + "为 " + value.text() + "，与最近一天同状态相比异常（中位数 " +
           median.text() + "，稳健 z 值 " + score.text() + "）。";
  }
  std::string list_assets(const std::string& place, const std::string& count,
                          const std::vector<std::string>& machines) const override {
    return place + "共有 " + count + " 台设备" + (machines.empty() ? "" : "：" + list(machines)) +
           "。";
  }
  std::string list_sites(const std::string& site, const std::string& count,
                         const std::vector<std::string>& lines) const override {
    return "这里有一个厂区：" + site + "，共 " + count + " 条产线：" + list(lines) + "。";
  }
  std::string line_machines(const std::string& line, const std::string& count) const override {
    return line + "（" + count + " 台设备）";
  }
  std::string description(const plant::Asset& asset, const std::string& line) const override {
    return asset_name(asset) + "属于“" + asset.kind_name.in(Language::kZh) + "”，位于" + line +
           "。";
  }
  std::string list_tags(const plant::Asset* asset, const std::string& count,
                        const std::vector<std::string>& tags) const override {
    const std::string owner = asset == nullptr ? std::string("全厂") : asset_name(*asset);
    if (tags.empty()) return owner + "没有测点。";
    return owner + "共有 " + count + " 个测点：" + list(tags) + "。";
  }
  std::string overview(const plant::Asset& asset, const std::vector<std::string>& values,
                       const std::string& at) const override {
    return asset_name(asset) + "的关键数值（最新 " + at + "）：" + list(values) + "。";
  }
  std::string text_now(const Subject& s, const std::string& text, const std::string& since,
                       const std::string& duration) const override {
    return subject(s) + "为“" + text + "”，自 " + since + " 起（已持续 " + duration + "）。";
  }
  std::string text_none(const Subject& s) const override { return subject(s) + "目前为空。"; }
  std::string text_unknown(const Subject& s) const override { return subject(s) + "目前未知。"; }
  std::string text_at(const Subject& s, const std::string& at,
                      const std::string& text) const override {
    return "在 " + at + "，" + subject(s) + "为“" + text + "”。";
  }
  std::string text_times(const Subject& s, const std::string& window,
                         const std::vector<StateText>& texts) const override {
    std::vector<std::string> items;
    for (const StateText& each : texts) items.push_back("“" + each.name + "” " + each.duration);
    return "在 " + window + "期间，" + subject(s) + "为" + list(items) + "。";
  }
  std::string batch_count(const plant::Asset& asset, const std::string& window,
                          const std::string& count) const override {
    if (count == "0") return "在 " + window + "期间，" + asset_name(asset) + "没有运行任何批次。";
    return "在 " + window + "期间，" + asset_name(asset) + "共运行 " + count + " 个批次。";
  }
  std::string batch(const BatchText& batch) const override {
    std::string text = "批次“" + batch.number + "”";
    if (!batch.product.empty()) text += "（产品“" + batch.product + "”）";
    text += batch.end.empty() ? "自 " + batch.start + " 起运行至今"
                              : "从 " + batch.start + " 运行到 " + batch.end;
    if (!batch.parts.empty()) text += "，产量 " + batch.parts;
    if (!batch.good.empty()) text += "，其中合格 " + batch.good;
    if (!batch.oee.empty()) text += "，综合效率（OEE）" + batch.oee + " %";
    return text + "。";
  }
  std::string batch_doubt(const std::string& number, const std::string& doubt) const override {
    return "批次“" + number + "”：" + doubt + "。";
  }
  std::string event_count(const plant::Asset& asset, const std::string& window,
                          const std::string& count) const override {
    if (count == "0") return "在 " + window + "期间，" + asset_name(asset) + "没有任何事件记录。";
    return "在 " + window + "期间，" + asset_name(asset) + "共有 " + count + " 条事件记录。";
  }
  std::string event_kinds(const std::vector<std::string>& kinds) const override {
    return "按类别：" + list(kinds) + "。";
  }
  std::string event_kinds_absent(const plant::Asset& asset, const std::string& window,
                                 const std::vector<std::string>& kinds) const override {
    return "在 " + window + "期间，" + asset_name(asset) + "没有" + list(kinds) + "类的记录。";
  }
  std::string event_kinds_other(const std::vector<std::string>& kinds,
                                const std::string& without) const override {
    std::vector<std::string> all = kinds;
    if (!without.empty()) all.push_back(without + " 条未注明类别");
    return "该时间段的记录：" + list(all) + "。";
  }
  std::string event_texts(const std::vector<std::string>& texts,
                          const std::string& others) const override {
    return "按内容：" + list(texts) + (others.empty() ? "。" : "，另有 " + others + " 种内容。");
  }
  std::string event_periods(const std::string& by, const std::string& with, const std::string& all,
                            const std::vector<std::string>& items,
                            const std::string& others) const override {
    const std::string unit = by == "hour"    ? "小时"
                             : by == "week"  ? "周"
                             : by == "month" ? "月"
                                             : "天";
    std::string text = "有记录的" + unit + "数：" + with + "（共 " + all + "）";
    if (items.empty()) return text + "。";
    if (by == "week" || by == "month") text += "，以首日标示";
    return text + "：" + list(items) + (others.empty() ? "。" : "，另有 " + others + " 个。");
  }
  std::string event(const EventText& event) const override {
    std::string when = event.open ? event.start + " 起至今" : event.start;
    if (!event.end.empty()) when = event.start + " 至 " + event.end;
    const std::string teller = event.teller.empty() ? "" : "（" + event.teller + " 上报）";
    return when + teller + "：“" + event.text + "”。";
  }
  std::string health_count(const std::string& watched, const std::string& all,
                           const std::string& unlike) const override {
    const std::string first = all + " 台设备中有 " + watched + " 台由健康模型监测";
    return watched == "0" ? first + "。" : first + "，其中 " + unlike + " 台偏离正常运行。";
  }
  std::string health(const plant::Asset& asset, const HealthText& health) const override {
    const std::string name = asset_name(asset);
    const std::string index = health.index.empty() ? "" : "（健康指数 " + health.index + "）";
    const std::string open =
        health.case_number.empty() ? "" : "案例 " + health.case_number + " 待处理。";
    if (health.verdict == "alarm") {
      return name + "偏离正常运行" + index +
             (health.parts.empty() ? "。" : "，偏离的测点：" + list(health.parts) + "。") + open;
    }
    if (health.verdict == "healthy") return name + "与正常运行一致" + index + "。" + open;
    if (health.verdict == "sensor_fault") {
      return name + "的传感器故障，无法判断健康状况：" + health.tag + fault(health.fault) + "。" +
             open;
    }
    if (health.verdict == "never_seen") {
      return name + "处于健康模型从未见过的工况，无法判断健康状况。" + open;
    }
    if (health.verdict == "not_trained") {
      return "尚未指定" + name + "的正常运行时段，无法判断健康状况。";
    }
    return name + "的健康状况依据不足" +
           (health.tag.empty() ? "。" : "：" + health.tag + "没有有效值。") + open;
  }
  std::string case_count(const std::string& window, const std::string& count) const override {
    if (window.empty()) return count == "0" ? "没有案例。" : "共有 " + count + " 个案例。";
    return "在 " + window + "期间，" +
           (count == "0" ? "没有新案例。" : "新增 " + count + " 个案例。");
  }
  std::string health_case(const plant::Asset& asset, const CaseText& one) const override {
    const std::string outcome = one.outcome == "open"            ? "待处理"
                                : one.outcome == "confirmed"     ? "已确认故障"
                                : one.outcome == "nothing_found" ? "未发现问题"
                                                                 : "其他原因";
    return "案例 " + one.number + "：" + asset_name(asset) + "于 " + one.opened + " 偏离正常运行" +
           (one.parts.empty() ? "" : "，当时" + list(one.parts)) +
           (one.also.empty() ? "" : "；此后又偏离：" + list(one.also)) + "；" + outcome + "。";
  }
  std::string case_also(const std::string& part, const std::string& since) const override {
    return part + "（自 " + since + " 起）";
  }
  std::string failure_mode(const Text& name, const std::vector<std::string>& signs) const override {
    return name.zh + (signs.empty() ? "" : "（反映在" + list(signs) + "）");
  }
  std::string failure_modes(const plant::Asset& asset, const std::string& count,
                            const std::vector<std::string>& modes) const override {
    if (modes.empty()) return "工厂描述中没有" + asset_name(asset) + "的故障模式。";
    return "工厂描述中" + asset_name(asset) + "有 " + count + " 种故障模式：" + list(modes) + "。";
  }
  std::string failure_modes_shown(const plant::Asset& asset,
                                  const std::vector<std::string>& modes) const override {
    return "根据工厂描述，它可反映" + asset_name(asset) + "的以下故障模式：" + list(modes) + "。";
  }
  std::string no_failure_mode_shown(const plant::Asset& asset,
                                    const std::vector<std::string>& signals) const override {
    return "工厂描述中没有可由" + list(signals) + "反映的" + asset_name(asset) + "故障模式。";
  }
  std::string no_failure_signs(const plant::Asset& asset) const override {
    return "工厂描述没有说明" + asset_name(asset) + "的各故障模式由哪些信号反映。";
  }
  std::string life_count(const std::string& count) const override {
    return count == "0" ? "没有设备启用剩余寿命预测。"
                        : "有 " + count + " 台设备启用了剩余寿命预测。";
  }
  std::string life(const plant::Asset& asset, const LifeText& life) const override {
    const std::string& name = asset.name.zh;
    const std::string held =
        life.held.empty() ? ""
                          : "（在留出的设备数据上，此类区间有 " + life.held + " % 包含真实值）";
    if (life.kind == "range") {
      return "若按最近一周的方式运行，" + name + "预计在 " + life.earliest + " 至 " + life.latest +
             " 之间失效，把握 " + life.certainty + " %" + held + "。";
    }
    if (life.kind == "too_early") {
      return name + "何时失效为时尚早：不会早于 " + life.earliest + "，把握 " + life.certainty +
             " %" + held + "。";
    }
    if (life.kind == "unseen_regime") {
      return name + "的运行工况是剩余寿命模型从未见过的，因此不给出日期。";
    }
    if (life.kind == "standing_still") return name + "最近一周几乎未运行，因此不给出失效日期。";
    if (life.kind == "not_followed") return name + "尚未启用剩余寿命预测，因此剩余寿命未知。";
    return "没有足够的证据判断" + name + "的剩余寿命。";
  }
  std::string work_count(const std::string& count) const override {
    return count == "0" ? "没有待处理的案例，因此没有工单。"
                        : "有 " + count + " 个待处理案例的工单。";
  }
  std::string work_order(const plant::Asset& asset, const WorkText& work) const override {
    std::string out = "案例 " + work.number + "，" + asset_name(asset) + "：";
    out += work.mode.en.empty() ? "工厂提供的故障模式均不符合"
                                : "按工厂提供的数据，故障模式为" + work.mode.in(Language::kZh);
    if (work.begins.empty()) return out + "；所需数据工厂未提供，无法建议时段。";
    if (!work.before.empty()) {
      out +=
          "；剩余寿命模型以 " + work.certainty + " % 的把握判断 " + work.before + " 之前不会失效";
    }
    out += (work.accepted ? "；已接受的时段于 "
            : work.late   ? "；没有在此之前结束的时段，最早的时段于 "
                          : "；费用最低的时段于 ") +
           work.begins + " 开始";
    if (!work.hours.empty()) out += "，需 " + work.hours + " h";  // the unit of its evidence
    return out + "：" + work.total + (work.costs.empty() ? "。" : "（" + list(work.costs) + "）。");
  }
  std::string cost(const std::string& kind, const std::string& amount) const override {
    const std::string name = kind == "standstill" ? "停机" : kind == "labour" ? "人工" : "备件";
    return name + (amount.empty() ? "费用未提供" : " " + amount);
  }
  std::string oee(const plant::Asset& asset, const std::string& window,
                  const OeeText& shares) const override {
    std::vector<std::string> factors;
    if (!shares.availability.empty()) factors.push_back("可用率 " + shares.availability + " %");
    if (!shares.performance.empty()) factors.push_back("性能率 " + shares.performance + " %");
    if (!shares.quality.empty()) factors.push_back("合格率 " + shares.quality + " %");
    if (!shares.oee.empty()) {
      return "在 " + window + "期间，" + asset_name(asset) + "的综合效率（OEE）为 " + shares.oee +
             " %：" + list(factors) + "。";
    }
    return "在 " + window + "期间，" + asset_name(asset) + "的综合效率（OEE）证据不足" +
           (factors.empty() ? "。" : "；已知：" + list(factors) + "。");
  }
  std::string oee_times(const std::string& production, const std::string& busy,
                        const std::vector<StateText>& losses) const override {
    std::vector<std::string> items;
    for (const StateText& each : losses) items.push_back(each.name + " " + each.duration);
    return "计划工作时间 " + busy + "，其中生产 " + production +
           (items.empty() ? "。" : "；损失：" + list(items) + "。");
  }
  std::string oee_parts(const std::string& parts, const Amount& ideal_cycle) const override {
    return "产量 " + parts + "，理想节拍 " + ideal_cycle.text() + "。";
  }
  std::string oee_products(const std::vector<ProductText>& products) const override {
    std::vector<std::string> items;
    for (const ProductText& each : products) {
      const std::string name = each.product.empty() ? "未知产品" : "“" + each.product + "”";
      items.push_back(name + " " + each.parts +
                      (each.ideal_cycle.empty() ? "" : "（理想节拍 " + each.ideal_cycle + "）"));
    }
    return "各产品产量：" + list(items) + "。";
  }
  std::string oee_good(const std::string& good, const std::string& parts) const override {
    return "产量 " + parts + " 中合格 " + good + "。";
  }
  std::string oee_remark(const std::string& text) const override { return text + "。"; }
  std::string earlier(const Subject& s, const std::string& id, const std::string& unit,
                      const std::string& until) const override {
    return "在 " + until + " 之前，" + subject(s) + "存储在 " + id +
           (unit.empty() ? "" : "，单位为 " + unit) + "：这是单独的历史，不与现在的数据混合。";
  }
  std::string share(const std::string& percent) const override {
    return "该时间段内只有 " + percent + " % 的时间有有效样本。";
  }
  std::string nothing_to_say(bool did_not_hold) const override {
    return did_not_hold ? "没有能由来源支持的回答。" : "工厂数据中没有可以回答这个问题的内容。";
  }
  std::string uncertain() const override { return "该数值的质量存疑。"; }
  std::string default_window() const override { return "问题没有给出时间，因此取了上述时间段。"; }
  std::string note(const std::string& text) const override { return "说明：" + text + "。"; }
  std::string simulated() const override { return "以上为模拟数据。"; }

 private:
  static std::string fault(const std::string& name) {
    if (name == "flat") return "数值不变";
    if (name == "drifting") return "漂移，而与其相关的量没有变化";
    if (name == "no_noise") return "的测量噪声消失";
    return "没有数据";
  }
  std::string on(const plant::Asset* asset) const {
    return asset == nullptr ? "" : asset_name(*asset);
  }
};

}  // namespace

const Grammar& chinese_grammar() {
  static const ChineseGrammar grammar;
  return grammar;
}

}  // namespace mw::assistant
