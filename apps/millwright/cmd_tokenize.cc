#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/engine_flags.h"
#include "core/file.h"
#include "formats/gguf.h"
#include "models/model_folder.h"

namespace mw::app {
namespace {

struct Request {
  EngineFlags flags;
  std::string model;
  std::optional<std::string> text;
  std::optional<std::string> file;
  bool special = false;
};

Result<Json> tokenize(const Request& request) {
  std::string text = request.text.value_or("");
  if (request.file) {
    MW_ASSIGN(text, read_file(*request.file, uint64_t{1} << 30));
  }
  MW_ASSIGN(const auto path, model_path(request.flags.data, request.model));
  MW_ASSIGN(const auto tokenizer, models::open_tokenizer(path));
  const auto special = request.special ? tokenizers::Tokenizer::Special::kParse
                                       : tokenizers::Tokenizer::Special::kAsText;
  const std::vector<int32_t> ids = tokenizer->encode(text, special);
  Json pieces = Json::array();
  for (const int32_t id : ids) pieces.push_back(tokenizer->display_piece(id));
  return Json{{"ids", ids}, {"pieces", std::move(pieces)}};
}

}  // namespace

int cmd_tokenize(CommandLine& line) {
  line.describe("Shows the tokens of a text.");
  Request request;
  request.flags = engine_flags(line);
  request.text = line.maybe_option("text", "TEXT", "what to split");
  request.file = line.maybe_option("file", "FILE", "what to split, from a file");
  request.special = line.flag("special", "let the text hold special tokens such as <|im_end|>");
  request.model = line.positional("MODEL", "name in the store, GGUF file or model folder");
  if (const auto status = line.finish()) return *status;
  if (request.text.has_value() == request.file.has_value()) {
    return fail(line, Error::make(Code::kInvalidArgument, "give either --text or --file",
                                  "请给出 --text 或 --file 之一", "text"));
  }
  const auto result = tokenize(request);
  if (!result) return fail(line, result.error());
  if (line.json()) {
    print_json(*result);
    return 0;
  }
  for (std::size_t i = 0; i < (*result)["ids"].size(); ++i) {
    std::printf("%6d  %s\n", (*result)["ids"][i].get<int>(),
                to_text((*result)["pieces"][i]).c_str());
  }
  return 0;
}

}  // namespace mw::app
