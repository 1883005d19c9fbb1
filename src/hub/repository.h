#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::hub {

/// What the hub's API says of a repository (GET /api/models/ORG/REPO?blobs=true).
struct Repository {
  struct File {
    std::string path;
    uint64_t bytes = 0;  // 0 when the hub does not say
    std::string sha256;  // of files in large-file storage; else empty
  };
  std::string revision = "main";  // the commit, so that list and content are of one state
  std::string licence;            // empty when the card names none
  std::vector<File> files;
};

/// Errors  kCorrupt: not the API's shape. Files with unsafe paths or odd hashes are left out.
Result<Repository> parse_repository(const Json& value);

/// The file to fetch: `wanted`, or the only GGUF file when `wanted` is empty.
/// Errors  kNotFound, kUnsupported (no GGUF, or one in several parts), kInvalidArgument (several to
///         choose from); each lists what there is.
Result<Repository::File> choose_file(const Repository& repository, const std::string& name,
                                     const std::string& wanted);

}  // namespace mw::hub
