#include <cstdio>
#include <map>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/model_path.h"
#include "formats/gguf.h"

namespace mw::app {
namespace {

struct TypeTotal {
  int tensors = 0;
  uint64_t bytes = 0;
};

std::map<std::string, TypeTotal> totals(const formats::GgufFile& file) {
  std::map<std::string, TypeTotal> out;
  for (const formats::GgufTensor& tensor : file.tensors()) {
    TypeTotal& total = out[std::string(formats::type_name(tensor.type))];
    ++total.tensors;
    total.bytes += tensor.bytes.size();
  }
  return out;
}

int64_t parameters(const formats::GgufFile& file) {
  int64_t count = 0;
  for (const formats::GgufTensor& tensor : file.tensors()) count += tensor.elements();
  return count;
}

Json description(const formats::GgufFile& file) {
  Json keys = Json::array();
  for (const formats::GgufEntry& entry : file.entries()) {
    keys.push_back({{"key", entry.key}, {"type", entry.type}, {"value", entry.shown}});
  }
  Json tensors = Json::array();
  for (const formats::GgufTensor& tensor : file.tensors()) {
    tensors.push_back({{"name", tensor.name},
                       {"type", formats::type_name(tensor.type)},
                       {"shape", tensor.shape},
                       {"bytes", tensor.bytes.size()}});
  }
  Json types = Json::object();
  for (const auto& [name, total] : totals(file)) {
    types[name] = {{"tensors", total.tensors}, {"bytes", total.bytes}};
  }
  return {{"format", "gguf"},           {"version", file.version()},
          {"bytes", file.file_bytes()}, {"parameters", parameters(file)},
          {"keys", std::move(keys)},    {"tensors", std::move(tensors)},
          {"types", std::move(types)}};
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t extent : shape) {
    text += (text.empty() ? "" : " x ") + std::to_string(extent);
  }
  return text;
}

void print_description(const formats::GgufFile& file) {
  std::printf("GGUF version %u, %.1f MB, %.1f M parameters\n\n", file.version(),
              static_cast<double>(file.file_bytes()) / 1e6,
              static_cast<double>(parameters(file)) / 1e6);
  for (const formats::GgufEntry& entry : file.entries()) {
    std::printf("%-46s %-16s %s\n", entry.key.c_str(), entry.type.c_str(), entry.shown.c_str());
  }
  std::printf("\n");
  for (const formats::GgufTensor& tensor : file.tensors()) {
    std::printf("%-36s %-6s %-18s %12zu\n", tensor.name.c_str(),
                std::string(formats::type_name(tensor.type)).c_str(),
                shape_text(tensor.shape).c_str(), tensor.bytes.size());
  }
  std::printf("\n");
  for (const auto& [name, total] : totals(file)) {
    std::printf("%-6s %4d tensors %10.1f MB\n", name.c_str(), total.tensors,
                static_cast<double>(total.bytes) / 1e6);
  }
}

}  // namespace

int cmd_inspect_model(CommandLine& line) {
  line.describe("Shows what a GGUF file holds: metadata, tensors (row-major shapes), types.");
  const auto data = data_folder(line);
  const std::string model = line.positional("MODEL", "a GGUF file, or a name in the store");
  if (const auto status = line.finish()) return *status;
  const auto path = model_path(data, model);
  if (!path) return fail(line, path.error());
  const auto file = formats::GgufFile::open(*path);
  if (!file) return fail(line, file.error());
  if (line.json()) {
    print_json(description(*file));
  } else {
    print_description(*file);
  }
  return 0;
}

}  // namespace mw::app
