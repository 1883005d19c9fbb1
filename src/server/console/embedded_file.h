#pragma once

#include <span>
#include <string_view>

namespace mw::server {

/// A file compiled into the program (cmake/mw_embed.cmake). Lives for ever.
struct EmbeddedFile {
  std::string_view path;  // relative: "index.html", "assets/index-3f2a91bc.js"
  std::string_view tag;   // first 16 hexadecimal digits of its SHA-256
  std::string_view plain;
  std::string_view packed;  // gzip; empty where that is no smaller
};

/// The console's bundle (web/dist); empty when it was not built.
std::span<const EmbeddedFile> console_files();
/// JSON schemas of our own routes (src/server/api/schemas).
std::span<const EmbeddedFile> schema_files();

}  // namespace mw::server
