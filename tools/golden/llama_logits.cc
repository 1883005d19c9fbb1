// Writes reference logits of llama.cpp for tests/golden/models: the first 64 tokens of each prompt,
// teacher forced, run on the file's weights widened to F32 (llama-quantize ... F32), so that
// llama.cpp computes in plain float.
//   g++ -std=c++17 -O2 -I LLAMA/include -I LLAMA/ggml/include llama_logits.cc BUILD/src/libllama.a
//       BUILD/ggml/src/libggml.a BUILD/ggml/src/libggml-cpu.a BUILD/ggml/src/libggml-base.a
//       -fopenmp -pthread -o llama_logits
//   ./llama_logits model-f32.gguf prompts.txt > logits.json
// prompts.txt holds one prompt a line. Each position keeps the logits of 24 ids spread over the
// vocabulary and of the 8 largest, as JSON.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "llama.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  llama_model* model = llama_model_load_from_file(argv[1], llama_model_default_params());
  if (model == nullptr) return 1;
  const llama_vocab* vocabulary = llama_model_get_vocab(model);
  const int size = llama_vocab_n_tokens(vocabulary);
  std::ifstream prompts(argv[2]);
  std::string prompt;
  std::printf("{\"prompts\": [\n");
  bool first_prompt = true;
  while (std::getline(prompts, prompt)) {
    std::vector<llama_token> ids(512);
    const int count = llama_tokenize(vocabulary, prompt.c_str(), static_cast<int>(prompt.size()),
                                     ids.data(), 512, false, false);
    ids.resize(std::min(count, 64));
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx = 128;
    parameters.n_threads = 2;
    parameters.type_k = GGML_TYPE_F32;
    parameters.type_v = GGML_TYPE_F32;
    parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    llama_context* context = llama_init_from_model(model, parameters);
    std::printf("%s{\"ids\": [", first_prompt ? "" : ",\n");
    first_prompt = false;
    for (std::size_t i = 0; i < ids.size(); ++i) std::printf("%s%d", i ? "," : "", ids[i]);
    std::printf("], \"positions\": [");
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (llama_decode(context, llama_batch_get_one(&ids[i], 1)) != 0) return 1;
      const float* logits = llama_get_logits_ith(context, -1);
      double squares = 0;
      for (int v = 0; v < size; ++v) squares += static_cast<double>(logits[v]) * logits[v];
      std::vector<int> order(size);
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(), order.begin() + 8, order.end(),
                        [&](int a, int b) { return logits[a] > logits[b]; });
      std::vector<int> kept(order.begin(), order.begin() + 8);
      for (int k = 0; k < 24; ++k) kept.push_back((k * 2039 + static_cast<int>(i) * 97) % size);
      std::printf("%s\n{\"rms\": %.6g, \"ids\": [", i ? "," : "", std::sqrt(squares / size));
      for (std::size_t k = 0; k < kept.size(); ++k) std::printf("%s%d", k ? "," : "", kept[k]);
      std::printf("], \"logits\": [");
      for (std::size_t k = 0; k < kept.size(); ++k) {
        std::printf("%s%.6g", k ? "," : "", static_cast<double>(logits[kept[k]]));
      }
      std::printf("]}");
    }
    std::printf("]}");
    llama_free(context);
  }
  std::printf("\n]}\n");
  llama_model_free(model);
  return 0;
}
