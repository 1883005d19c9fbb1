#include "alarms/alarms.h"

#include <algorithm>
#include <utility>

#include "alarms/internal/alarm.h"
#include "alarms/internal/follow_renames.h"
#include "core/sha256.h"

namespace mw::alarms {
namespace {

constexpr std::size_t kMostRules = 100'000;

Error unknown(const std::string& id) {
  return Error::make(Code::kNotFound, "there is no alarm '" + id.substr(0, 128) + "'",
                     "没有报警“" + id.substr(0, 128) + "”", "rule");
}

Error needs_engineer() {
  return Error::make(
      Code::kPermissionDenied,
      "role engineer is needed to change alarm rules of this line: ask whoever manages people",
      "修改该产线的报警规则需要工程师角色，请联系人员管理员");
}

/// What of a rule somebody saw before they changed it; nothing: they do not say.
Result<std::optional<std::string>> revision_at(const Json& json) {
  if (!json.is_object() || !json.contains("revision")) return std::optional<std::string>();
  MW_ASSIGN(std::string revision, json_string(json, "revision"));
  return std::optional<std::string>(std::move(revision));
}

Result<void> check_revision(const std::string& seen, const AlarmRule* now) {
  if (seen == (now == nullptr ? "" : revision_of(*now))) return {};
  if (seen.empty()) {
    return Error::make(Code::kConflict, "this id is another rule's: choose another",
                       "该标识已用于其他规则，请换一个", "id");
  }
  if (now == nullptr) {
    return Error::make(Code::kConflict, "the rule was removed meanwhile: add it as a new one",
                       "该规则已被删除，请作为新规则添加", "revision");
  }
  return Error::make(Code::kConflict,
                     "somebody else changed the rule meanwhile: read it again, then change it",
                     "该规则已被他人修改，请重新读取后再修改", "revision");
}

/// How the alarm of a rule that is not looked at stands: nobody has to see to it.
AlarmStatus asleep(const AlarmStatus& status) {
  AlarmStatus out;
  out.out_of_service = status.out_of_service;
  return out;
}

}  // namespace

std::string revision_of(const AlarmRule& rule) {
  return sha256_hex(to_text(to_json(rule))).substr(0, 16);
}

Alarms::Alarms(AlarmOptions options, AlarmJournal journal, AlarmJournal reader)
    : options_(std::move(options)), journal_(std::move(journal)), reader_(std::move(reader)) {}

Result<std::unique_ptr<Alarms>> Alarms::open(AlarmOptions options) {
  MW_ASSIGN(AlarmJournal journal, AlarmJournal::open(options.path));
  MW_ASSIGN(AlarmJournal reader, AlarmJournal::open(options.path));
  MW_ASSIGN(const bool first, journal.wants_first_rules());
  if (first) {
    MW_TRY(journal.put_first_rules(rules_of_normal_ranges(*options.catalogue)));
  }
  std::unique_ptr<Alarms> alarms(
      new Alarms(std::move(options), std::move(journal), std::move(reader)));
  MW_TRY(alarms->load_rules());
  return alarms;
}

Alarms::~Alarms() {
  subscription_.reset();
  {
    const std::lock_guard<std::mutex> guard(inbox_mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Alarms::ByRule::operator()(const Alarm* a, const Alarm* b) const {
  return a->rule.id < b->rule.id;
}

Result<void> Alarms::load_rules() {
  MW_ASSIGN(const auto stored, journal_.rules());
  MW_ASSIGN(const auto statuses, journal_.statuses());
  const Renames renames(*options_.catalogue);
  for (const AlarmJournal::StoredRule& each : stored) {
    auto json = parse_json(each.body);
    const bool renamed = json && renames.follow(*json);
    Result<AlarmRule> rule =
        json ? parse_rule(*json, *options_.catalogue) : Result<AlarmRule>(json.error());
    if (!rule) {
      options_.log(LogLevel::kWarning, "alarms",
                   "alarm '" + each.id + "' is left out: " + rule.error().message.en);
      left_out_[each.id] = rule.error().message;
      continue;
    }
    if (renamed) {  // for good: `formerly` may be gone at the next start
      MW_TRY(journal_.rename_in_rule(*rule, each.edited));
      options_.log(LogLevel::kInfo, "alarms", "alarm '" + each.id + "' follows its renamed tags");
    }
    const auto found = statuses.find(rule->id);
    const AlarmStatus status = found == statuses.end() ? AlarmStatus() : found->second;
    const bool enabled = rule->enabled;
    add(std::move(*rule), enabled ? status : asleep(status));
  }
  return {};
}

void Alarms::add(AlarmRule rule, const AlarmStatus& status) {
  const std::string id = rule.id;
  auto alarm = std::make_unique<Alarm>(std::move(rule), status);
  for (const std::string& tag : alarm->tags) by_tag_[tag].push_back(alarm.get());
  changed_.insert(alarm.get());
  alarms_[id] = std::move(alarm);
}

void Alarms::forget(Alarm* alarm) {
  for (const std::string& tag : alarm->tags) std::erase(by_tag_[tag], alarm);
  changed_.erase(alarm);
}

Result<Alarms::Alarm*> Alarms::visible(const Identity& who, const std::string& id) const {
  const auto found = alarms_.find(id);
  if (found == alarms_.end() || !who.may_see_line(found->second->rule.line)) return unknown(id);
  return found->second.get();
}

/// A rule that does not fit the plant names no line that could be asked for: it is for those who
/// may see all.
bool Alarms::may_take_over(const Identity& who, const std::string& id) const {
  const auto found = alarms_.find(id);
  if (found != alarms_.end()) return who.may(Role::kEngineer, found->second->rule.line);
  return !left_out_.contains(id) || who.may(Role::kEngineer, "*");
}

/// Who does not see the whole plant names rules after their asset: no id that is free or taken then
/// tells of a rule elsewhere.
Result<void> Alarms::check_new_id(const Identity& who, const AlarmRule& rule) const {
  const auto found = alarms_.find(rule.id);
  const bool seen = found != alarms_.end() && who.may_see_line(found->second->rule.line);
  if (seen || who.may_see_line("*") || rule.id.starts_with(rule.asset + ".")) return {};
  return Error::make(
      Code::kInvalidArgument,
      "expected an id that begins with '" + rule.asset + ".', as of '" + rule.asset + ".too_warm'",
      "标识应以“" + rule.asset + ".”开头，例如“" + rule.asset + ".too_warm”", "id");
}

Result<AlarmRule> Alarms::read_rule(const Identity& who, const Json& json) const {
  // Checked against what this person may see: nothing else can be named.
  const auto mine = plant::Catalogue::visible_to(options_.catalogue, who);
  Json plain = json;
  if (plain.is_object()) plain.erase("revision");
  MW_ASSIGN(AlarmRule rule, parse_rule(plain, *mine));
  if (!who.may(Role::kEngineer, rule.line)) return needs_engineer();
  return rule;
}

std::vector<LeftOutRule> Alarms::left_out(const Identity& who) const {
  std::vector<LeftOutRule> out;
  if (!who.may_see_line("*")) return out;
  const std::lock_guard<std::mutex> guard(mutex_);
  for (const auto& [id, problem] : left_out_) out.push_back({id, problem});
  return out;
}

Result<AlarmRule> Alarms::put_rule(const Identity& who, const Json& json) {
  MW_ASSIGN(AlarmRule rule, read_rule(who, json));
  MW_ASSIGN(const std::optional<std::string> seen, revision_at(json));
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    MW_TRY(check_new_id(who, rule));
    if (!may_take_over(who, rule.id)) {
      return Error::make(Code::kConflict, "this id cannot be used: choose another",
                         "该标识不可用，请换一个", "id");
    }
    const auto found = alarms_.find(rule.id);
    if (seen && left_out_.contains(rule.id)) {
      return Error::make(Code::kConflict,
                         "this id is of a rule that does not fit the plant: remove it first",
                         "该标识属于一条与工厂不符的规则，请先删除它", "id");
    }
    if (seen) {
      MW_TRY(check_revision(*seen, found == alarms_.end() ? nullptr : &found->second->rule));
    }
    if (found == alarms_.end() && alarms_.size() >= kMostRules) {
      return Error::make(Code::kResourceExhausted, "100000 alarm rules are the most: remove some",
                         "报警规则最多 100000 条，请先删除部分");
    }
    AlarmStatus status;
    if (found != alarms_.end()) status = found->second->machine.status();
    if (!rule.enabled) status = asleep(status);
    MW_TRY(audit(who, "rule.put", rule.id, to_text(to_json(rule))));
    MW_TRY(journal_.put_rule(rule, status));
    if (found != alarms_.end()) forget(found->second.get());
    left_out_.erase(rule.id);
    add(rule, status);
    ++version_;
  }
  wake();
  return rule;
}

Result<void> Alarms::remove_rule(const Identity& who, const std::string& id) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const bool left_out = left_out_.contains(id) && may_take_over(who, id);
  Alarm* alarm = nullptr;
  if (!left_out) {
    MW_ASSIGN(alarm, visible(who, id));
  }
  if (alarm != nullptr && !who.may(Role::kEngineer, alarm->rule.line)) return needs_engineer();
  MW_TRY(audit(who, "rule.remove", id, alarm ? to_text(to_json(alarm->rule)) : std::string()));
  MW_TRY(journal_.remove_rule(id));
  left_out_.erase(id);
  if (alarm != nullptr) forget(alarm);
  alarms_.erase(id);
  ++version_;
  return {};
}

}  // namespace mw::alarms
