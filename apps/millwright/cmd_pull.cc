#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/model_path.h"
#include "core/clock.h"
#include "formats/gguf.h"
#include "hub/progress_bar.h"
#include "hub/pull.h"
#include "models/model_folder.h"

namespace mw::app {
namespace {

/// Draws progress on stderr: one line that is rewritten on a terminal, a few lines in a log.
class ProgressPrinter {
 public:
  ProgressPrinter(Language language, bool quiet) : language_(language), quiet_(quiet) {}
  ~ProgressPrinter() {
    if (open_line_) std::fputc('\n', stderr);
  }

  void show(const hub::PullProgress& progress) {
    const bool changed = !shown_ || hub::is_milestone(last_, progress);
    shown_ = true;
    if (quiet_) return;
    if (terminal_) {
      const bool next_stage = open_line_ && last_.stage != progress.stage;
      const std::string line = hub::progress_line(progress, columns() - 1, language_);
      std::fprintf(stderr, "%s\r%s\x1b[K", next_stage ? "\n" : "", line.c_str());
      open_line_ = true;
    } else if (changed) {
      std::fprintf(stderr, "%s\n", hub::progress_line(progress, 80, language_).c_str());
    }
    std::fflush(stderr);
    last_ = progress;
  }
  /// False when there was nothing to fetch.
  bool shown() const { return shown_; }

 private:
  static int columns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
  }

  const Language language_;
  const bool quiet_;
  const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
  bool open_line_ = false;
  hub::PullProgress last_;
};

void print_model(const hub::StoredModel& model, bool fetched, Language language) {
  const hub::ModelManifest& manifest = model.manifest;
  const bool zh = language == Language::kZh;
  const char* state = fetched ? (zh ? "已就绪" : "ready") : (zh ? "模型库中已有" : "already there");
  const char* none = zh ? "来源未说明" : "not stated by the source";
  std::printf("%s %s\n  %s %s\n  sha256 %s\n  %s %.1f MB, %s\n", manifest.name.c_str(), state,
              zh ? "许可证" : "licence", manifest.licence.empty() ? none : manifest.licence.c_str(),
              manifest.sha256.c_str(), zh ? "大小" : "size",
              static_cast<double>(manifest.bytes) / 1e6, model.path.c_str());
}

Result<void> check_model(const hub::StoredModel& model) {
  if (model.manifest.is_folder()) {
    const auto folder = models::ModelFolder::open(model.path);
    return folder ? Result<void>() : folder.error();
  }
  const auto file = formats::GgufFile::open(model.path);
  return file ? Result<void>() : file.error();
}

Result<hub::StoredModel> pull_checked(const hub::ModelStore& store, const std::string& text,
                                      const hub::PullOptions& options, ProgressPrinter& printer) {
  MW_ASSIGN(const hub::Source source, hub::parse_source(text));
  MW_ASSIGN(hub::StoredModel model,
            hub::pull(store, source, options, SystemClock(),
                      [&](const hub::PullProgress& progress) { printer.show(progress); }, {}));
  // The right bytes may still be no model: better said now than when somebody asks a question.
  if (const auto whole = check_model(model); !whole) {
    (void)store.remove(model.manifest.name);
    return whole.error().within(model.manifest.name + " was removed again");
  }
  return model;
}

}  // namespace

int cmd_pull(CommandLine& line) {
  line.describe("Fetches a model into the store, verified by its hash; goes on where it stopped.");
  const auto data = data_folder(line);
  hub::PullOptions options = pull_options_from_environment();
  options.name = line.option("name", "NAME", "", "name in the store (default: from the source)");
  const bool quiet = line.flag("quiet", "no progress");
  const std::string source =
      line.positional("SOURCE", "smollm2-135m-instruct, hf:ORG/REPO[/FILE] or file:PATH");
  if (const auto status = line.finish()) return *status;

  const auto store = open_store(data);
  if (!store) return fail(line, store.error());
  const Language language = terminal_language();
  auto fetched = Result<hub::StoredModel>(Error{});
  bool anything_fetched = false;
  {
    ProgressPrinter printer(language, quiet);  // ends its line before anything else is printed
    fetched = pull_checked(*store, source, options, printer);
    anything_fetched = printer.shown();
  }
  if (!fetched) return fail(line, fetched.error());
  if (line.json()) {
    Json out = hub::to_json(fetched->manifest);
    out["path"] = fetched->path.string();
    print_json(out);
  } else {
    print_model(*fetched, anything_fetched, language);
  }
  return 0;
}

}  // namespace mw::app
