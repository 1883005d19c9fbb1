#include "tests/support/tiny_adapter.h"

#include <cmath>

#include "core/check.h"
#include "core/file.h"
#include "formats/gguf_writer.h"
#include "tests/support/safetensors_bytes.h"

namespace mw::testing_support {
namespace {

/// "model.layers.0.mlp.up_proj" of a tensor of its change.
std::string module_of(const std::string& tensor) {
  const std::string prefix = "base_model.model.";
  const std::string suffix = ".lora_A.weight";  // as long as the other one
  return tensor.substr(prefix.size(), tensor.size() - prefix.size() - suffix.size());
}

}  // namespace

TinyAdapter::TinyAdapter(const std::filesystem::path& source, const std::string& name)
    : case_(name) {
  const auto path = source / "tests/golden/models/adapters" / (name + ".json");
  golden_ = parse_json(read_file(path, 1 << 22).value()).value();
  logits_ = golden_["logits"].get<std::vector<std::vector<float>>>();
}

void TinyAdapter::write_folder(const std::filesystem::path& folder) const {
  Json header = Json::object();
  std::string data;
  for (const Json& tensor : golden_["tensors"]) {
    const auto values = TinyDecoder::values_of(tensor, case_);
    const std::size_t begin = data.size();
    data.append(reinterpret_cast<const char*>(values.values.data()),
                values.values.size() * sizeof(float));
    header[tensor[0].get<std::string>()] = {
        {"dtype", "F32"}, {"shape", values.shape}, {"data_offsets", {begin, data.size()}}};
  }
  MW_CHECK(write_file_atomically(folder / "adapter_config.json", to_text(golden_["config"]))
               .has_value());
  MW_CHECK(write_file_atomically(folder / "adapter_model.safetensors",
                                 safetensors_bytes(to_text(header), data))
               .has_value());
}

std::string TinyAdapter::gguf(const TinyDecoder& base) const {
  TinyDecoder known = base;
  formats::GgufWriter writer;
  writer.add_text("general.type", "adapter");
  writer.add_text("general.architecture",
                  known.gguf_keys()["general.architecture"].get<std::string>());
  writer.add_text("adapter.type", "lora");
  writer.add_f32("adapter.lora.alpha", golden_["config"]["lora_alpha"].get<float>());
  for (const Json& tensor : golden_["tensors"]) {
    const auto name = tensor[0].get<std::string>();
    const bool up = name.ends_with(".lora_B.weight");
    const std::string module = module_of(name);
    for (const Json& each : known.gguf_tensors()) {
      if (each[1] != module + ".weight") continue;
      // The rows of B are the weight's; a weight that is stored inputs first has the same A and B.
      const auto how = each[2].get<std::string>();
      const auto values = TinyDecoder::values_of(tensor, case_);
      const auto written = up && how == "pair_rows" ? known.changed(values, module, how) : values;
      writer.add_tensor(each[0].get<std::string>() + (up ? ".lora_b" : ".lora_a"), written.shape,
                        written.values);
    }
  }
  return writer.build().value();
}

void TinyAdapter::merge_into(TinyDecoder& base) const {
  std::map<std::string, TinyDecoder::Values> by_name;
  for (const Json& tensor : golden_["tensors"]) {
    by_name[tensor[0].get<std::string>()] = TinyDecoder::values_of(tensor, case_);
  }
  for (const auto& [name, down] : by_name) {
    if (!name.ends_with(".lora_A.weight")) continue;
    const std::string module = module_of(name);
    const auto& up = by_name.at("base_model.model." + module + ".lora_B.weight");
    const auto rank = static_cast<std::size_t>(down.shape[0]);
    const auto width = static_cast<std::size_t>(down.shape[1]);
    const double factor = scale(module);
    std::vector<float> change;
    for (std::size_t n = 0; n < static_cast<std::size_t>(up.shape[0]); ++n) {
      for (std::size_t d = 0; d < width; ++d) {
        double sum = 0;
        for (std::size_t r = 0; r < rank; ++r) {
          sum += double{up.values[n * rank + r]} * down.values[r * width + d];
        }
        change.push_back(static_cast<float>(factor * sum));
      }
    }
    base.add_to(module + ".weight", std::move(change));
  }
}

double TinyAdapter::scale(const std::string& module) const {
  const Json& config = golden_["config"];
  const auto by = [&](const char* key, double otherwise) {
    for (const auto& [name, value] : config[key].items()) {
      if (module.ends_with(name.starts_with('^') ? name.substr(1) : name)) {
        return value.get<double>();
      }
    }
    return otherwise;
  };
  const double rank = by("rank_pattern", config["r"].get<double>());
  const double alpha = by("alpha_pattern", config["lora_alpha"].get<double>());
  return alpha / (config["use_rslora"].get<bool>() ? std::sqrt(rank) : rank);
}

}  // namespace mw::testing_support
