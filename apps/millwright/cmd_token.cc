#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/people_store.h"
#include "core/utc_text.h"

namespace mw::app {
namespace {

struct Request {
  GrantFlags grant;
  std::vector<std::string> scopes;
  int64_t days = 0;
  std::string name;
};

int create(const CommandLine& line, const Request& request, security::People& people) {
  security::NewKey key{request.name, {}, request.scopes, 0};
  if (request.days > 0) key.expires_ns = SystemClock().now_ns() + request.days * kNsPerDay;
  const auto grant = parse_grant(request.grant);
  if (!grant) return fail(line, grant.error());
  key.grant = *grant;
  const auto made = people.add_key(local_actor(), key);
  if (!made) return fail(line, made.error());
  if (line.json()) {
    print_json({{"id", made->substr(0, made->find('.'))}, {"key", *made}});
    return 0;
  }
  std::printf("%s\n", made->c_str());
  std::fprintf(stderr, "%s\n",
               terminal_language() == Language::kZh ? "请妥善保存：密钥不会再次显示。"
                                                    : "Keep it: it is not shown again.");
  return 0;
}

int list(const CommandLine& line, security::People& people) {
  const auto all = people.keys();
  if (!all) return fail(line, all.error());
  const TimeNs now = SystemClock().now_ns();
  Json out = Json::array();
  for (const auto& each : *all) {
    const bool expired = each.key.expires_ns != 0 && each.key.expires_ns <= now;
    const std::string used = each.used_ns > 0 ? utc_text(each.used_ns) : "-";
    Json json = grant_json(each.key.grant);
    json["id"] = each.id;
    json["name"] = each.key.name;
    json["scopes"] = each.key.scopes;
    json["created"] = utc_text(each.created_ns);
    json["expires"] = each.key.expires_ns > 0 ? Json(utc_text(each.key.expires_ns)) : Json();
    json["used"] = each.used_ns > 0 ? Json(used) : Json();
    json["state"] = each.revoked ? "revoked" : expired ? "expired" : "valid";
    if (!line.json()) {
      std::string scopes;
      for (const std::string& scope : each.key.scopes) scopes += " " + scope;
      std::printf("%s  %-16s %s, scopes%s, %s, used %s\n", each.id.c_str(), each.key.name.c_str(),
                  grant_text(each.key.grant).c_str(), scopes.c_str(),
                  json["state"].get<std::string>().c_str(), used.c_str());
    }
    out.push_back(std::move(json));
  }
  if (line.json()) print_json({{"keys", std::move(out)}});
  return 0;
}

int revoke(const CommandLine& line, const Request& request, security::People& people) {
  if (const auto revoked = people.revoke_key(local_actor(), request.name); !revoked) {
    return fail(line, revoked.error());
  }
  if (line.json()) {
    print_json({{"revoked", request.name}});
  } else {
    std::printf("revoked %s\n", request.name.c_str());
  }
  return 0;
}

}  // namespace

int cmd_token(CommandLine& line) {
  line.describe(
      "Manages keys of programs: `create NAME` prints one, once; `list`; `revoke ID`. Takes effect "
      "at once in a running server, and is in the audit log.");
  Request request;
  const auto data = data_folder(line);
  request.grant = grant_flags(line);
  request.scopes = line.options("scope", "SCOPE",
                                "create: models, plant, metrics or *, again for more; "
                                "default models");
  request.days = line.integer("days", "N", 365, "create: valid for so long; 0 for ever", 0, 36500);
  const auto action = line.positional("create|list|revoke", "what to do");
  const auto name = line.maybe_positional("NAME|ID", "a name for the new key, or which one");
  if (const auto status = line.finish()) return *status;
  if (request.scopes.empty()) request.scopes = {"models"};
  request.name = name.value_or("");
  if ((action != "create" && action != "list" && action != "revoke") ||
      (action != "list" && !name)) {
    return fail(line,
                Error::make(Code::kInvalidArgument, "expected `create NAME`, `list` or `revoke ID`",
                            "应为 `create 名称`、`list` 或 `revoke ID`", "token"));
  }
  auto store = open_people(data, stderr_log(LogLevel::kWarning));
  if (!store) return fail(line, store.error());
  if (action == "create") return create(line, request, *store->people);
  if (action == "list") return list(line, *store->people);
  return revoke(line, request, *store->people);
}

}  // namespace mw::app
