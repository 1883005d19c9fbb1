#pragma once

#include "apps/millwright/command_line.h"

namespace mw::app {

// One function a command: reads its words, does it, returns the exit status (0 done, 1 failed,
// 2 wrong use). Results go to stdout, progress and logs to stderr.
int cmd_ask(CommandLine& line);
int cmd_audit(CommandLine& line);
int cmd_backup(CommandLine& line);
int cmd_bench(CommandLine& line);
int cmd_chat(CommandLine& line);
int cmd_embed(CommandLine& line);
int cmd_eval(CommandLine& line);
int cmd_generate(CommandLine& line);
int cmd_group(CommandLine& line);
int cmd_info(CommandLine& line);
int cmd_inspect_model(CommandLine& line);
int cmd_maintain(CommandLine& line);
int cmd_models(CommandLine& line);
int cmd_plant(CommandLine& line);
int cmd_pull(CommandLine& line);
int cmd_quantize(CommandLine& line);
int cmd_serve(CommandLine& line);
int cmd_token(CommandLine& line);
int cmd_tokenize(CommandLine& line);
int cmd_user(CommandLine& line);
int cmd_vibration(CommandLine& line);

}  // namespace mw::app
