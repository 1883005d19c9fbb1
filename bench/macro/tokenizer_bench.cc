// How fast text becomes ids on one thread:
//   tokenizer_bench MODEL.gguf FILE [ROUNDS]
// One JSON line: bytes, ids, the time to build the tokenizer, MB/s of the first pass and of the
// best of ROUNDS (5). Checks before timing that decoding gives the text back. Exits 77 when a file
// is not there.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "formats/gguf.h"
#include "models/gguf_tokenizer.h"

namespace {

constexpr int kSkipped = 77;

mw::Result<mw::Json> measure(const char* model, const char* path, int rounds) {
  MW_ASSIGN(const mw::formats::GgufFile file, mw::formats::GgufFile::open(model));
  MW_ASSIGN(const std::string text, mw::read_file(path, uint64_t{1} << 30));
  const int64_t begun = mw::steady_ns();
  MW_ASSIGN(const auto tokenizer, mw::models::read_tokenizer(file));
  const double build_ms = static_cast<double>(mw::steady_ns() - begun) * 1e-6;
  const auto pass = [&](std::vector<int32_t>& ids) {
    const int64_t start = mw::steady_ns();
    ids = tokenizer->encode(text, mw::tokenizers::Tokenizer::Special::kAsText);
    return static_cast<double>(text.size()) * 1e3 / static_cast<double>(mw::steady_ns() - start);
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
  if (argc < 3) {
    std::fprintf(stderr, "usage: tokenizer_bench MODEL.gguf FILE [ROUNDS]\n");
    return 2;
  }
  for (const char* needed : {argv[1], argv[2]}) {
    if (std::filesystem::exists(needed)) continue;
    std::fprintf(stderr, "tokenizer_bench: skipped, %s is not there\n", needed);
    return kSkipped;
  }
  const auto result = measure(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 5);
  if (!result) {
    std::fprintf(stderr, "tokenizer_bench: %s\n", result.error().message.en.c_str());
    return 1;
  }
  std::printf("%s\n", mw::to_text(*result).c_str());
  return 0;
}
