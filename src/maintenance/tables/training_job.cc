#include "maintenance/training_job.h"

#include <array>

#include "maintenance/data/json_lists.h"

namespace mw::maintenance {
namespace {

constexpr const char* kFormat = "millwright-training-1";
constexpr std::array<std::string_view, 5> kStates = {"running", "done", "cancelled", "failed",
                                                     "interrupted"};
constexpr std::size_t kMostLines = 1000;

}  // namespace

std::string_view name(TrainingState state) { return kStates[static_cast<std::size_t>(state)]; }

Json to_json(const TrainingJob& job) {
  return {{"format", kFormat},           {"number", job.number},
          {"table", job.table},          {"file", job.file},
          {"model", job.model},          {"failure", job.failure},
          {"lines", job.lines},          {"by", job.by},
          {"state", name(job.state)},    {"started_ns", job.started_ns},
          {"ended_ns", job.ended_ns},    {"problem_en", job.problem.en},
          {"problem_zh", job.problem.zh}};
}

Result<TrainingJob> parse_training_job(std::string_view text) {
  MW_ASSIGN(const Json json, parse_json(text, 8));
  TrainingJob out;
  MW_ASSIGN(const std::string format, json_string(json, "format"));
  if (format != kFormat) return damaged_model("a training of another version");
  MW_ASSIGN(out.number, json_integer(json, "number", 0));
  MW_ASSIGN(out.table, json_integer(json, "table", 0));
  MW_ASSIGN(out.file, json_string(json, "file"));
  MW_ASSIGN(out.model, json_string(json, "model"));
  MW_ASSIGN(out.failure, json_bool(json, "failure", false));
  MW_ASSIGN(out.lines, json_strings(json, "lines", kMostLines));
  MW_ASSIGN(out.by, json_string(json, "by"));
  MW_ASSIGN(const std::string state, json_string(json, "state"));
  bool known = false;
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] != state) continue;
    out.state = static_cast<TrainingState>(i);
    known = true;
  }
  if (!known) return damaged_model("a training in no state that there is");
  MW_ASSIGN(out.started_ns, json_integer(json, "started_ns", 0));
  MW_ASSIGN(out.ended_ns, json_integer(json, "ended_ns", 0));
  MW_ASSIGN(out.problem.en, json_string(json, "problem_en"));
  MW_ASSIGN(out.problem.zh, json_string(json, "problem_zh"));
  return out;
}

}  // namespace mw::maintenance
