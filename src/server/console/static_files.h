#pragma once

#include <span>
#include <string_view>

#include "server/console/embedded_file.h"
#include "server/http/http_types.h"

namespace mw::server {

/// Answers GET requests from embedded files: gzip where the client takes it, strong ETags and 304,
/// content-hashed files immutable, everything else no-cache. A path of no file that is not an
/// asset's gets index.html, since the console keeps its state in the URL.
class StaticFiles {
 public:
  explicit StaticFiles(std::span<const EmbeddedFile> files) : files_(files) {}

  HttpResponse answer(const HttpRequest& request) const;

 private:
  const EmbeddedFile* find(std::string_view path) const;
  const std::span<const EmbeddedFile> files_;  // sorted by path
};

/// "text/javascript; charset=utf-8" for "a.js"; application/octet-stream when not known.
std::string_view content_type_of(std::string_view path);

/// True for names that carry a hash of their content: "assets/index-B3xYz_12.js".
bool is_content_hashed(std::string_view path);

/// The page shown when the console was not built: says how to.
HttpResponse console_missing_page();

}  // namespace mw::server
