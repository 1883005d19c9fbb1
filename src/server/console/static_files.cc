#include "server/console/static_files.h"

#include <algorithm>
#include <array>

#include "server/http/api_error.h"

namespace mw::server {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".map", "application/json"},
}};

std::string_view extension(std::string_view path) {
  const std::size_t dot = path.find_last_of("./");
  return dot == std::string_view::npos || path[dot] == '/' ? std::string_view{} : path.substr(dot);
}

// If-None-Match holds one or more quoted tags, perhaps marked weak, or "*".
bool matches(std::string_view if_none_match, const std::string& etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
  const std::string_view mine = extension(path);
  for (const auto& [ending, type] : kTypes) {
    if (equals_ignoring_case(ending, mine)) return type;
  }
  return "application/octet-stream";
}

bool is_content_hashed(std::string_view path) {
  if (path.substr(0, 7) != "assets/") return false;
  const std::size_t dot = path.find_last_of('.');
  if (dot == std::string_view::npos || dot < 9 || path[dot - 9] != '-') return false;
  const std::string_view hash = path.substr(dot - 8, 8);  // Vite: eight of [A-Za-z0-9_-]
  return std::all_of(hash.begin(), hash.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

const EmbeddedFile* StaticFiles::find(std::string_view path) const {
  const auto found =
      std::lower_bound(files_.begin(), files_.end(), path,
                       [](const EmbeddedFile& file, std::string_view p) { return file.path < p; });
  return found == files_.end() || found->path != path ? nullptr : &*found;
}

HttpResponse StaticFiles::answer(const HttpRequest& request) const {
  const std::string_view path = std::string_view(request.path).substr(1);
  const std::string_view first = path.substr(0, path.find('/'));
  const bool api = first == "api" || first == "v1";
  if (files_.empty() && !api && extension(path).empty()) return console_missing_page();
  const EmbeddedFile* file = find(path.empty() ? "index.html" : path);
  // A page of the console has no extension; a file that is not there is not a page.
  if (file == nullptr && !api && extension(path).empty()) file = find("index.html");
  if (file == nullptr) {
    return error_response(
        Error::make(Code::kNotFound, "there is nothing at this address", "此地址不存在", "url"));
  }
  const std::string* accepted = request.header("Accept-Encoding");
  const bool packed = !file->packed.empty() && accepted != nullptr && list_holds(*accepted, "gzip");
  const std::string etag = "\"" + std::string(file->tag) + (packed ? "-gz\"" : "\"");
  HttpResponse response;
  response.content_type = std::string(content_type_of(file->path));
  response.headers = {
      {"ETag", etag},
      {"Vary", "Accept-Encoding"},
      {"Cache-Control",
       is_content_hashed(file->path) ? "public, max-age=31536000, immutable" : "no-cache"}};
  const std::string* known = request.header("If-None-Match");
  if (known != nullptr && matches(*known, etag)) {
    response.status = 304;
    return response;
  }
  if (packed) response.headers.push_back({"Content-Encoding", "gzip"});
  response.body = std::string(packed ? file->packed : file->plain);
  return response;
}

HttpResponse console_missing_page() {
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"Cache-Control", "no-cache"}};
  response.body =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Millwright</title>"
      "<h1>Millwright is running</h1>"
      "<p>This build has no console in it. Build one with <code>cd web &amp;&amp; npm ci "
      "&amp;&amp; "
      "npm run build</code>, then build the program again (or just start <code>./run</code>).</p>"
      "<p lang=\"zh\">程序正在运行，但此版本未包含控制台。请执行 <code>cd web &amp;&amp; npm ci "
      "&amp;&amp; npm run build</code> 后重新编译，或直接运行 <code>./run</code>。</p>"
      "<p>The API works: <a href=\"/v1/models\">/v1/models</a>, "
      "<a href=\"/api/openapi.json\">/api/openapi.json</a>, <a href=\"/metrics\">/metrics</a>.</p>"
      "</html>\n";
  return response;
}

}  // namespace mw::server
