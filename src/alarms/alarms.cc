#include "alarms/alarms.h"

#include <algorithm>
#include <utility>

#include "alarms/internal/alarm.h"

namespace mw::alarms {
namespace {

constexpr std::size_t kMostRules = 100'000;

Error unknown(const std::string& id) {
  return Error::make(Code::kNotFound, "there is no alarm '" + id.substr(0, 128) + "'",
                     "没有报警“" + id.substr(0, 128) + "”", "rule");
}

Error needs_engineer() {
  return Error::make(Code::kPermissionDenied,
                     "role engineer is needed to change alarm rules: ask whoever manages people",
                     "修改报警规则需要工程师角色，请联系人员管理员");
}

}  // namespace

Alarms::Alarms(AlarmOptions options, AlarmJournal journal)
    : options_(std::move(options)), journal_(std::move(journal)) {}

Result<std::unique_ptr<Alarms>> Alarms::open(AlarmOptions options) {
  MW_ASSIGN(AlarmJournal journal, AlarmJournal::open(options.path));
  const bool is_new = journal.is_new();
  std::unique_ptr<Alarms> alarms(new Alarms(std::move(options), std::move(journal)));
  if (is_new) MW_TRY(alarms->add_normal_ranges());
  MW_TRY(alarms->load_rules());
  return alarms;
}

Alarms::~Alarms() {
  subscription_.reset();
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> Alarms::add_normal_ranges() {
  return journal_.put_rules(rules_of_normal_ranges(*options_.catalogue), false);
}

Result<void> Alarms::load_rules() {
  MW_ASSIGN(const auto stored, journal_.rules());
  MW_ASSIGN(const auto statuses, journal_.statuses());
  for (const AlarmJournal::StoredRule& each : stored) {
    const auto json = parse_json(each.body);
    Result<AlarmRule> rule =
        json ? parse_rule(*json, *options_.catalogue) : Result<AlarmRule>(json.error());
    if (!rule) {
      options_.log(LogLevel::kWarning, "alarms",
                   "alarm '" + each.id + "' is left out: " + rule.error().message.en);
      continue;
    }
    const auto status = statuses.find(rule->id);
    add(std::move(*rule), status == statuses.end() ? AlarmStatus() : status->second);
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

Result<Alarms::Alarm*> Alarms::visible(const Identity& who, const std::string& id) const {
  const auto found = alarms_.find(id);
  if (found == alarms_.end() || !who.may_see_line(found->second->rule.line)) return unknown(id);
  return found->second.get();
}

Result<AlarmRule> Alarms::put_rule(const Identity& who, const Json& json) {
  // Checked against what this person may see: nothing else can be named.
  const auto mine = plant::Catalogue::visible_to(options_.catalogue, who);
  MW_ASSIGN(AlarmRule rule, parse_rule(json, *mine));
  if (!may_engineer(who)) return needs_engineer();
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = alarms_.find(rule.id);
  if (found != alarms_.end() && !who.may_see_line(found->second->rule.line)) {
    return Error::make(Code::kConflict, "this id cannot be used: choose another",
                       "该标识不可用，请换一个", "id");
  }
  if (found == alarms_.end() && alarms_.size() >= kMostRules) {
    return Error::make(Code::kResourceExhausted, "100000 alarm rules are the most: remove some",
                       "报警规则最多 100000 条，请先删除部分");
  }
  MW_TRY(journal_.put_rules({rule}, true));
  AlarmStatus status;
  if (found != alarms_.end()) {
    status = found->second->machine.status();
    for (auto& [tag, users] : by_tag_) std::erase(users, found->second.get());
    changed_.erase(found->second.get());
  }
  add(rule, status);
  ++version_;
  wake_.notify_all();
  return rule;
}

Result<void> Alarms::remove_rule(const Identity& who, const std::string& id) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_ASSIGN(Alarm* const alarm, visible(who, id));
  if (!may_engineer(who)) return needs_engineer();
  MW_TRY(journal_.remove_rule(id));
  for (auto& [tag, users] : by_tag_) std::erase(users, alarm);
  changed_.erase(alarm);
  alarms_.erase(id);
  ++version_;
  return {};
}

}  // namespace mw::alarms
