// A backup from a disk that somebody else had: as its bytes are, and, as whoever knows the
// passphrase might have made it, as the text that is sealed in it. Names must stay below the folder
// that they are restored into, and no more bytes come than each file said.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "backup/archive.h"
#include "backup/internal/sealed_stream.h"

namespace {

void read(const std::string& bytes, bool cheap_only) {
  using namespace mw::backup;
  // A header may ask for a GiB of Argon2: allowed, and not what is looked for here.
  const auto header = SealHeader::parse(bytes.substr(0, bytes.find('\n') + 1));
  if (cheap_only && header && (header->cost.memory_kib > 64 || header->cost.passes > 2)) return;
  std::size_t at = 0;
  auto archive = ArchiveReader::open(
      [&](std::span<char> into) -> mw::Result<std::size_t> {
        const std::size_t count = std::min(into.size(), bytes.size() - at);
        std::memcpy(into.data(), bytes.data() + at, count);
        at += count;
        return count;
      },
      "passphrase");
  if (!archive) return;
  char buffer[257];
  while (true) {
    const auto entry = archive->next();
    if (!entry || !*entry) return;
    const std::string path = "/" + (*entry)->path + "/";
    if (!is_entry_path((*entry)->path) || path.find("/../") != std::string::npos) std::abort();
    uint64_t left = (*entry)->size;
    while (true) {
      const auto got = archive->read(buffer);
      if (!got) return;
      if (*got > left) std::abort();
      left -= *got;
      if (*got == 0) break;
    }
    if (left != 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::backup;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes, true);
  const SealHeader header{{8, 1}, std::string(16, 's')};
  auto cipher = ChunkCipher::create(header, header.line(), "passphrase");
  if (!cipher) return 0;
  const auto check = cipher->seal({}, false);
  const auto sealed = cipher->seal(bytes.substr(0, kSealedChunkBytes), true);
  if (check && sealed) read(header.line() + *check + *sealed, false);
  return 0;
}
