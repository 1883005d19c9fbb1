#include "tests/support/tiny_decoder.h"

#include <algorithm>

#include "core/check.h"
#include "core/file.h"
#include "formats/gguf_writer.h"
#include "tests/support/safetensors_bytes.h"

namespace mw::testing_support {
namespace {

uint64_t mixed(uint64_t z) {
  z += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

uint64_t fnv1a(const std::string& text) {
  uint64_t state = 0xCBF29CE484222325ULL;
  for (const char c : text) state = (state ^ static_cast<uint8_t>(c)) * 0x100000001B3ULL;
  return state;
}

int64_t elements(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t dim : shape) count *= dim;
  return count;
}

}  // namespace

TinyDecoder::TinyDecoder(const std::filesystem::path& source, const std::string& name) {
  const auto path = source / "tests/golden/models/decoders" / (name + ".json");
  golden_ = parse_json(read_file(path, 1 << 22).value()).value();
  ids_ = golden_["ids"].get<std::vector<int32_t>>();
  logits_ = golden_["logits"].get<std::vector<std::vector<float>>>();
}

TinyDecoder::Values TinyDecoder::values_of(const Json& tensor, const std::string& salt) {
  Values out;
  out.shape = tensor[1].get<std::vector<int64_t>>();
  const uint64_t start = fnv1a(salt + tensor[0].get<std::string>());
  const auto scale = static_cast<float>(tensor[2].get<double>() / (1 << 23));
  const auto offset = tensor[3].get<float>();
  for (int64_t i = 0; i < elements(out.shape); ++i) {
    const uint64_t top = mixed(start + static_cast<uint64_t>(i)) >> 40;
    out.values.push_back(static_cast<float>(static_cast<int64_t>(top) - (1 << 23)) * scale +
                         offset);
  }
  return out;
}

void TinyDecoder::write_folder(const std::filesystem::path& folder, int files) const {
  std::vector<Json> headers(static_cast<std::size_t>(files), Json::object());
  std::vector<std::string> data(headers.size());
  Json map = Json::object();
  std::size_t at = 0;
  for (const Json& tensor : golden_["tensors"]) {
    Values values = values_of(tensor);
    const auto added = added_.find(tensor[0].get<std::string>());
    for (std::size_t i = 0; added != added_.end() && i < values.values.size(); ++i) {
      values.values[i] += added->second[i];
    }
    const auto file = at++ % headers.size();
    const std::size_t begin = data[file].size();
    data[file].append(reinterpret_cast<const char*>(values.values.data()),
                      values.values.size() * sizeof(float));
    headers[file][tensor[0].get<std::string>()] = {
        {"dtype", "F32"}, {"shape", values.shape}, {"data_offsets", {begin, data[file].size()}}};
    map[tensor[0].get<std::string>()] = "part-" + std::to_string(file) + ".safetensors";
  }
  MW_CHECK(write_file_atomically(folder / "config.json", to_text(golden_["config"])).has_value());
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const std::string name =
        files == 1 ? "model.safetensors" : "part-" + std::to_string(i) + ".safetensors";
    const std::string bytes = safetensors_bytes(to_text(headers[i]), data[i]);
    MW_CHECK(write_file_atomically(folder / name, bytes).has_value());
  }
  if (files == 1) return;
  const Json index = {{"weight_map", map}};
  MW_CHECK(
      write_file_atomically(folder / "model.safetensors.index.json", to_text(index)).has_value());
}

TinyDecoder::Values TinyDecoder::changed(Values tensor, const std::string& name,
                                         const std::string& how) const {
  Values out = tensor;
  const auto rows = static_cast<std::size_t>(tensor.shape[0]);
  const std::size_t width = tensor.values.size() / rows;
  if (how == "plus_one") {
    for (float& each : out.values) each += 1;
  } else if (how == "transpose") {
    std::swap(out.shape[0], out.shape[1]);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < width; ++c) {
        out.values[c * rows + r] = tensor.values[r * width + c];
      }
    }
  } else if (how == "pair_rows") {
    const bool query = name.find("q_proj") != std::string::npos;
    const Json& config = golden_["config"];
    const auto heads =
        config[query ? "num_attention_heads" : "num_key_value_heads"].get<std::size_t>();
    const std::size_t dim = rows / heads;
    for (std::size_t r = 0; r < rows; ++r) {  // row i and row i + d/2 become neighbours
      const std::size_t in_head = r % dim;
      const std::size_t from = r - in_head + in_head / 2 + in_head % 2 * (dim / 2);
      std::copy_n(tensor.values.begin() + static_cast<std::ptrdiff_t>(from * width), width,
                  out.values.begin() + static_cast<std::ptrdiff_t>(r * width));
    }
  } else {
    MW_CHECK(how == "as_is");
  }
  return out;
}

std::string TinyDecoder::gguf() const {
  std::map<std::string, Json> by_name;
  for (const Json& tensor : golden_["tensors"]) by_name[tensor[0].get<std::string>()] = tensor;
  formats::GgufWriter writer;
  for (const auto& [key, value] : golden_["gguf"]["keys"].items()) {
    if (value.is_string()) writer.add_text(key, value.get<std::string>());
    if (value.is_number_integer()) writer.add_u32(key, value.get<uint32_t>());
    if (value.is_number_float()) writer.add_f32(key, value.get<float>());
  }
  for (const Json& each : golden_["gguf"]["tensors"]) {
    const auto name = each[1].get<std::string>();
    const Values values = changed(values_of(by_name.at(name)), name, each[2].get<std::string>());
    writer.add_tensor(each[0].get<std::string>(), values.shape, values.values);
  }
  return writer.build().value();
}

}  // namespace mw::testing_support
