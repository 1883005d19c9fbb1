// Takes a person's name out of cases and of the files of health models (ADR 0098).
#include <algorithm>

#include "core/file.h"
#include "core/json.h"
#include "maintenance/health/health_machine.h"
#include "maintenance/health/same_person.h"

namespace mw::maintenance {
namespace {

/// A file that cannot be read holds no name that anybody is shown; it is left as it is.
Result<void> forget_trainer(const std::filesystem::path& path, const std::string& name) {
  const Result<std::string> text = read_file(path, kMostHealthBytes);
  if (!text) return {};
  Result<Json> model = parse_json(*text);
  const Json::json_pointer trainer("/card/trained_by");
  if (!model || !model->contains(trainer)) return {};
  Json& by = (*model)[trainer];
  if (!by.is_string() || !is_same_person(by.get<std::string>(), name)) return {};
  by = kNobody;
  return write_file_atomically(path, to_text(*model));
}

}  // namespace

Result<void> HealthMonitor::forget_person(const std::string& name) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_TRY(store_.forget(name));
  MW_TRY(version_store_.forget(name));
  MW_TRY(work_store_.forget(name));
  for (auto& [number, work] : accepted_) {
    if (is_same_person(work.by, name)) work.by = kNobody;
  }
  for (HealthCase& one : cases_) {
    if (is_same_person(one.decided_by, name)) one.decided_by = kNobody;
  }
  std::error_code failed;
  for (const auto& entry :
       std::filesystem::directory_iterator(options_.folder / "health", failed)) {
    MW_TRY(forget_trainer(entry.path(), name));
  }
  const auto forget_in = [&](std::string& by) {
    if (is_same_person(by, name)) by = kNobody;
  };
  for (const auto& [asset, machine] : machines_) {
    forget_in(machine->model.card.trained_by);
    if (machine->shadow != nullptr) forget_in(machine->shadow->model.card.trained_by);
  }
  for (auto& [version, card] : cards_) forget_in(card.trained_by);
  for (auto& [asset, versions] : versions_) {
    versions.forget([&](const std::string& by) { return is_same_person(by, name); });
  }
  return {};
}

}  // namespace mw::maintenance
