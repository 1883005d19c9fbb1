#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/language.h"
#include "core/result.h"
#include "plant/connector_options.h"
#include "plant/modbus/modbus_plan.h"

struct _modbus;  // libmodbus' modbus_t

namespace mw::plant {

/// What came of one request.
struct ModbusOutcome {
  enum class Kind {
    kRead,     // `words` are there
    kRefused,  // the device answered that it will not: an exception
    kSilent,   // no answer, half an answer, or one to something else
    kLost,     // the connection is gone
  };
  Kind kind = Kind::kRead;
  bool refused_place = false;  // kRefused because of address or count, not of a passing condition
  Text problem;
  std::vector<uint16_t> words;  // registers, or one 0 or 1 for each bit
};

/// The connection to one Modbus device or bus over libmodbus (ADR 0047): TCP or a serial line.
/// Requests that read, nothing else.
///
/// Threads  one at a time.
class ModbusLink {
 public:
  /// Without connecting. `options` must outlive the link.
  static Result<ModbusLink> create(const ModbusOptions& options);
  ~ModbusLink();
  ModbusLink(ModbusLink&& other) noexcept;
  ModbusLink& operator=(ModbusLink&&) = delete;

  const std::string& address() const { return address_; }
  bool open() const { return open_; }
  Result<void> connect();
  void close();
  /// At most ModbusOptions::timeout_ms. After anything but kRead and kRefused over TCP the link is
  /// closed, so that a late answer cannot be taken for that to a later request; a serial line is
  /// listened to until it is quiet instead.
  ModbusOutcome read(const ModbusRead& request);

 private:
  ModbusLink(const ModbusOptions& options, _modbus* context);
  void let_late_answers_pass();

  const ModbusOptions* options_;
  _modbus* context_;
  std::string address_;
  bool open_ = false;
};

}  // namespace mw::plant
