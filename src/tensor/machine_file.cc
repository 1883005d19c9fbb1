#include "tensor/machine_file.h"

#include <algorithm>
#include <optional>

#include "core/file.h"

namespace mw::tensor {
namespace {

constexpr uint64_t kMaxBytes = 65536;
constexpr std::size_t kMaxRates = 64;
constexpr int kMaxThreads = 4096;
/// 1e6 GMAC/s or GB/s: a hundred times what a rack does today.
constexpr double kMaxRate = 1e6;

Error corrupt(const std::string& what) {
  return Error::make(Code::kCorrupt,
                     "machine.json: " + what + "; measure anew with: millwright info --calibrate",
                     "machine.json：" + what + "；请执行 millwright info --calibrate 重新测量");
}

Error stale(const std::string& what, const std::string& expected, const std::string& actual) {
  return Error::make(Code::kConflict,
                     "machine.json is of another machine or build: expected " + what + " '" +
                         expected + "', got '" + actual +
                         "'; measure anew with: millwright info --calibrate",
                     "machine.json 属于其他机器或版本：" + what + " 应为“" + expected +
                         "”，实际为“" + actual + "”；请执行 millwright info --calibrate 重新测量");
}

/// A number in [low, high]; one that is missing or no number is outside.
Result<double> number_in(const Json& object, const char* key, double low, double high) {
  const auto value = json_number(object, key, low - 1);
  if (!value) return corrupt(value.error().message.en);
  if (!(*value >= low && *value <= high)) {
    return corrupt(std::string("'") + key + "' is missing or out of range");
  }
  return *value;
}

Result<int64_t> integer_in(const Json& object, const char* key, int64_t low, int64_t high) {
  const auto value = json_integer(object, key, low - 1);
  if (!value) return corrupt(value.error().message.en);
  if (*value < low || *value > high) {
    return corrupt(std::string("'") + key + "' is missing or out of range");
  }
  return *value;
}

Result<double> rate(const Json& object, const char* key) {
  return number_in(object, key, 1e-6, kMaxRate);
}

Result<Isa> isa_of(const Json& object) {
  const auto text = json_string(object, "isa");
  if (!text) return corrupt(text.error().message.en);
  const std::string& name = *text;
  for (const Isa isa : available_isas()) {
    if (isa_name(isa) == name) return isa;
  }
  return corrupt("this processor does not run 'isa' '" + name.substr(0, 20) + "'");
}

/// The list of a member, of 1 to kMaxRates objects.
Result<const Json*> list(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array() || found->empty() || found->size() > kMaxRates) {
    return corrupt(std::string("'") + key + "' is no list of 1 to 64 entries");
  }
  for (const Json& each : *found) {
    if (!each.is_object()) return corrupt(std::string("'") + key + "' holds no objects");
  }
  return &*found;
}

Result<ThreadRates> thread_rates(const Json& object) {
  ThreadRates out;
  MW_ASSIGN(const int64_t threads, integer_in(object, "threads", 1, kMaxThreads));
  out.threads = static_cast<int>(threads);
  MW_ASSIGN(out.int_gmac_s, rate(object, "int_gmac_s"));
  MW_ASSIGN(out.f32_gmac_s, rate(object, "f32_gmac_s"));
  MW_ASSIGN(out.l2_gb_s, rate(object, "l2_gb_s"));
  MW_ASSIGN(out.memory_gb_s, rate(object, "memory_gb_s"));
  MW_ASSIGN(out.prefill_gmac_s, rate(object, "prefill_gmac_s"));
  MW_ASSIGN(out.decode_gb_s, rate(object, "decode_gb_s"));
  return out;
}

Json key_json(const MachineKey& key) {
  return {{"cpu", key.processor.name},
          {"stepping", key.processor.stepping},
          {"microcode", key.processor.microcode},
          {"flags", key.processor.flags},
          {"l2_bytes", key.processor.l2_bytes},
          {"l3_bytes", key.processor.l3_bytes},
          {"cores", key.cores},
          {"build", key.build},
          {"forced_isa", key.forced_isa}};
}

Result<void> check_key(const Json& root, const MachineKey& expected) {
  const auto found = root.find("key");
  if (found == root.end() || !found->is_object()) return corrupt("'key' is no object");
  const Json wanted = key_json(expected);
  for (const auto& [name, value] : wanted.items()) {
    const auto actual = found->find(name);
    if (actual != found->end() && *actual == value) continue;
    const std::string text = actual == found->end() ? "nothing" : to_text(*actual);
    return stale(name, to_text(value), text.substr(0, 80));
  }
  return {};
}

}  // namespace

Json limits_json(const MachineLimits& limits) {
  Json isas = Json::array();
  for (const IsaRates& each : limits.isas) {
    isas.push_back({{"isa", isa_name(each.isa)},
                    {"prefill_gmac_s", each.prefill_gmac_s},
                    {"decode_gb_s", each.decode_gb_s}});
  }
  Json rates = Json::array();
  for (const ThreadRates& each : limits.rates) {
    rates.push_back({{"threads", each.threads},
                     {"int_gmac_s", each.int_gmac_s},
                     {"f32_gmac_s", each.f32_gmac_s},
                     {"l2_gb_s", each.l2_gb_s},
                     {"memory_gb_s", each.memory_gb_s},
                     {"prefill_gmac_s", each.prefill_gmac_s},
                     {"decode_gb_s", each.decode_gb_s}});
  }
  return {{"isa", isa_name(limits.isa)},
          {"isas", std::move(isas)},
          {"rates", std::move(rates)},
          {"l2_bytes", limits.l2_bytes},
          {"l3_bytes", limits.l3_bytes},
          {"buffer_bytes", limits.buffer_bytes},
          {"measured_at_s", limits.measured_at_s},
          {"took_ms", limits.took_ms},
          {"busy", limits.busy}};
}

std::string machine_file_text(const MachineLimits& limits, const MachineKey& key) {
  return Json{{"format", kMachineFileFormat},
              {"key", key_json(key)},
              {"limits", limits_json(limits)}}
             .dump(1, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

Result<MachineLimits> parse_machine_file(std::string_view text, const MachineKey& expected) {
  const auto root = parse_json(text, 8);
  if (!root) return corrupt(root.error().message.en);
  if (!root->is_object()) return corrupt("no JSON object");
  MW_ASSIGN(const int64_t format, integer_in(*root, "format", 1, INT32_MAX));
  if (format != kMachineFileFormat) {
    return stale("format", std::to_string(kMachineFileFormat), std::to_string(format));
  }
  MW_TRY(check_key(*root, expected));
  const auto member = root->find("limits");
  if (member == root->end() || !member->is_object()) return corrupt("'limits' is no object");
  const Json& object = *member;

  MachineLimits out;
  MW_ASSIGN(out.isa, isa_of(object));
  if (!expected.forced_isa.empty() && isa_name(out.isa) != expected.forced_isa) {
    return corrupt("'isa' is not the forced one");
  }
  MW_ASSIGN(const Json* isas, list(object, "isas"));
  for (const Json& each : *isas) {
    IsaRates rates;
    MW_ASSIGN(rates.isa, isa_of(each));
    MW_ASSIGN(rates.prefill_gmac_s, rate(each, "prefill_gmac_s"));
    MW_ASSIGN(rates.decode_gb_s, rate(each, "decode_gb_s"));
    out.isas.push_back(rates);
  }
  MW_ASSIGN(const Json* rates, list(object, "rates"));
  for (const Json& each : *rates) {
    MW_ASSIGN(const ThreadRates entry, thread_rates(each));
    if (entry.threads > expected.cores ||
        (!out.rates.empty() && entry.threads <= out.rates.back().threads)) {
      return corrupt("'threads' do not ascend up to the number of cores");
    }
    out.rates.push_back(entry);
  }
  const int64_t most = int64_t{1} << 50;
  MW_ASSIGN(const int64_t l2, integer_in(object, "l2_bytes", 0, most));
  MW_ASSIGN(const int64_t l3, integer_in(object, "l3_bytes", 0, most));
  MW_ASSIGN(const int64_t buffer, integer_in(object, "buffer_bytes", 1, most));
  MW_ASSIGN(out.measured_at_s, integer_in(object, "measured_at_s", 0, most));
  MW_ASSIGN(out.took_ms, number_in(object, "took_ms", 0, 1e7));
  const auto busy = object.find("busy");
  if (busy == object.end() || !busy->is_boolean()) return corrupt("'busy' is not true or false");
  out.busy = busy->get<bool>();
  out.l2_bytes = static_cast<uint64_t>(l2);
  out.l3_bytes = static_cast<uint64_t>(l3);
  out.buffer_bytes = static_cast<uint64_t>(buffer);
  return out;
}

Result<MachineLimits> read_machine_file(const std::filesystem::path& path,
                                        const MachineKey& expected) {
  MW_ASSIGN(const std::string text, read_file(path, kMaxBytes));
  return parse_machine_file(text, expected);
}

}  // namespace mw::tensor
