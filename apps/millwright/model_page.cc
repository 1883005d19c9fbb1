#include "apps/millwright/model_page.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "apps/millwright/html_text.h"
#include "apps/millwright/licence_terms.h"
#include "core/file.h"
#include "core/sha256.h"

namespace mw::app {
namespace {

// Colours of types in order of their bytes; each has 3:1 against both backgrounds, and a bar names
// its parts in words besides.
constexpr const char* kColours[] = {"#2f6fb0", "#b0602f", "#3c8a5a",
                                    "#8a5bb0", "#a88a1c", "#7a7f87"};
constexpr std::size_t kColourCount = std::size(kColours);

constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d0d7de;--well:#f3f5f7}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#a3acb6;--paper:#14171a;--line:#363c43;--well:#1d2125}}
body{margin:0 auto;padding:1.5rem;max-width:70rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}
p.lead,caption,small{color:var(--soft)}code,pre,td.n{font-family:ui-monospace,monospace}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--well);padding:.75rem;border-radius:.3rem;max-height:30rem;overflow:auto}
table{border-collapse:collapse;width:100%}caption{text-align:start;padding-bottom:.3rem}
th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:start;vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:end;white-space:nowrap}th[scope=row]{font-weight:600;overflow-wrap:normal}
.bar{display:flex;height:.9rem;min-width:8rem;background:var(--well);border-radius:.2rem;overflow:hidden}
.bar i{display:block;height:100%}.key{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem;margin-inline-end:.4rem}
.wide{overflow-x:auto}.no{color:var(--soft)}
@media print{pre{max-height:none}}
)";

class Page {
 public:
  Page(const ModelDescription& model, const std::vector<HashedFile>& files, Language language)
      : model_(model), files_(files), language_(language) {
    std::vector<std::pair<std::string, uint64_t>> types;
    for (const auto& [name, total] : model.types) types.emplace_back(name, total.bytes);
    std::stable_sort(types.begin(), types.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    for (std::size_t i = 0; i < types.size(); ++i) {
      order_.push_back(types[i].first);
      colour_[types[i].first] = kColours[std::min(i, kColourCount - 1)];
    }
  }

  std::string html() {
    const std::string name = html_text(model_.name);
    out_ = "<!doctype html>\n<html lang=\"" + std::string(say("en", "zh-CN")) +
           "\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
           "style-src 'unsafe-inline'\">\n<title>" +
           name + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n<main>\n<h1>" + name +
           "</h1>\n<p class=\"lead\">" +
           html_text(model_.problem ? model_.problem->message.in(language_) : model_.summary) +
           "</p>\n";
    if (model_.problem) {
      out_ += "<p role=\"note\"><strong>" +
              std::string(say("This version does not serve it.", "本版本无法运行该模型。")) +
              "</strong></p>\n";
    }
    facts();
    abilities();
    licence();
    types();
    layers();
    words();
    keys();
    tensors();
    hashes();
    return out_ + "</main>\n</body>\n</html>\n";
  }

 private:
  const char* say(const char* en, const char* zh) const {
    return language_ == Language::kZh ? zh : en;
  }
  void heading(const char* en, const char* zh) {
    out_ += std::string("<h2>") + say(en, zh) + "</h2>\n";
  }
  static std::string number(const char* format, double value) {
    char text[64];
    std::snprintf(text, sizeof text, format, value);
    return text;
  }
  static std::string megabytes(uint64_t bytes) {
    return number(bytes < 100000 ? "%.3f MB" : "%.1f MB", static_cast<double>(bytes) / 1e6);
  }
  void row(const char* en, const char* zh, const std::string& value) {
    out_ +=
        std::string("<tr><th scope=\"row\">") + say(en, zh) + "</th><td>" + value + "</td></tr>\n";
  }
  void begin_table(std::initializer_list<const char*> columns, const char* caption) {
    out_ += std::string("<div class=\"wide\"><table><caption>") + caption + "</caption><thead><tr>";
    for (const char* each : columns) {
      const bool numeric = *each == '#';  // marks a column of numbers
      out_ += std::string("<th scope=\"col\"") + (numeric ? " class=\"n\">" : ">") +
              (numeric ? each + 1 : each) + "</th>";
    }
    out_ += "</tr></thead><tbody>\n";
  }
  void end_table() { out_ += "</tbody></table></div>\n"; }

  void facts() {
    heading("In short", "概览");
    out_ += "<table><tbody>\n";
    row("format", "格式", html_text(model_.title) + ", " + megabytes(model_.bytes));
    row("parameters", "参数量", number("%.1f M", static_cast<double>(model_.parameters) / 1e6));
    row("tokenizer", "分词器", html_text(model_.tokenizer));
    if (model_.config) {
      row("context", "上下文长度",
          std::to_string(model_.config->context_length) + say(" tokens", " 个词元"));
    }
    if (model_.kv_bytes_per_token > 0 && model_.config) {
      const auto context = static_cast<uint64_t>(model_.config->context_length);
      row("keys and values", "键值缓存",
          number("%.1f KiB", static_cast<double>(model_.kv_bytes_per_token) / 1024) +
              say(" a token, ", "/词元，全部上下文 ") +
              megabytes(model_.kv_bytes_per_token * context) + say(" for the whole context", ""));
    }
    out_ += "</tbody></table>\n";
  }

  void ability(bool has, const char* en, const char* zh) {
    out_ += std::string(has ? "<li>" : "<li class=\"no\">") +
            (has ? say("yes: ", "可：") : say("no: ", "不可：")) + say(en, zh) + "</li>\n";
  }
  void abilities() {
    heading("What it may do", "可用于");
    const ModelAbilities& can = model_.abilities;
    out_ += "<ul>\n";
    ability(can.generates, "continue text", "续写文本");
    ability(can.chats, "chat by a template of its own", "按自带模板对话");
    ability(can.calls_tools, "be told of tools by its template", "由模板告知可用工具");
    ability(can.reasons, "think before it answers (&lt;think&gt;)",
            "先思考再回答（&lt;think&gt;）");
    ability(can.embeds, "turn texts into vectors", "文本向量化");
    ability(can.reranks, "rank documents for a question", "按问题给文档排序");
    out_ += "</ul>\n<p><small>" +
            std::string(say("As its files say it. What a model is allowed to do for people here "
                            "depends on what it passes when it is measured (ADR 0053).",
                            "依据其文件。模型在此实际可承担的工作取决于测量结果（ADR 0053）。")) +
            "</small></p>\n";
  }

  void licence() {
    heading("Licence", "许可证");
    out_ += "<p>";
    if (!model_.licence.empty()) out_ += "<code>" + html_text(model_.licence) + "</code>. ";
    out_ += html_text(licence_terms(model_.licence).in(language_)) + "</p>\n<p><small>" +
            say("A summary for orientation; the licence's text decides.",
                "仅供参考；以许可证全文为准。") +
            "</small></p>\n";
  }

  /// A bar of the parts in the order of types; its words are the label.
  std::string bar(const std::map<std::string, uint64_t>& parts, uint64_t whole) const {
    std::string label;
    std::string inside;
    for (const std::string& type : order_) {
      const auto found = parts.find(type);
      if (found == parts.end()) continue;
      label += (label.empty() ? "" : ", ") + html_text(type) + " " + megabytes(found->second);
      const double share = 100.0 * static_cast<double>(found->second) /
                           static_cast<double>(std::max<uint64_t>(whole, 1));
      inside += "<i style=\"width:" + number("%.2f%%", share) + ";background:" + colour_.at(type) +
                "\"></i>";
    }
    return "<div class=\"bar\" role=\"img\" aria-label=\"" + label + "\">" + inside + "</div>";
  }

  void types() {
    heading("Types", "数据类型");
    begin_table({say("type", "类型"), say("#tensors", "#张量"), say("#size", "#大小"),
                 say("#share", "#占比"), say("share", "占比图"),
                 say("matrices run as (no weight is rounded)", "矩阵运算格式（不再舍入权重）")},
                say("Bytes of each type", "各类型的字节数"));
    uint64_t whole = 0;
    for (const auto& [name, total] : model_.types) whole += total.bytes;
    for (const std::string& type : order_) {
      const TypeTotal& total = model_.types.at(type);
      out_ += "<tr><th scope=\"row\"><span class=\"key\" style=\"background:" +
              std::string(colour_.at(type)) + "\"></span>" + html_text(type) +
              "</th><td class=\"n\">" + std::to_string(total.tensors) + "</td><td class=\"n\">" +
              megabytes(total.bytes) + "</td><td class=\"n\">" +
              number("%.1f %%", 100.0 * static_cast<double>(total.bytes) /
                                    static_cast<double>(std::max<uint64_t>(whole, 1))) +
              "</td><td>" + bar({{type, total.bytes}}, whole) + "</td><td>" +
              (total.kernel_bits > 0
                   ? html_text(total.kernel_form) + ", " + number("%.3g ", total.kernel_bits) +
                         say("bits a weight", "位/权重")
                   : std::string()) +
              "</td></tr>\n";
    }
    end_table();
  }

  void layers() {
    struct Layer {
      int tensors = 0;
      uint64_t bytes = 0;
      std::map<std::string, uint64_t> types;
    };
    std::map<int, Layer> layers;  // -1: outside
    for (const DescribedTensor& each : model_.tensors) {
      Layer& layer = layers[layer_of(each.name).value_or(-1)];
      ++layer.tensors;
      layer.bytes += each.bytes;
      layer.types[each.type] += each.bytes;
    }
    uint64_t most = 0;
    for (const auto& [index, layer] : layers) {
      if (index >= 0) most = std::max(most, layer.bytes);
    }
    heading("Layers", "层");
    begin_table(
        {say("layer", "层"), say("#tensors", "#张量"), say("#size", "#大小"),
         say("types", "类型图")},
        say("Bytes of each layer by type, against the largest; what is outside, against itself",
            "各层按类型的字节数（以最大的层为准；层外部分以自身为准）"));
    for (const auto& [index, layer] : layers) {
      out_ += "<tr><th scope=\"row\">" +
              (index < 0 ? std::string(say("outside of layers", "层外")) : std::to_string(index)) +
              "</th><td class=\"n\">" + std::to_string(layer.tensors) + "</td><td class=\"n\">" +
              megabytes(layer.bytes) + "</td><td>" +
              bar(layer.types, index < 0 ? layer.bytes : most) + "</td></tr>\n";
    }
    end_table();
  }

  void words() {
    heading("Chat template", "对话模板");
    if (model_.chat_template.empty()) {
      out_ += std::string("<p>") + say("None; ChatML is used.", "无；使用 ChatML。") + "</p>\n";
    } else {
      out_ += "<pre tabindex=\"0\" dir=\"ltr\">" + html_text(model_.chat_template) + "</pre>\n";
    }
  }

  void keys() {
    heading("Settings", "设置");
    begin_table({say("key", "键"), say("type", "类型"), say("value", "值")},
                say("As the files have them, shortened", "文件原值（已截短）"));
    for (const DescribedKey& each : model_.keys) {
      out_ += "<tr><td><code>" + html_text(each.key) + "</code></td><td>" + html_text(each.type) +
              "</td><td><bdi>" + html_text(each.value) + "</bdi></td></tr>\n";
    }
    end_table();
  }

  void tensors() {
    heading("Tensors", "张量");
    begin_table(
        {say("name", "名称"), say("type", "类型"), say("#shape", "#形状"), say("#bytes", "#字节")},
        say("Row-major shapes", "行主序形状"));
    for (const DescribedTensor& each : model_.tensors) {
      std::string shape;
      for (const int64_t extent : each.shape) {
        shape += (shape.empty() ? "" : " × ") + std::to_string(extent);
      }
      out_ += "<tr><td><code>" + html_text(each.name) + "</code></td><td>" + html_text(each.type) +
              "</td><td class=\"n\">" + shape + "</td><td class=\"n\">" +
              std::to_string(each.bytes) + "</td></tr>\n";
    }
    end_table();
  }

  void hashes() {
    heading("Files", "文件");
    begin_table({say("name", "名称"), say("#bytes", "#字节"), "SHA-256"},
                say("What this page describes", "本页所描述的文件"));
    for (const HashedFile& each : files_) {
      out_ += "<tr><td><code>" + html_text(each.name) + "</code></td><td class=\"n\">" +
              std::to_string(each.bytes) + "</td><td><code>" + each.sha256 + "</code></td></tr>\n";
    }
    end_table();
  }

  const ModelDescription& model_;
  const std::vector<HashedFile>& files_;
  const Language language_;
  std::vector<std::string> order_;  // of types, from the most bytes
  std::map<std::string, const char*> colour_;
  std::string out_;
};

bool is_part_of_model(const std::filesystem::path& file) {
  const std::string kind = file.extension().string();
  return kind == ".safetensors" || kind == ".json" || kind == ".jinja";
}

}  // namespace

Result<std::vector<HashedFile>> hash_model_files(const std::filesystem::path& model) {
  std::vector<std::filesystem::path> paths;
  std::error_code problem;
  if (std::filesystem::is_directory(model, problem)) {
    for (const auto& each : std::filesystem::directory_iterator(model, problem)) {
      if (each.is_regular_file(problem) && is_part_of_model(each.path())) {
        paths.push_back(each.path());
      }
    }
    std::sort(paths.begin(), paths.end());
  } else {
    paths.push_back(model);
  }
  std::vector<HashedFile> files;
  for (const auto& each : paths) {
    MW_ASSIGN(const MappedFile file, MappedFile::open(each));
    const auto bytes = file.bytes();
    files.push_back({each.filename().string(), bytes.size(),
                     sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()})});
  }
  return files;
}

std::string model_page(const ModelDescription& model, const std::vector<HashedFile>& files,
                       Language language) {
  return Page(model, files, language).html();
}

}  // namespace mw::app
