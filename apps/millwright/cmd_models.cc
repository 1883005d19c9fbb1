#include <algorithm>
#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/model_path.h"
#include "hub/model_store.h"
#include "hub/source.h"

namespace mw::app {
namespace {

Json listing(const std::vector<hub::StoredModel>& models) {
  Json list = Json::array();
  for (const hub::StoredModel& model : models) {
    Json item = hub::to_json(model.manifest);
    item.erase("schema");
    item["path"] = model.path.string();
    item["problem"] =
        model.problem ? Json{{"en", model.problem->message.en}, {"zh", model.problem->message.zh}}
                      : Json(nullptr);
    list.push_back(std::move(item));
  }
  return {{"models", std::move(list)}};
}

void print_table(const std::vector<hub::StoredModel>& models, Language language) {
  const bool zh = language == Language::kZh;
  if (models.empty()) {
    std::printf(zh ? "模型库为空。获取默认模型：millwright pull %s\n"
                   : "The store is empty. Fetch the default model with: millwright pull %s\n",
                std::string(hub::kDefaultModel).c_str());
    return;
  }
  std::size_t width = 4;
  for (const auto& model : models) width = std::max(width, model.manifest.name.size());
  const int columns = static_cast<int>(width);
  std::printf("%-*s  %10s  %-14s  %s\n", columns, "NAME", "SIZE", "LICENCE", "SOURCE");
  for (const hub::StoredModel& model : models) {
    const hub::ModelManifest& manifest = model.manifest;
    if (model.problem) {
      std::printf("%-*s  %s\n", columns, manifest.name.c_str(),
                  model.problem->message.in(language).c_str());
      continue;
    }
    std::printf("%-*s  %7.1f MB  %-14s  %s\n", columns, manifest.name.c_str(),
                static_cast<double>(manifest.bytes) / 1e6,
                manifest.licence.empty() ? "-" : manifest.licence.c_str(), manifest.source.c_str());
  }
}

int list_models(const CommandLine& line, const hub::ModelStore& store) {
  const auto models = store.list();
  if (!models) return fail(line, models.error());
  if (line.json()) {
    print_json(listing(*models));
  } else {
    print_table(*models, terminal_language());
  }
  return 0;
}

}  // namespace

int cmd_models(CommandLine& line) {
  line.describe(
      "Lists the models of the store; `rm NAME` removes one, `verify NAME` hashes it again.");
  const auto data = data_folder(line);
  const auto action = line.maybe_positional("rm|verify", "what to do; nothing lists");
  const auto name = line.maybe_positional("NAME", "which model");
  if (const auto status = line.finish()) return *status;
  if (action && ((*action != "rm" && *action != "verify") || !name)) {
    return fail(line,
                Error::make(Code::kInvalidArgument, "expected nothing, `rm NAME` or `verify NAME`",
                            "应为空、`rm 名称` 或 `verify 名称`", *action));
  }
  const auto store = open_store(data);
  if (!store) return fail(line, store.error());
  if (!action) return list_models(line, *store);
  const auto stored = store->find(*name);  // before it goes
  const Result<void> done = *action == "rm" ? store->remove(*name) : store->verify(*name);
  if (!done) return fail(line, done.error());
  if (*action == "rm" && stored) {
    std::error_code ignored;  // what stays is found by nobody, and makes room for others
    std::filesystem::remove_all(kept_prompts(data, stored->manifest.sha256), ignored);
  }
  const char* did = *action == "rm" ? "removed" : "verified";
  if (line.json()) {
    print_json({{did, *name}});
  } else {
    std::printf("%s %s\n", did, name->c_str());
  }
  return 0;
}

}  // namespace mw::app
