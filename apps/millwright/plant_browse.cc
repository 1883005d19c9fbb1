#include "apps/millwright/plant_browse.h"

#include <algorithm>
#include <cstdio>

#include "core/file.h"
#include "core/private_file.h"
#include "plant/opcua_browse.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;

Result<plant::OpcuaOptions> server_of(const fs::path& data, const std::string& endpoint,
                                      const BrowseWords& words) {
  plant::OpcuaOptions server;
  server.name = words.name;
  server.endpoint = endpoint;
  server.folder = (data / "opcua").string();
  server.user = words.user;
  const auto* const security =
      std::find_if(plant::kOpcuaSecurityWords.begin(), plant::kOpcuaSecurityWords.end(),
                   [&](const auto& each) { return words.security == each.first; });
  if (security == plant::kOpcuaSecurityWords.end()) {
    return Error::make(
        Code::kInvalidArgument,
        "--security: expected sign_and_encrypt, sign or none, got '" + words.security + "'",
        "--security：应为 sign_and_encrypt、sign 或 none，实际为“" + words.security + "”",
        "--security");
  }
  server.security = security->second;
  if (words.user.empty() == words.password_file.has_value()) {
    return Error::make(Code::kInvalidArgument, "--user and --password-file go together",
                       "--user 和 --password-file 必须同时给出", "--user");
  }
  if (words.password_file) {
    MW_ASSIGN(server.password, read_secret_line(*words.password_file, "--password-file"));
  }
  return server;
}

std::string path_text(const plant::OpcuaVariable& variable) {
  std::string out;
  for (const std::string& name : variable.path) out += (out.empty() ? "" : "/") + name;
  // What a server calls its nodes goes to a terminal: nothing in it may steer that.
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

Json json_of(const plant::OpcuaBrowse& browse) {
  Json variables = Json::array();
  for (const plant::OpcuaVariable& each : browse.variables) {
    variables.push_back({{"node", each.node},
                         {"path", each.path},
                         {"type", each.type},
                         {"array", each.array},
                         {"readable", each.readable},
                         {"history", each.history},
                         {"unit", plant::opcua_unit(each)},
                         {"low", each.low ? Json(*each.low) : Json()},
                         {"high", each.high ? Json(*each.high) : Json()}});
  }
  return {{"variables", std::move(variables)}, {"cut", browse.cut}};
}

void print_table(const plant::OpcuaBrowse& browse) {
  const bool zh = terminal_language() == Language::kZh;
  for (const plant::OpcuaVariable& each : browse.variables) {
    const std::string unit = plant::opcua_unit(each);
    const std::string type = (each.type.empty() ? "?" : each.type) + (each.array ? "[]" : "");
    std::printf("%-10s %-8s %s%s\n           %s\n", type.c_str(), unit.c_str(),
                path_text(each).c_str(), each.history ? (zh ? "  （有历史）" : "  (history)") : "",
                each.node.c_str());
  }
  std::printf(zh ? "%zu 个变量\n" : "%zu variables\n", browse.variables.size());
  if (browse.cut) {
    std::printf(zh ? "还有更多：请用 --start、--depth 或 --most\n"
                   : "There is more: see --start, --depth and --most\n");
  }
}

Result<void> write_new(const fs::path& path, const std::string& text) {
  std::error_code problem;
  if (fs::exists(path, problem)) {
    return Error::make(Code::kConflict, path.string() + " is there already: nothing is replaced",
                       path.string() + " 已存在，不会覆盖", "--write");
  }
  return write_file_atomically(path, text);
}

}  // namespace

Result<int> browse_server(CommandLine& line, const fs::path& data, const std::string& endpoint,
                          const BrowseWords& words) {
  plant::OpcuaBrowseOptions options;
  MW_ASSIGN(options.server, server_of(data, endpoint, words));
  options.start = words.start;
  options.depth = words.depth;
  options.most = static_cast<std::size_t>(words.most);
  MW_ASSIGN(const plant::OpcuaBrowse browse, plant::browse_opcua(options));
  if (words.write) {
    const fs::path folder = *words.write;
    MW_TRY(make_private_folder(folder));
    MW_TRY(write_new(folder / "connector.toml",
                     plant::opcua_connector_toml(options.server, words.asset, browse.variables)));
    MW_TRY(write_new(folder / "plant.json",
                     plant::opcua_plant_description(words.asset, browse.variables)));
  }
  if (line.json()) {
    print_json(json_of(browse));
  } else {
    print_table(browse);
  }
  return 0;
}

}  // namespace mw::app
