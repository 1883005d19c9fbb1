#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "apps/millwright/people_store.h"
#include "core/utc_text.h"

namespace mw::app {
namespace {

struct Request {
  GrantFlags grant;
  std::string action;
  std::string group;
  std::string person;
};

bool zh() { return terminal_language() == Language::kZh; }

int list(const CommandLine& line, security::People& people) {
  const auto all = people.groups();
  if (!all) return fail(line, all.error());
  Json out = Json::array();
  for (const security::GroupInfo& group : *all) {
    Json json = grant_json(group.grant);
    json["name"] = group.name;
    json["members"] = group.members;
    json["created"] = utc_text(group.created_ns);
    out.push_back(std::move(json));
    if (line.json()) continue;
    std::string members;
    for (const std::string& each : group.members) members += " " + each;
    std::printf("%-20s %s:%s\n", group.name.c_str(), grant_text(group.grant).c_str(),
                members.empty() ? " -" : members.c_str());
  }
  if (line.json()) print_json({{"groups", std::move(out)}});
  return 0;
}

Result<void> change(const Request& request, security::People& people) {
  const security::Actor actor = local_actor();
  const std::string& action = request.action;
  if (action == "add" || action == "grant") {
    MW_ASSIGN(const security::Grant grant, parse_grant(request.grant));
    return action == "add" ? people.add_group(actor, request.group, grant)
                           : people.set_group_grant(actor, request.group, grant);
  }
  if (action == "rm") return people.remove_group(actor, request.group);
  if ((action == "join" || action == "leave") && !request.person.empty()) {
    return people.set_member(actor, request.group, request.person, action == "join");
  }
  return Error::make(
      Code::kInvalidArgument,
      "expected list, add GROUP, grant GROUP, join GROUP PERSON, leave GROUP PERSON "
      "or rm GROUP, got '" +
          action + "'",
      "应为 list、add 组、grant 组、join 组 用户、leave 组 用户或 rm 组，实际为“" + action + "”",
      "group");
}

}  // namespace

int cmd_group(CommandLine& line) {
  line.describe(
      "Manages groups of people: list; add and grant (role, lines, labels), which everybody in the "
      "group has beside their own; join and leave; rm. Takes effect at once in a running server, "
      "and is in the audit log.");
  Request request;
  const auto data = data_folder(line);
  request.grant = grant_flags(line);
  request.action = line.positional("ACTION", "list, add, grant, join, leave or rm");
  const auto group = line.maybe_positional("GROUP", "which group");
  request.person = line.maybe_positional("PERSON", "join, leave: whom").value_or("");
  if (const auto status = line.finish()) return *status;
  if (!group && request.action != "list") {
    return fail(line, Error::make(Code::kInvalidArgument, "which group? expected a GROUP",
                                  "缺少组名", "group"));
  }
  request.group = group.value_or("");
  auto store = open_people(data, stderr_log(LogLevel::kWarning));
  if (!store) return fail(line, store.error());
  if (request.action == "list") return list(line, *store->people);
  if (const auto done = change(request, *store->people); !done) return fail(line, done.error());
  if (line.json()) {
    print_json({{"group", request.group}, {"done", request.action}});
  } else {
    std::printf(zh() ? "已完成：%s %s\n" : "done: %s %s\n", request.action.c_str(),
                request.group.c_str());
  }
  return 0;
}

}  // namespace mw::app
