#include "grammar/internal/schema_index.h"

#include <array>
#include <optional>

namespace mw::grammar {
namespace {

constexpr int kMaxDepth = 200;
constexpr std::size_t kMaxSchemas = 100'000;

constexpr std::array kOne = {"additionalProperties",
                             "propertyNames",
                             "contains",
                             "not",
                             "if",
                             "then",
                             "else",
                             "items",
                             "additionalItems",
                             "unevaluatedItems",
                             "unevaluatedProperties"};
constexpr std::array kLists = {"allOf", "anyOf", "oneOf", "prefixItems", "items"};
constexpr std::array kMaps = {"properties",  "patternProperties", "$defs",
                              "definitions", "dependentSchemas",  "dependencies"};

bool has_scheme(const std::string& uri) {
  const std::size_t colon = uri.find(':');
  return colon != std::string::npos && colon > 0 && uri.find_first_of("/?#") > colon;
}

/// RFC 3986, 5.2, for what schemas use.
std::string resolve_uri(const std::string& base, const std::string& reference) {
  if (reference.empty()) return base;
  if (has_scheme(reference) || base.empty()) return reference;
  const std::size_t scheme = base.find(':');
  std::size_t path = scheme == std::string::npos ? 0 : scheme + 1;
  if (base.compare(path, 2, "//") == 0) {
    path = std::min(base.find('/', path + 2), base.size());
  }
  if (reference.starts_with("//")) return base.substr(0, base.find(':') + 1) + reference;
  if (reference.starts_with('/')) return base.substr(0, path) + reference;
  if (scheme != std::string::npos && base.compare(scheme, 3, "://") != 0) return reference;  // urn
  const std::size_t slash = base.rfind('/');
  std::string out = slash == std::string::npos || slash < path ? base.substr(0, path) + "/"
                                                               : base.substr(0, slash + 1);
  std::string rest = reference;
  while (rest.starts_with("../") || rest.starts_with("./")) {
    if (rest.starts_with("../")) {
      const std::size_t cut = out.size() > path + 1 ? out.rfind('/', out.size() - 2) : path;
      out.resize(std::max(path, cut) + 1);
      rest.erase(0, 3);
    } else {
      rest.erase(0, 2);
    }
  }
  return out + rest;
}

std::string without_fragment(const std::string& uri) { return uri.substr(0, uri.find('#')); }

std::string percent_decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) -> int {
      if (at >= text.size()) return -1;
      const char c = text[at];
      if (c >= '0' && c <= '9') return c - '0';
      if (c >= 'a' && c <= 'f') return c - 'a' + 10;
      if (c >= 'A' && c <= 'F') return c - 'A' + 10;
      return -1;
    };
    if (text[i] == '%' && digit(i + 1) >= 0 && digit(i + 2) >= 0) {
      out += static_cast<char>(digit(i + 1) * 16 + digit(i + 2));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string member_text(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<SchemaDraft> draft_named(const std::string& uri) {
  if (uri.find("json-schema.org/draft/2020-12/schema") != std::string::npos) {
    return SchemaDraft::k2020;
  }
  for (const char* name : {"json-schema.org/draft-07/schema", "json-schema.org/draft-06/schema"}) {
    if (uri.find(name) != std::string::npos) return SchemaDraft::k7;
  }
  return std::nullopt;
}

}  // namespace

Error schema_error(Code code, const std::string& pointer, const std::string& en,
                   const std::string& zh) {
  const std::string place = pointer.empty() ? "/" : pointer;
  return Error::make(code, "schema " + place + ": " + en, "模式 " + place + "：" + zh, pointer);
}

std::string pointer_part(const std::string& name) {
  std::string out = "/";
  for (const char each : name) {
    if (each == '~') {
      out += "~0";
    } else if (each == '/') {
      out += "~1";
    } else {
      out += each;
    }
  }
  return out;
}

Result<std::unique_ptr<SchemaIndex>> SchemaIndex::build(Json root, SchemaDraft draft) {
  if (root.is_object()) {
    const std::string named = member_text(root, "$schema");
    if (!named.empty()) {
      const auto known = draft_named(named);
      if (!known) {
        return schema_error(
            Code::kUnsupported, "/$schema",
            "'" + named.substr(0, 200) + "' is not supported: use draft 2020-12 or draft 7",
            "不支持该模式版本：请使用 2020-12 或 draft 7");
      }
      draft = *known;
    }
  }
  std::unique_ptr<SchemaIndex> out(new SchemaIndex(std::move(root), draft));
  out->resources_[""] = &out->root_;
  out->add(out->root_, "", "");
  MW_TRY(out->walk(out->root_, "", "", 0));
  return out;
}

int SchemaIndex::add(const Json& json, const std::string& base, const std::string& pointer) {
  const auto [found, is_new] = ids_.try_emplace(&json, static_cast<int>(entries_.size()));
  if (is_new) entries_.push_back({&json, base, pointer});
  return found->second;
}

Result<void> SchemaIndex::walk(const Json& json, std::string base, const std::string& pointer,
                               int depth) {
  if (depth > kMaxDepth || entries_.size() > kMaxSchemas) {
    return schema_error(Code::kUnsupported, pointer, "nested deeper than 200 levels, or too large",
                        "嵌套超过 200 层或过大");
  }
  if (json.is_object()) {
    const bool hidden = draft_ == SchemaDraft::k7 && json.contains("$ref");
    std::string id = hidden ? std::string() : member_text(json, "$id");
    if (draft_ == SchemaDraft::k7 && id.starts_with('#')) {
      anchors_.try_emplace(without_fragment(base) + id, &json);
      id.clear();
    }
    if (!id.empty()) {
      base = resolve_uri(base, id);
      if (draft_ == SchemaDraft::k7 && base.find('#') != std::string::npos &&
          !base.ends_with('#')) {
        anchors_.try_emplace(base, &json);
      }
      base = without_fragment(base);
      resources_.try_emplace(base, &json);
      const std::string named = member_text(json, "$schema");
      if (!named.empty() && draft_named(named) != draft_) {
        return schema_error(Code::kUnsupported, pointer + "/$schema",
                            "a part in another draft than the whole is not supported",
                            "不支持混用不同版本");
      }
    }
    if (draft_ == SchemaDraft::k2020) {
      for (const char* keyword : {"$anchor", "$dynamicAnchor"}) {
        const std::string name = member_text(json, keyword);
        if (name.empty()) continue;
        anchors_.try_emplace(base + "#" + name, &json);
        if (keyword[1] == 'd') ++dynamic_[name];
      }
    }
  }
  const int id = add(json, base, pointer);
  entries_[static_cast<std::size_t>(id)].base = base;
  return json.is_object() ? walk_kids(json, base, pointer, depth) : Result<void>();
}

Result<void> SchemaIndex::walk_kids(const Json& json, const std::string& base,
                                    const std::string& pointer, int depth) {
  const auto is_schema = [](const Json& each) { return each.is_object() || each.is_boolean(); };
  for (const char* name : kOne) {
    const auto found = json.find(name);
    if (found == json.end() || !is_schema(*found)) continue;
    MW_TRY(walk(*found, base, pointer + "/" + name, depth + 1));
  }
  for (const char* name : kLists) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_array()) continue;
    for (std::size_t i = 0; i < found->size(); ++i) {
      MW_TRY(walk((*found)[i], base, pointer + "/" + name + "/" + std::to_string(i), depth + 1));
    }
  }
  for (const char* name : kMaps) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_object()) continue;
    for (const auto& [key, value] : found->items()) {
      if (!is_schema(value)) continue;
      MW_TRY(walk(value, base, pointer + "/" + name + pointer_part(key), depth + 1));
    }
  }
  return {};
}

int SchemaIndex::child(int parent, const Json& json, const std::string& path) {
  const Entry& from = entry(parent);
  return add(json, std::string(from.base), from.pointer + path);
}

int SchemaIndex::made(Json json, int origin) {
  made_.push_back(std::move(json));
  return add(made_.back(), std::string(entry(origin).base), std::string(entry(origin).pointer));
}

int SchemaIndex::dynamic_anchors(const std::string& name) const {
  const auto found = dynamic_.find(name);
  return found == dynamic_.end() ? 0 : found->second;
}

Result<int> SchemaIndex::follow(const Json& from, std::string base, const std::string& at,
                                const std::string& path, const Error& missing) {
  const Json* here = &from;
  std::string pointer = at;
  std::size_t begin = 1;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    std::string name;
    for (std::size_t i = begin; i < end; ++i) {
      if (path[i] == '~' && i + 1 < end) {
        name += path[++i] == '1' ? '/' : '~';
      } else {
        name += path[i];
      }
    }
    if (here->is_object() && here->contains(name)) {
      here = &(*here)[name];
    } else if (here->is_array() && !name.empty() &&
               name.find_first_not_of("0123456789") == std::string::npos && name.size() < 9 &&
               std::stoul(name) < here->size()) {
      here = &(*here)[std::stoul(name)];
    } else {
      return missing;
    }
    pointer += path.substr(begin - 1, end - begin + 1);
    if (const auto known = ids_.find(here); known != ids_.end()) base = entry(known->second).base;
    begin = end + 1;
  }
  return add(*here, base, pointer);
}

Result<int> SchemaIndex::resolve(int from, const std::string& reference, const char* keyword) {
  const std::string place = entry(from).pointer + "/" + keyword;
  const std::string uri = resolve_uri(entry(from).base, reference);
  const std::string document =
      reference.starts_with('#') ? entry(from).base : without_fragment(uri);
  const std::size_t hash = reference.find('#');
  const std::string fragment =
      hash == std::string::npos ? std::string() : percent_decoded(reference.substr(hash + 1));
  const Error missing = schema_error(
      Code::kUnsupported, place,
      "'" + reference.substr(0, 200) + "' is not in this document: put what it means under $defs",
      "引用的内容不在本文档中：请放入 $defs");
  const auto resource = resources_.find(document);
  if (resource == resources_.end()) {
    const auto whole = anchors_.find(uri);
    if (whole == anchors_.end()) return missing;
    return ids_.at(whole->second);
  }
  const Entry& root = entry(ids_.at(resource->second));
  if (fragment.empty()) return ids_.at(resource->second);
  if (fragment.starts_with('/')) {
    return follow(*resource->second, std::string(root.base), std::string(root.pointer), fragment,
                  missing);
  }
  const auto anchor = anchors_.find(document + "#" + fragment);
  if (anchor == anchors_.end()) return missing;
  return ids_.at(anchor->second);
}

}  // namespace mw::grammar
