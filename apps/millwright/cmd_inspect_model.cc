#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/model_description.h"
#include "apps/millwright/model_path.h"

namespace mw::app {
namespace {

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t extent : shape) {
    text += (text.empty() ? "" : " x ") + std::to_string(extent);
  }
  return text;
}

void print_description(const ModelDescription& model) {
  std::printf("%s, %.1f MB, %.1f M parameters\n", model.title.c_str(),
              static_cast<double>(model.bytes) / 1e6, static_cast<double>(model.parameters) / 1e6);
  const std::string refused =
      model.problem ? "not served: " + model.problem->message.en : std::string();
  std::printf("%s\n", model.problem ? refused.c_str() : model.summary.c_str());
  std::printf("tokenizer      %s\n", model.tokenizer.c_str());
  std::printf("chat template  %s\n",
              model.chat_template.empty()
                  ? "none; ChatML is used"
                  : (std::to_string(model.chat_template.size()) + " bytes, see --json").c_str());
  std::printf("licence        %s\n\n",
              model.licence.empty() ? "not stated here" : model.licence.c_str());
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
    std::printf("%-6s %4d tensors %10.1f MB\n", name.c_str(), total.tensors,
                static_cast<double>(total.bytes) / 1e6);
  }
}

}  // namespace

int cmd_inspect_model(CommandLine& line) {
  line.describe(
      "Shows what a GGUF file or a model folder holds: settings, tensors (row-major shapes), "
      "types, "
      "and whether this version serves it.");
  const auto data = data_folder(line);
  const std::string model =
      line.positional("MODEL", "name in the store, GGUF file or model folder");
  if (const auto status = line.finish()) return *status;
  const auto path = model_path(data, model);
  if (!path) return fail(line, path.error());
  const auto description = describe_model(*path);
  if (!description) return fail(line, description.error());
  if (line.json()) {
    print_json(to_json(*description));
  } else {
    print_description(*description);
  }
  return 0;
}

}  // namespace mw::app
