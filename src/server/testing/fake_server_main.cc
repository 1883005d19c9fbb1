// The server with fakes behind it, for trying clients and loads without a model:
//   mw_fake_server [PORT]
// Answers every chat with the same words; runs until its standard input ends.
#include <cstdio>
#include <cstdlib>

#include "server/testing/api_server.h"

int main(int argc, char** argv) {
  using mw::server::testing::FakeGenerator;
  using mw::server::testing::piece;
  mw::server::ServerOptions options;
  options.port = argc > 1 ? static_cast<uint16_t>(std::atoi(argv[1])) : 0;
  mw::server::testing::ApiServer server(options);
  server.generator().set_context_length(4096);
  server.generator().keep_requests = false;
  FakeGenerator::Script script;
  for (const char* word : {"Paris", " is", " the", " capital", " of", " France", "."}) {
    script.pieces.push_back(piece(word, -0.25));
  }
  server.script({script});
  std::printf("http://127.0.0.1:%d\n", server.port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
