#pragma once

#include <map>
#include <mutex>
#include <string>

#include "tests/support/scripted_server.h"

namespace mw::testing_support {

/// A server that speaks the part of the hub's HTTP API that `millwright pull` uses:
/// GET /api/models/ORG/REPO?blobs=true, GET /ORG/REPO/resolve/REV/FILE (a redirect to its storage,
/// with X-Linked-Etag), and ranges there. Faults are switched on by the public members, before or
/// between requests.
class FakeHub {
 public:
  FakeHub();

  struct File {
    std::string content;
    std::string listed_sha256;  // what the API says; empty leaves it out
  };
  std::string repo = "org/repo";
  std::string revision = "0123456789abcdef0123456789abcdef01234567";
  std::string licence = "apache-2.0";
  std::map<std::string, File> files;

  std::size_t cut_after = std::string::npos;  // the next `cuts` bodies end after so many bytes
  int cuts = 0;
  bool ranges = true;          // false: a server that always sends the whole file
  int gated_status = 0;        // 401 or 403 for everything without the token "good"
  bool announces_hash = true;  // X-Linked-Etag
  std::chrono::milliseconds pause{0};

  std::string address() const { return server_.address(); }
  /// Range headers of the storage requests so far, "" for none.
  std::vector<std::string> ranges_asked() const;

 private:
  ScriptedReply answer(const ScriptedRequest& request);
  ScriptedReply list() const;
  ScriptedReply resolve(const std::string& path) const;
  ScriptedReply storage(const ScriptedRequest& request, const std::string& path);

  mutable std::mutex mutex_;
  std::vector<std::string> ranges_asked_;
  ScriptedServer server_;  // last: it calls answer() from its own threads
};

}  // namespace mw::testing_support
