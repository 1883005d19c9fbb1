#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "plant/connector_options.h"
#include "plant/opcua/opcua_address.h"

namespace mw::plant {

/// A variable that is followed.
struct OpcuaItem {
  OpcuaNodeId node;
  std::optional<int> index;  // of an array
  int sampling_ms = 1000;
};

/// What a server says of one variable at one time.
struct OpcuaValue {
  std::variant<std::monostate, double, std::string> value;
  uint32_t status = 0;
  // Why it is not good ("BadSensorFailure"), or is no number and no text ("an array of 5").
  std::string problem;
  std::optional<TimeNs> source_ns, server_ns;
};

/// A part of what a server remembers of one variable.
struct OpcuaPast {
  std::vector<OpcuaValue> values;
  std::string more;     // to ask for the next part with; empty: this was the last
  std::string problem;  // why the server tells nothing; empty when it does
};

/// A session with one OPC UA server. There is no way to write through it.
///
/// Errors   of the link: the session is over, and the client of no more use.
/// Threads  one at a time; the listener is called within pump() and the others.
class OpcuaClient {
 public:
  using Listener = std::function<void(std::size_t item, OpcuaValue value)>;
  /// Opens a session; `items` are what the other calls speak of by their position. Once `stop` asks
  /// for it, no further step is begun. Errors: kUnsupported where this build has no OPC UA.
  static Result<std::unique_ptr<OpcuaClient>> connect(const OpcuaOptions& options,
                                                      std::vector<OpcuaItem> items,
                                                      const std::stop_token& stop);
  /// Whether this build has OPC UA; the Error that says what to do where it has not.
  static Result<void> built_in();

  virtual ~OpcuaClient() = default;

  /// Follows the items. For each, empty, or why the server does not.
  virtual Result<std::vector<std::string>> subscribe(Listener listener) = 0;
  /// Receives for at most `ms`.
  virtual Result<void> pump(int ms) = 0;
  /// Their present values, in this order.
  virtual Result<std::vector<OpcuaValue>> read(std::span<const std::size_t> items) = 0;
  /// Which of these the server keeps the past of.
  virtual Result<std::vector<bool>> keeps_past(std::span<const std::size_t> items) = 0;
  /// Raw values of [from, to], ascending in time. `more`: what the part before said, empty at
  /// first.
  virtual Result<OpcuaPast> past(std::size_t item, TimeNs from_ns, TimeNs to_ns,
                                 const std::string& more) = 0;
  /// When the first of the two certificates expires; absent without security.
  virtual std::optional<TimeNs> certificate_expires_ns() const = 0;
};

}  // namespace mw::plant
