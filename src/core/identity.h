#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw {

/// Each may do what those before it may.
enum class Role {
  kViewer,    // reads
  kOperator,  // acknowledges, comments, corrects
  kEngineer,  // changes what is measured, trained and served
  kAdmin,     // people, keys, audit
};

/// A role, and what it holds for. Empty lists see nothing; "*" is all.
struct Grant {
  Role role = Role::kViewer;
  std::vector<std::string> lines;
  std::vector<std::string> labels;  // of documents

  bool operator==(const Grant&) const = default;
  bool covers_line(std::string_view line) const { return covers(lines, line); }
  bool covers_label(std::string_view label) const { return covers(labels, label); }

 private:
  static bool covers(const std::vector<std::string>& mine, std::string_view one) {
    return std::any_of(mine.begin(), mine.end(),
                       [&](const std::string& each) { return each == "*" || each == one; });
  }
};

/// Who asks. Every read of data takes one; there is no call without it.
struct Identity {
  enum class Kind { kPerson, kApiKey, kService };

  Kind kind = Kind::kService;
  std::string name;
  /// Their own and those of their groups. What one of them allows is allowed, nothing else: a role
  /// of one grant never reaches the lines of another (ADR 0097).
  std::vector<Grant> grants;

  /// Whether they may do what takes this role with something of the line.
  bool may(Role least, std::string_view line) const {
    return std::any_of(grants.begin(), grants.end(), [&](const Grant& each) {
      return each.role >= least && each.covers_line(line);
    });
  }
  /// Deny by default: who has no grant sees nothing.
  bool may_see_line(std::string_view line) const { return may(Role::kViewer, line); }
  bool may_see_label(std::string_view label) const {
    return std::any_of(grants.begin(), grants.end(),
                       [&](const Grant& each) { return each.covers_label(label); });
  }
  /// Somewhere, or with what is of no line: what opens a door, never enough to touch a thing.
  bool has_role(Role least) const {
    return std::any_of(grants.begin(), grants.end(),
                       [&](const Grant& each) { return each.role >= least; });
  }
  /// The same one with those grants alone: sees only what they may do that with.
  Identity at_least(Role least) const {
    Identity narrowed{kind, name, {}};
    for (const Grant& each : grants) {
      if (each.role >= least) narrowed.grants.push_back(each);
    }
    return narrowed;
  }

  /// The same text for all who may do and see the same: what may be shared between requests.
  std::string rights() const {
    std::vector<std::string> texts;
    for (const Grant& grant : grants) {
      std::string text = std::to_string(static_cast<int>(grant.role)) + '\x1e';
      for (std::vector<std::string> each : {grant.lines, grant.labels}) {
        std::sort(each.begin(), each.end());
        for (const std::string& word : each) text += word + '\x1f';
        text += '\x1e';
      }
      texts.push_back(std::move(text));
    }
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    std::string whole;
    for (const std::string& each : texts) whole += each + '\x1d';
    return whole;
  }

  static Identity viewer_of(std::vector<std::string> lines) {
    return {Kind::kPerson, "", {{Role::kViewer, std::move(lines), {}}}};
  }
  /// The person at this machine's own console and command line: sees all, acts on nothing.
  static Identity local_viewer() {
    return {Kind::kPerson, "local", {{Role::kViewer, {"*"}, {"*"}}}};
  }
};

}  // namespace mw
