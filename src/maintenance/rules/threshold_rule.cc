#include "maintenance/rules/threshold_rule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "core/check.h"
#include "maintenance/data/json_lists.h"
#include "maintenance/rules/rule_search.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostConjunctions = 16;
constexpr std::size_t kMostCategories = 64;

std::string number_text(double value) {
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%.10g", value);
  return out.data();
}

std::string conjunction_text(const Conjunction& conjunction, std::span<const Column> columns,
                             bool zh) {
  std::string out;
  for (const Comparison& each : conjunction) {
    const Column& column = columns[each.column];
    if (!out.empty()) out += zh ? " 且 " : " and ";
    out += column.name + (each.above ? " > " : " < ") + number_text(each.threshold) +
           (column.unit.empty() ? "" : " " + column.unit);
  }
  return out;
}

std::string either_text(const std::vector<Conjunction>& either, std::span<const Column> columns,
                        bool zh) {
  std::string out;
  for (const Conjunction& each : either) {
    if (!out.empty()) out += zh ? "，或 " : ", or ";
    out += conjunction_text(each, columns, zh);
  }
  return out.empty() ? (zh ? "从不" : "never") : out;
}

}  // namespace

bool ThresholdRule::hits(std::span<const Column> columns, std::size_t row) const {
  std::size_t category = 0;
  if (category_column) {
    const double value = columns[*category_column].values[row];
    if (!(value >= 0) || value >= static_cast<double>(by_category.size())) return false;
    category = static_cast<std::size_t>(value);
  }
  const std::vector<Conjunction>& either = by_category[category];
  return std::any_of(either.begin(), either.end(), [&](const Conjunction& conjunction) {
    return std::all_of(conjunction.begin(), conjunction.end(), [&](const Comparison& each) {
      return each.holds(columns[each.column].values[row]);
    });
  });
}

std::optional<ThresholdRule> find_exact_rule(std::span<const Column> columns,
                                             std::span<const double> answers, int64_t fewest,
                                             std::stop_token stop) {
  ThresholdRule rule;
  rule.failures = static_cast<int64_t>(std::count(answers.begin(), answers.end(), 1.0));
  rule.others = static_cast<int64_t>(answers.size()) - rule.failures;
  if (rule.failures < fewest || rule.others == 0) return std::nullopt;
  const RuleSearch search(columns, std::move(stop));
  std::vector<std::size_t> all(answers.size());
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = row;
  const RuleSearch::Rows rows = RuleSearch::split(all, answers);
  if (auto one = search.one_for_all({rows}, 1)) {
    rule.by_category = std::move(*one);
    return rule;
  }
  if (auto either = search.either_of(rows, 1)) {
    rule.by_category = {std::move(*either)};
    return rule;
  }
  for (std::size_t column = 0; column < columns.size(); ++column) {
    if (columns[column].categories.empty()) continue;
    std::vector<std::vector<std::size_t>> parts(columns[column].categories.size());
    for (const std::size_t row : all) {
      const double value = columns[column].values[row];
      if (value >= 0) parts[static_cast<std::size_t>(value)].push_back(row);
    }
    std::vector<RuleSearch::Rows> each_category;
    for (const auto& part : parts) each_category.push_back(RuleSearch::split(part, answers));
    if (auto found = search.one_for_all(each_category, 1)) {
      rule.category_column = column;
      rule.by_category = std::move(*found);
      return rule;
    }
  }
  if (auto two = search.one_for_all({rows}, 2)) {
    rule.by_category = std::move(*two);
    return rule;
  }
  if (auto either = search.either_of(rows, 2)) {
    rule.by_category = {std::move(*either)};
    return rule;
  }
  return std::nullopt;
}

std::string rule_text(const ThresholdRule& rule, std::span<const Column> columns,
                      Language language) {
  const bool zh = language == Language::kZh;
  if (!rule.category_column) return either_text(rule.by_category.front(), columns, zh);
  const Column& category = columns[*rule.category_column];
  std::string out;
  for (std::size_t i = 0; i < rule.by_category.size(); ++i) {
    if (!out.empty()) out += "; ";
    out += category.name + " " + category.categories[i] + ": " +
           either_text(rule.by_category[i], columns, zh);
  }
  return out;
}

double roundest_between(double low, double high) {
  MW_CHECK(low < high);
  for (int digits = -12; digits <= 15; ++digits) {
    const double scale = std::pow(10.0, std::abs(digits));
    const double steps = std::ceil(digits < 0 ? low / scale : low * scale);
    const double candidate = digits < 0 ? steps * scale : steps / scale;
    if (candidate >= low && candidate < high) return candidate == 0 ? 0 : candidate;
  }
  return low;
}

Json to_json(const ThresholdRule& rule) {
  Json out = {{"category_column",
               rule.category_column ? static_cast<int64_t>(*rule.category_column) : int64_t{-1}},
              {"failures", rule.failures},
              {"others", rule.others}};
  Json& listed = out["by_category"] = Json::array();
  for (const auto& either : rule.by_category) {
    Json& one = listed.emplace_back(Json::array());
    for (const Conjunction& conjunction : either) {
      Json& together = one.emplace_back(Json::array());
      for (const Comparison& each : conjunction) {
        together.push_back(
            {{"column", each.column}, {"above", each.above}, {"threshold", each.threshold}});
      }
    }
  }
  return out;
}

Result<ThresholdRule> rule_from_json(const Json& json, std::size_t columns) {
  if (!json.is_object()) return damaged_model("a rule is no object");
  ThresholdRule rule;
  MW_ASSIGN(const int64_t category, json_integer(json, "category_column", -1));
  if (category >= static_cast<int64_t>(columns)) return damaged_model("a rule's column is none");
  if (category >= 0) rule.category_column = static_cast<std::size_t>(category);
  MW_ASSIGN(rule.failures, json_integer(json, "failures", 0));
  MW_ASSIGN(rule.others, json_integer(json, "others", 0));
  const auto listed = json.find("by_category");
  if (listed == json.end() || !listed->is_array() || listed->empty() ||
      listed->size() > kMostCategories) {
    return damaged_model("a rule has no comparisons");
  }
  for (const Json& one : *listed) {
    if (!one.is_array() || one.size() > kMostConjunctions) {
      return damaged_model("a rule has no comparisons");
    }
    std::vector<Conjunction> either;
    for (const Json& together : one) {
      if (!together.is_array() || together.empty() || together.size() > 2) {
        return damaged_model("a rule has no comparisons");
      }
      Conjunction conjunction;
      for (const Json& each : together) {
        Comparison comparison;
        if (!each.is_object()) return damaged_model("a comparison is no object");
        MW_ASSIGN(const int64_t column, json_integer(each, "column", -1));
        MW_ASSIGN(comparison.above, json_bool(each, "above", true));
        MW_ASSIGN(comparison.threshold, json_number(each, "threshold", 0));
        if (column < 0 || column >= static_cast<int64_t>(columns)) {
          return damaged_model("a rule's column is none");
        }
        comparison.column = static_cast<std::size_t>(column);
        conjunction.push_back(comparison);
      }
      either.push_back(std::move(conjunction));
    }
    rule.by_category.push_back(std::move(either));
  }
  return rule;
}

}  // namespace mw::maintenance
