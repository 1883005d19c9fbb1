// How fast text becomes ids on one thread:
//   tokenizer_bench TOKENIZER FILE [ROUNDS]
//   tokenizer_bench --ids TOKENIZER TEXTS.json
// TOKENIZER is a GGUF file or a tokenizer.json. One JSON line: bytes, ids, the time to build the
// tokenizer, MB/s of the first pass and of the best of ROUNDS (5) by processor time, and whether
// decoding gives the text back. With --ids, for each text of an array its ids, those with the
// model's template, and what decoding gives: for comparing many texts with another implementation
// in one go. Exits 77 when a file is not there.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "core/file.h"
#include "core/json.h"
#include "formats/gguf.h"
#include "models/gguf_tokenizer.h"
#include "tokenizers/tokenizer_json.h"

namespace {

constexpr int kSkipped = 77;

using Tokenizer = mw::tokenizers::Tokenizer;

/// Of this thread alone, so that what else runs on the machine does not count.
int64_t thread_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

mw::Result<std::unique_ptr<Tokenizer>> open_tokenizer(const std::string& path) {
  if (path.ends_with(".json")) {
    MW_ASSIGN(const std::string text, mw::read_file(path, uint64_t{1} << 30));
    return mw::tokenizers::parse_tokenizer_json(text);
  }
  MW_ASSIGN(const mw::formats::GgufFile file, mw::formats::GgufFile::open(path));
  return mw::models::read_tokenizer(file);
}

mw::Result<mw::Json> ids_of(const char* model, const char* path) {
  MW_ASSIGN(const auto tokenizer, open_tokenizer(model));
  MW_ASSIGN(const std::string text, mw::read_file(path, uint64_t{1} << 30));
  MW_ASSIGN(const mw::Json texts, mw::parse_json(text));
  mw::Json all = mw::Json::array();
  for (const mw::Json& each : texts) {
    if (!each.is_string()) {
      return mw::Error::make(mw::Code::kInvalidArgument, "expected an array of strings");
    }
    const auto ids = tokenizer->encode(each.get<std::string>(), Tokenizer::Special::kParse);
    all.push_back(mw::Json{
        {"ids", ids}, {"prompt", tokenizer->with_template(ids)}, {"text", tokenizer->decode(ids)}});
  }
  return all;
}

mw::Result<mw::Json> measure(const char* model, const char* path, int rounds) {
  MW_ASSIGN(const std::string text, mw::read_file(path, uint64_t{1} << 30));
  const int64_t begun = thread_ns();
  MW_ASSIGN(const auto tokenizer, open_tokenizer(model));
  const double build_ms = static_cast<double>(thread_ns() - begun) * 1e-6;
  const auto pass = [&](std::vector<int32_t>& ids) {
    const int64_t start = thread_ns();
    ids = tokenizer->encode(text, Tokenizer::Special::kAsText);
    return static_cast<double>(text.size()) * 1e3 / static_cast<double>(thread_ns() - start);
  };
  std::vector<int32_t> ids;
  const double first_mb_s = pass(ids);
  const bool lossless = tokenizer->decode(ids) == text;
  double best_mb_s = 0;
  for (int round = 0; round < rounds; ++round) best_mb_s = std::max(best_mb_s, pass(ids));
  return mw::Json{{"bytes", text.size()}, {"ids", ids.size()},        {"lossless", lossless},
                  {"build_ms", build_ms}, {"first_mb_s", first_mb_s}, {"best_mb_s", best_mb_s}};
}

}  // namespace

int main(int argc, char** argv) {
  const bool ids = argc == 4 && std::string_view(argv[1]) == "--ids";
  if (argc < 3) {
    std::fprintf(stderr, "usage: tokenizer_bench [--ids] TOKENIZER FILE [ROUNDS]\n");
    return 2;
  }
  for (const char* needed : {argv[1 + ids], argv[2 + ids]}) {
    if (std::filesystem::exists(needed)) continue;
    std::fprintf(stderr, "tokenizer_bench: skipped, %s is not there\n", needed);
    return kSkipped;
  }
  const auto result =
      ids ? ids_of(argv[2], argv[3]) : measure(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 5);
  if (!result) {
    std::fprintf(stderr, "tokenizer_bench: %s\n", result.error().message.en.c_str());
    return 1;
  }
  std::printf("%s\n", mw::to_text(*result).c_str());
  return 0;
}
