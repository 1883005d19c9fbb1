#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace mw {

/// Who asks. Every read of data takes one; there is no call without it.
struct Identity {
  enum class Kind { kPerson, kApiKey, kService };

  Kind kind = Kind::kService;
  std::string name;
  std::vector<std::string> roles;   // "viewer", "operator", "engineer", "admin"
  std::vector<std::string> lines;   // lines this identity may see; "*" is all
  std::vector<std::string> labels;  // document labels; "*" is all

  /// Deny by default: an empty list sees nothing.
  bool may_see_line(const std::string& line) const {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& mine) { return mine == "*" || mine == line; });
  }

  /// The same text for all who may do and see the same: what may be shared between requests.
  std::string rights() const {
    std::string text;
    for (std::vector<std::string> each : {roles, lines, labels}) {
      std::sort(each.begin(), each.end());
      for (const std::string& word : each) text += word + '\x1f';
      text += '\x1e';
    }
    return text;
  }

  /// The person at this machine's own console and command line: sees all, acts on nothing.
  static Identity local_viewer() { return {Kind::kPerson, "local", {"viewer"}, {"*"}, {"*"}}; }
};

}  // namespace mw
