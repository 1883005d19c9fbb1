#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "apps/millwright/commands.h"
#include "apps/millwright/engine_flags.h"

namespace mw::app {
namespace {

struct Command {
  std::string_view name;
  int (*run)(CommandLine& line);
  std::string_view summary;
};

constexpr std::array<Command, 21> kCommands = {{
    {"serve", cmd_serve, "run the server: console, API, plant"},
    {"ask", cmd_ask, "ask the factory a question"},
    {"chat", cmd_chat, "talk with a model in the terminal"},
    {"generate", cmd_generate, "continue a text with a model"},
    {"tokenize", cmd_tokenize, "show a text's tokens"},
    {"embed", cmd_embed, "turn texts into vectors"},
    {"plant", cmd_plant, "import and export samples as CSV"},
    {"maintain", cmd_maintain, "see failures coming: learn, score, explain"},
    {"vibration", cmd_vibration, "say what a vibration recording says of its bearing"},
    {"pull", cmd_pull, "fetch a model into the store"},
    {"models", cmd_models, "list or remove models of the store"},
    {"inspect-model", cmd_inspect_model, "show what a model file holds"},
    {"quantize", cmd_quantize, "write a model with smaller weights"},
    {"bench", cmd_bench, "measure prefill and decode"},
    {"eval", cmd_eval, "measure a model's quality (perplexity)"},
    {"user", cmd_user, "add, change or remove people"},
    {"group", cmd_group, "add, change or remove groups of people"},
    {"token", cmd_token, "create or revoke keys of programs"},
    {"audit", cmd_audit, "verify or show the record of who did what"},
    {"backup", cmd_backup, "keep a data folder elsewhere, and get it back"},
    {"info", cmd_info, "show version, processor and memory"},
}};

void print_usage(std::FILE* out) {
  std::fprintf(out, "usage: millwright COMMAND [WORDS]   (millwright COMMAND --help)\n\n");
  for (const Command& each : kCommands) {
    std::fprintf(out, "  %-14s %s\n", each.name.data(), each.summary.data());
  }
}

int run(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  if (name.empty() || name == "--help" || name == "-h" || name == "help") {
    print_usage(name.empty() ? stderr : stdout);
    return name.empty() ? 2 : 0;
  }
  if (name == "--version") {
    std::printf("millwright %s (%s)\n", version().c_str(), commit().c_str());
    return 0;
  }
  for (const Command& each : kCommands) {
    if (each.name != name) continue;
    CommandLine line(name, std::vector<std::string>(argv + 2, argv + argc));
    return each.run(line);
  }
  std::fprintf(stderr, "millwright: unknown command '%s'\n\n", name.c_str());
  print_usage(stderr);
  return 2;
}

}  // namespace
}  // namespace mw::app

int main(int argc, char** argv) { return mw::app::run(argc, argv); }
