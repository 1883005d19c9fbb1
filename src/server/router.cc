#include "server/router.h"

#include <algorithm>
#include <optional>

#include "core/check.h"

namespace mw::server {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

std::string_view next_segment(std::string_view& rest) {
  if (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
  const std::size_t slash = rest.find('/');
  const std::string_view segment = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
  return segment;
}

std::optional<Values> match_pattern(std::string_view pattern, std::string_view path) {
  Values values;
  while (!pattern.empty()) {
    std::string_view part = next_segment(pattern);
    const bool named = part.size() > 2 && part.front() == '{';
    if (named && part.size() > 5 && part.substr(part.size() - 4) == "...}") {
      while (!path.empty() && path.front() == '/') path.remove_prefix(1);
      if (path.empty()) return std::nullopt;
      values.emplace_back(part.substr(1, part.size() - 5), path);
      return values;
    }
    if (path.empty()) return std::nullopt;
    const std::string_view segment = next_segment(path);
    if (named) {
      if (segment.empty()) return std::nullopt;
      values.emplace_back(part.substr(1, part.size() - 2), segment);
    } else if (segment != part) {
      return std::nullopt;
    }
  }
  if (!path.empty()) return std::nullopt;
  return values;
}

}  // namespace

void Router::add(Route route) {
  MW_CHECK(!route.pattern.empty() && route.pattern.front() == '/');
  MW_CHECK(!route.doc.operation.empty() && route.handler != nullptr);
  for (const auto& known : routes_) {
    MW_CHECK(known->method != route.method || known->pattern != route.pattern);
  }
  routes_.push_back(std::make_unique<Route>(std::move(route)));
}

Router::Match Router::match_exactly(Method method, std::string_view path, bool last_resort) const {
  Match out;
  const auto allow = [&out](std::string_view name) {
    if (out.allowed.find(name) != std::string::npos) return;
    if (!out.allowed.empty()) out.allowed += ", ";
    out.allowed += name;
  };
  for (const auto& route : routes_) {
    if (route->last_resort != last_resort) continue;
    auto values = match_pattern(route->pattern, path);
    if (!values.has_value()) continue;
    const bool head = method == Method::kHead && route->method == Method::kGet;
    if (route->method == method || head) {
      out.route = route.get();
      out.values = std::move(*values);
      return out;
    }
    allow(method_name(route->method));
    if (route->method == Method::kGet) allow("HEAD");
  }
  return out;
}

Router::Match Router::match(Method method, std::string_view path, bool wants_page) const {
  Match out = match_exactly(method, path, false);
  if (out.route != nullptr || !out.allowed.empty()) return out;
  const bool get = method == Method::kGet || method == Method::kHead;
  if (!(get && wants_page)) {
    Match in_v1 = match_exactly(method, "/v1" + std::string(path), false);
    if (in_v1.route != nullptr || !in_v1.allowed.empty()) return in_v1;
  }
  return get ? match_exactly(method, path, true) : out;
}

}  // namespace mw::server
