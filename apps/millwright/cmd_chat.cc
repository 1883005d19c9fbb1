#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>

#include "apps/millwright/adapter_flag.h"
#include "apps/millwright/commands.h"
#include "apps/millwright/engine_choice.h"
#include "hub/source.h"
#include "runtime/loaded_model.h"

namespace mw::app {
namespace {

// A signal handler can reach nothing but a global.
std::atomic<bool> g_interrupted = false;
void interrupt(int) { g_interrupted = true; }

Result<std::string> answer(runtime::ServedModel& served,
                           const std::vector<runtime::ChatMessage>& messages, int max_tokens) {
  runtime::GenerateRequest request;
  MW_ASSIGN(request.prompt_ids,
            runtime::chat_prompt_ids(*served.chat_template, *served.tokenizer, messages, true));
  const int room = served.generator->context_length() - static_cast<int>(request.prompt_ids.size());
  request.max_tokens = std::min(max_tokens, room);
  if (room < 1) {
    return Error::make(Code::kInvalidArgument,
                       "the conversation fills the model's context; start a new one with /new",
                       "对话已占满上下文，请用 /new 重新开始");
  }
  g_interrupted = false;
  // Ctrl-C ends the answer, not the program: the pieces stop being printed and it is cancelled.
  std::atomic<runtime::Generator::RequestId> id = 0;
  std::atomic<bool> done = false;
  runtime::GenerateResult result;
  MW_ASSIGN(id, served.generator->submit(
                    std::move(request),
                    [](const runtime::Piece& piece) {
                      std::fwrite(piece.text.data(), 1, piece.text.size(), stdout);
                      std::fflush(stdout);
                    },
                    [&](const runtime::GenerateResult& finished) {
                      result = finished;
                      done = true;
                      done.notify_all();
                    }));
  while (!done) {
    if (g_interrupted) served.generator->cancel(id);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::printf("\n");
  return result.text;
}

using Models = std::vector<std::shared_ptr<runtime::ServedModel>>;

/// The next of `models` after `current`, for /adapter.
std::size_t next_model(const Models& models, std::size_t current) {
  const std::size_t next = (current + 1) % models.size();
  std::fprintf(stderr, "%s\n", models[next]->name.c_str());
  return next;
}

/// Talks with the last of `models` first; the others are the same without or with other adapters.
int talk(CommandLine& line, const Models& models, int max_tokens) {
  std::signal(SIGINT, interrupt);
  std::vector<runtime::ChatMessage> messages;
  std::size_t current = models.size() - 1;
  std::fprintf(stderr, "%s: /new starts again%s, Ctrl-C stops an answer, Ctrl-D ends\n",
               models[current]->name.c_str(),
               models.size() > 1 ? ", /adapter takes the next adapter" : "");
  std::string text;
  while (true) {
    std::fprintf(stderr, "> ");
    if (!std::getline(std::cin, text)) break;
    if (text.empty()) continue;
    if (text == "/new") {
      messages.clear();
      continue;
    }
    if (text == "/adapter") {
      current = next_model(models, current);
      continue;
    }
    messages.push_back({"user", text});
    const auto reply = answer(*models[current], messages, max_tokens);
    if (!reply) {
      messages.pop_back();
      fail(line, reply.error());
      continue;
    }
    messages.push_back({"assistant", *reply});
  }
  return 0;
}

}  // namespace

int cmd_chat(CommandLine& line) {
  line.describe("Talks with a model in the terminal.");
  const EngineFlags flags = model_flags(line);
  const int max_tokens =
      static_cast<int>(line.integer("max-tokens", "N", 512, "of an answer", 1, 1 << 20));
  const std::vector<std::string> adapters = adapter_flags(line);
  const std::string model = line.maybe_positional("MODEL", "name in the store or path")
                                .value_or(std::string(hub::kDefaultModel));
  if (const auto status = line.finish()) return *status;
  const auto wanted = parse_adapter_flags(adapters);
  if (!wanted) return fail(line, wanted.error());
  const auto path = model_path(flags.data, model);
  if (!path) return fail(line, path.error());
  const auto engine = choose_engine(flags, Calibrate::kForThreads);
  if (!engine) return fail(line, engine.error());
  const auto opened = runtime::open_model(*path, open_options(flags, *engine, *path));
  if (!opened) return fail(line, opened.error());
  runtime::LoadOptions options;
  options.name = model;
  options.fingerprint =
      fingerprint(*path, models::precision_suffix(flags.precision.floats, opened->model->config()));
  options.scheduler.threads = engine->threads;
  options.scheduler.isa = engine->isa;
  options.scheduler.max_running = 1;
  Models models = {runtime::serve_model(*opened, std::move(options), no_log())};
  runtime::keep_packed(*opened);
  for (const AdapterFlag& each : *wanted) {
    auto adapted = with_adapter(*models.front(), each);
    if (!adapted) return fail(line, adapted.error());
    models.push_back(std::move(*adapted));
  }
  return talk(line, models, max_tokens);
}

}  // namespace mw::app
