#include "apps/millwright/quantize_report.h"

#include <cstdio>

namespace mw::app {
namespace {

/// Picks a language once.
class Words {
 public:
  explicit Words(Language language) : zh_(language == Language::kZh) {}
  const char* operator()(const char* en, const char* zh) const { return zh_ ? zh : en; }

 private:
  bool zh_;
};

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string megabytes(const Json& bytes) {
  return number("%.2f MB", static_cast<double>(bytes.get<uint64_t>()) / 1e6);
}

/// Foreign text inside a table or code span of Markdown.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' || c == '`' || c == '\n' || c == '\r' ? ' ' : c;
  return out;
}

std::string plain(const Json& text) { return plain(text.get<std::string>()); }

std::string shape_text(const Json& shape) {
  std::string text;
  for (const Json& each : shape) {
    text += (text.empty() ? "" : " x ") + std::to_string(each.get<int64_t>());
  }
  return text;
}

void add_measured(const Json& report, const Words& words, std::string& out) {
  if (!report.contains("held_out")) {
    out += words("\nNot measured: no --text was given.\n", "\n未评测：没有给出 --text。\n");
    return;
  }
  const Json& held = report["held_out"];
  const auto value = [&](const char* key) { return held[key].get<double>(); };
  out += words("\n## How far it is from the source\n\n", "\n## 与原模型的差距\n\n");
  out += std::string("| ") + words("measure | value", "指标 | 数值") + " |\n| --- | ---: |\n";
  out += std::string("| ") + words("KL divergence, nats a token", "KL 散度（nat/词元）") + " | " +
         number("%.6f", value("kl_nats")) + " +- " + number("%.6f", value("standard_error")) +
         " |\n";
  out += std::string("| ") + words("of 1 token in 100 more than", "百分之一的词元超过") + " | " +
         number("%.5f", value("kl_p99_nats")) + " |\n";
  out += std::string("| ") + words("same likeliest token", "首选词元相同") + " | " +
         number("%.2f %%", 100 * value("same_top")) + " |\n";
  out += std::string("| ") + words("perplexity, source", "困惑度（原模型）") + " | " +
         number("%.4f", value("reference_ppl")) + " |\n";
  out += std::string("| ") + words("perplexity, this file", "困惑度（本文件）") + " | " +
         number("%.4f", value("ppl")) + " |\n\n";
  const Json& text = report["text"];
  out += std::string(words("Text: `", "文本：`")) + plain(text["file"]) + "`, sha256 `" +
         plain(text["sha256"]) + "`. " + plain(text["split"]) + "\n";
  if (report.contains("tuning")) {
    const Json& tuning = report["tuning"];
    out += std::string(
               words("\nOn the part that the types were tuned on: ", "\n在用于选择类型的部分：")) +
           number("%.6f", tuning["kl_nats"].get<double>()) +
           words(" nats measured, ", " nat（实测），") +
           number("%.6f", tuning["expected_kl_nats"].get<double>()) +
           words(" expected from the single matrices.\n", " nat（由各矩阵推算）。\n");
  }
}

void add_tensors(const Json& report, const Words& words, std::string& out) {
  out += words("\n## Matrices\n\n", "\n## 矩阵\n\n");
  out += std::string("| ") +
         words(
             "tensor | shape | from | to | bits a weight | MB | alone in | KL alone | share of "
             "expected KL | note",
             "张量 | 形状 | 原类型 | 类型 | 每权重位数 | MB | 单独试以 | 单独 KL | "
             "占预期 KL | 说明") +
         " |\n| --- | --- | --- | --- | ---: | ---: | --- | ---: | ---: | --- |\n";
  for (const Json& each : report["tensors"]) {
    const bool probed = each.contains("probe");
    out += "| " + plain(each["name"]) + " | " + shape_text(each["shape"]) + " | " +
           plain(each["from"]) + " | " + plain(each["to"]) + " | " +
           number("%.2f", each["bits"].get<double>()) + " | " +
           number("%.2f", static_cast<double>(each["bytes"].get<uint64_t>()) / 1e6) + " | " +
           (probed ? plain(each["probe"]["type"]) : "") + " | " +
           (probed ? number("%.2e", each["probe"]["kl_nats"].get<double>()) : "") + " | " +
           (probed ? number("%.2f %%", 100 * each["share"].get<double>()) : "") + " | " +
           plain(each["note"]) + " |\n";
  }
}

}  // namespace

std::string quantize_summary(const Json& report, Language language) {
  const Words words(language);
  std::string out = report["output"]["path"].get<std::string>() + ": " +
                    megabytes(report["output"]["bytes"]) + words(" of ", "，原为 ") +
                    megabytes(report["source"]["bytes"]) + ", " +
                    number("%.2f", report["bits_per_weight"].get<double>()) +
                    words(" bits a weight", " 位/权重") + "\n";
  for (const auto& [type, total] : report["types"].items()) {
    out += number("%5.0f", total["tensors"].get<double>()) + words(" x ", " 个 ") + type + "  " +
           megabytes(total["bytes"]) + "\n";
  }
  if (report.contains("held_out")) {
    const Json& held = report["held_out"];
    out += std::string(words("held out: KL ", "留出文本：KL ")) +
           number("%.6f", held["kl_nats"].get<double>()) + " +- " +
           number("%.6f", held["standard_error"].get<double>()) +
           words(" nats a token, same top token ", " nat/词元，首选词元相同 ") +
           number("%.2f %%", 100 * held["same_top"].get<double>()) +
           words(", perplexity ", "，困惑度 ") + number("%.4f", held["ppl"].get<double>()) +
           words(" against ", "，原为 ") + number("%.4f", held["reference_ppl"].get<double>()) +
           "\n";
  }
  return out;
}

std::string quantize_markdown(const Json& report, Language language) {
  const Words words(language);
  std::string out =
      std::string("# ") + words("Quantised: ", "量化：") + plain(report["output"]["path"]) + "\n\n";
  const auto line = [&](const char* name, const Json& file) {
    out += std::string("- ") + name + ": `" + plain(file["path"]) + "`, " +
           megabytes(file["bytes"]) + ", sha256 `" + plain(file["sha256"]) + "`\n";
  };
  line(words("source", "原模型"), report["source"]);
  line(words("result", "结果"), report["output"]);
  out += std::string("- ") + words("bits a weight", "每权重位数") + ": " +
         number("%.3f", report["bits_per_weight"].get<double>()) + "\n";
  out += std::string("- ") + words("command", "命令") + ": `" + plain(report["command"]) + "`\n";
  out += std::string("- ") + words("made with", "版本") + ": millwright " +
         plain(report["version"]) + " (" + plain(report["commit"]) + "), " + plain(report["isa"]) +
         ", " + std::to_string(report["threads"].get<int>()) + words(" threads, ", " 线程，") +
         number("%.0f s", report["seconds"].get<double>()) + "\n";
  add_measured(report, words, out);
  out += words("\n## Types\n\n", "\n## 类型\n\n");
  out += std::string("| ") + words("type | tensors | size", "类型 | 张量 | 大小") +
         " |\n| --- | ---: | ---: |\n";
  for (const auto& [type, total] : report["types"].items()) {
    out += "| " + plain(type) + " | " + std::to_string(total["tensors"].get<int>()) + " | " +
           megabytes(total["bytes"]) + " |\n";
  }
  add_tensors(report, words, out);
  return out;
}

}  // namespace mw::app
