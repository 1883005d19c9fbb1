#pragma once

// A JSON Schema document: which schemas it holds, under which names, and what each $ref means.
// References into other documents are refused: nothing is fetched.

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/json.h"
#include "grammar/compiled_grammar.h"

namespace mw::grammar {

class SchemaIndex {
 public:
  struct Entry {
    const Json* json = nullptr;
    std::string base;     // URI that its references are relative to
    std::string pointer;  // where it stands, for errors
  };

  /// Keeps `root` alive. Errors: kUnsupported, kInvalidArgument; param is the JSON pointer.
  static Result<std::unique_ptr<SchemaIndex>> build(Json root, SchemaDraft draft);

  int root() const { return 0; }
  SchemaDraft draft() const { return draft_; }
  const Entry& entry(int id) const { return entries_[static_cast<std::size_t>(id)]; }
  /// The schema under a keyword of another one; `path` are the member names and indexes from there.
  int child(int parent, const Json& json, const std::string& path);
  /// A schema that is written nowhere, in the place of `origin`.
  int made(Json json, int origin);
  Result<int> resolve(int from, const std::string& reference, const char* keyword);
  /// Whether some other schema of the document has this $dynamicAnchor too.
  int dynamic_anchors(const std::string& name) const;

 private:
  SchemaIndex(Json root, SchemaDraft draft) : root_(std::move(root)), draft_(draft) {}
  Result<void> walk(const Json& json, std::string base, const std::string& pointer, int depth);
  Result<void> walk_kids(const Json& json, const std::string& base, const std::string& pointer,
                         int depth);
  int add(const Json& json, const std::string& base, const std::string& pointer);
  Result<int> follow(const Json& from, std::string base, const std::string& at,
                     const std::string& path, const Error& missing);

  const Json root_;
  SchemaDraft draft_;
  std::vector<Entry> entries_;
  std::map<const Json*, int> ids_;
  std::map<std::string, const Json*> resources_;  // by URI
  std::map<std::string, const Json*> anchors_;    // by URI#name
  std::map<std::string, int> dynamic_;            // how many by name
  std::deque<Json> made_;
};

/// An error about a place in a schema.
Error schema_error(Code code, const std::string& pointer, const std::string& en,
                   const std::string& zh);
/// A member name as a part of a JSON pointer.
std::string pointer_part(const std::string& name);

}  // namespace mw::grammar
