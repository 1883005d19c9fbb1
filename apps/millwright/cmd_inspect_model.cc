#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/licence_terms.h"
#include "apps/millwright/model_description.h"
#include "apps/millwright/model_page.h"
#include "apps/millwright/model_path.h"
#include "core/file.h"

namespace mw::app {
namespace {

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t extent : shape) {
    text += (text.empty() ? "" : " x ") + std::to_string(extent);
  }
  return text;
}

std::string abilities_text(const ModelAbilities& can) {
  std::string text;
  const auto add = [&](bool has, const char* what) {
    if (has) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(can.generates, "generate");
  add(can.chats, "chat");
  add(can.calls_tools, "call tools");
  add(can.reasons, "reason");
  add(can.embeds, "embed");
  add(can.reranks, "rerank");
  return text.empty() ? "nothing that this version knows" : text;
}

Result<void> write_page(const ModelDescription& description, const std::filesystem::path& model,
                        const std::string& file, Language language) {
  MW_ASSIGN(const auto hashed, hash_model_files(model));
  return write_file_atomically(file, model_page(description, hashed, language));
}

void print_description(const ModelDescription& model) {
  std::printf("%s\n%s, %.1f MB, %.1f M parameters\n", model.name.c_str(), model.title.c_str(),
              static_cast<double>(model.bytes) / 1e6, static_cast<double>(model.parameters) / 1e6);
  const std::string refused =
      model.problem ? "not served: " + model.problem->message.en : std::string();
  std::printf("%s\n", model.problem ? refused.c_str() : model.summary.c_str());
  std::printf("tokenizer      %s\n", model.tokenizer.c_str());
  std::printf("chat template  %s\n",
              model.chat_template.empty()
                  ? "none; ChatML is used"
                  : (std::to_string(model.chat_template.size()) + " bytes, see --json").c_str());
  std::printf("licence        %s%s%s\n", model.licence.c_str(), model.licence.empty() ? "" : ": ",
              licence_terms(model.licence).in(terminal_language()).c_str());
  std::printf("may            %s\n", abilities_text(model.abilities).c_str());
  if (model.kv_bytes_per_token > 0) {
    std::printf("keys, values   %.1f KiB a token\n",
                static_cast<double>(model.kv_bytes_per_token) / 1024);
  }
  std::printf("\n");
  for (const DescribedKey& key : model.keys) {
    std::printf("%-46s %-16s %s\n", key.key.c_str(), key.type.c_str(), key.value.c_str());
  }
  std::printf("\n");
  for (const DescribedTensor& tensor : model.tensors) {
    std::printf("%-36s %-6s %-18s %12zu\n", tensor.name.c_str(), tensor.type.c_str(),
                shape_text(tensor.shape).c_str(), tensor.bytes);
  }
  std::printf("\n");
  for (const auto& [name, total] : model.types) {
    std::printf("%-6s %4d tensors %10.1f MB", name.c_str(), total.tensors,
                static_cast<double>(total.bytes) / 1e6);
    if (total.kernel_bits > 0) {
      std::printf("   matrices run as %s, %.3g bits a weight, none rounded",
                  total.kernel_form.c_str(), total.kernel_bits);
    }
    std::printf("\n");
  }
}

}  // namespace

int cmd_inspect_model(CommandLine& line) {
  line.describe(
      "Shows what a GGUF file or a model folder holds: settings, tensors (row-major shapes), "
      "types, tokenizer, template, licence, what it may do, and whether this version serves it.");
  const auto data = data_folder(line);
  const std::string html = line.option("html", "FILE", "", "writes it as a page instead");
  const bool zh = terminal_language() == Language::kZh;
  const std::string language =
      line.option("lang", "zh|en", zh ? "zh" : "en", "language of the page");
  const std::string model =
      line.positional("MODEL", "name in the store, GGUF file or model folder");
  if (const auto status = line.finish()) return *status;
  if (language != "zh" && language != "en") {
    return fail(line, Error::make(Code::kInvalidArgument, "--lang: expected zh or en",
                                  "--lang：应为 zh 或 en", "lang"));
  }
  const auto path = model_path(data, model);
  if (!path) return fail(line, path.error());
  const auto description = describe_model(*path);
  if (!description) return fail(line, description.error());
  if (!html.empty()) {
    const auto written =
        write_page(*description, *path, html, language == "zh" ? Language::kZh : Language::kEn);
    if (!written) return fail(line, written.error());
  }
  if (line.json()) {
    print_json(to_json(*description));
  } else if (!html.empty()) {
    std::printf("%s\n", html.c_str());
  } else {
    print_description(*description);
  }
  return 0;
}

}  // namespace mw::app
