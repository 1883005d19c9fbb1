#include "tests/support/fake_hub.h"

#include "core/json.h"

namespace mw::testing_support {

FakeHub::FakeHub() : server_([this](const ScriptedRequest& request) { return answer(request); }) {}

std::vector<std::string> FakeHub::ranges_asked() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return ranges_asked_;
}

ScriptedReply FakeHub::answer(const ScriptedRequest& request) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto token = request.headers.find("authorization");
  const bool known = token != request.headers.end() && token->second == "Bearer good";
  const std::string storage_path = "/storage/";
  if (request.target.starts_with(storage_path)) {
    return storage(request, request.target.substr(storage_path.size()));
  }
  if (gated_status != 0 && !known) {
    return ScriptedReply::http(gated_status, R"({"error":"Access to model is restricted"})");
  }
  if (request.target == "/api/models/" + repo + "?blobs=true") return list();
  const std::string resolve_path = "/" + repo + "/resolve/" + revision + "/";
  if (request.target.starts_with(resolve_path)) {
    return resolve(request.target.substr(resolve_path.size()));
  }
  return ScriptedReply::http(404, R"({"error":"Repository not found"})");
}

ScriptedReply FakeHub::list() const {
  Json siblings = Json::array();
  for (const auto& [path, file] : files) {
    Json item = {{"rfilename", path}, {"size", file.content.size()}, {"blobId", "b"}};
    if (!file.listed_sha256.empty()) {
      item["lfs"] = {
          {"sha256", file.listed_sha256}, {"size", file.content.size()}, {"pointerSize", 134}};
    }
    siblings.push_back(std::move(item));
  }
  Json body = {{"id", repo}, {"sha", revision}, {"siblings", std::move(siblings)}};
  if (!licence.empty()) body["cardData"] = {{"license", licence}};
  return ScriptedReply::http(200, to_text(body), {{"Content-Type", "application/json"}});
}

ScriptedReply FakeHub::resolve(const std::string& path) const {
  const auto file = files.find(path);
  if (file == files.end()) return ScriptedReply::http(404, "Entry not found");
  std::map<std::string, std::string> headers = {{"Location", "/storage/" + path}};
  if (announces_hash && !file->second.listed_sha256.empty()) {
    headers["X-Linked-Etag"] = "\"" + file->second.listed_sha256 + "\"";
    headers["X-Linked-Size"] = std::to_string(file->second.content.size());
  }
  return ScriptedReply::http(302, "", headers);
}

ScriptedReply FakeHub::storage(const ScriptedRequest& request, const std::string& path) {
  const auto file = files.find(path);
  if (file == files.end()) return ScriptedReply::http(404, "no such key");
  const std::string& content = file->second.content;
  const auto range = request.headers.find("range");
  ranges_asked_.push_back(range == request.headers.end() ? "" : range->second);
  ScriptedReply reply;
  std::size_t start = 0;
  if (ranges && range != request.headers.end()) {
    start = std::stoul(range->second.substr(6));  // "bytes="
    if (start >= content.size()) return ScriptedReply::http(416, "");
    reply = ScriptedReply::http(206, content.substr(start),
                                {{"Content-Range", "bytes " + std::to_string(start) + "-" +
                                                       std::to_string(content.size() - 1) + "/" +
                                                       std::to_string(content.size())}});
  } else {
    reply = ScriptedReply::http(200, content);
  }
  if (cuts > 0) {
    --cuts;
    reply.send_at_most = reply.bytes.size() - (content.size() - start) + cut_after;
  }
  reply.pause = pause;
  return reply;
}

}  // namespace mw::testing_support
