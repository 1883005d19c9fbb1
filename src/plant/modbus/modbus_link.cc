#include "plant/modbus/modbus_link.h"

#include <modbus.h>
#include <poll.h>
#include <sys/select.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "plant/modbus/modbus_value.h"
#include "plant/modbus/tcp_dial.h"

namespace mw::plant {
namespace {

constexpr int kQuietMs = 50;  // an answer ends after 3.5 characters of silence, 30 ms at 1200 baud
constexpr int kMostLateReads = 32;  // a line that never falls silent is not waited for

/// What an exception code means, by the protocol's specification V1.1b3, section 7.
Text exception_text(int code) {
  switch (code) {
    case MODBUS_EXCEPTION_ILLEGAL_FUNCTION:
      return {"the device does not know this kind of request", "设备不支持这种请求"};
    case MODBUS_EXCEPTION_ILLEGAL_DATA_ADDRESS:
      return {"the device has no such address", "设备没有该地址"};
    case MODBUS_EXCEPTION_ILLEGAL_DATA_VALUE:
      return {"the device refuses the number of values asked for", "设备拒绝所请求的数量"};
    case MODBUS_EXCEPTION_SLAVE_OR_SERVER_FAILURE:
      return {"the device reports a failure of its own", "设备报告自身故障"};
    case MODBUS_EXCEPTION_ACKNOWLEDGE:
      return {"the device needs longer for this", "设备需要更长时间处理"};
    case MODBUS_EXCEPTION_SLAVE_OR_SERVER_BUSY:
      return {"the device is busy", "设备忙"};
    case MODBUS_EXCEPTION_MEMORY_PARITY:
      return {"the device found an error in its memory", "设备内存校验错误"};
    case MODBUS_EXCEPTION_GATEWAY_PATH:
      return {"the gateway has no path to the unit", "网关没有通往该单元的路径"};
    case MODBUS_EXCEPTION_GATEWAY_TARGET:
      return {"the unit behind the gateway does not answer", "网关后的单元没有应答"};
    default:
      return {"the device answered with exception " + std::to_string(code),
              "设备返回异常码 " + std::to_string(code)};
  }
}

ModbusOutcome failure(ModbusOutcome::Kind kind, Text problem) {
  ModbusOutcome outcome;
  outcome.kind = kind;
  outcome.problem = std::move(problem);
  return outcome;
}

/// What libmodbus' errno says about the request.
ModbusOutcome outcome_of(int problem, int timeout_ms) {
  using Kind = ModbusOutcome::Kind;
  const int exception = problem - MODBUS_ENOBASE;
  if (exception == MODBUS_EXCEPTION_GATEWAY_PATH || exception == MODBUS_EXCEPTION_GATEWAY_TARGET) {
    return failure(Kind::kSilent, exception_text(exception));
  }
  if (exception > 0 && exception < MODBUS_EXCEPTION_MAX) {
    ModbusOutcome outcome = failure(Kind::kRefused, exception_text(exception));
    outcome.refused_place = exception == MODBUS_EXCEPTION_ILLEGAL_DATA_ADDRESS ||
                            exception == MODBUS_EXCEPTION_ILLEGAL_DATA_VALUE;
    return outcome;
  }
  if (problem == ETIMEDOUT) {
    const std::string within = std::to_string(timeout_ms) + " ms";
    return failure(Kind::kSilent, {"no whole answer within " + within, within + " 内没有完整应答"});
  }
  const std::string reason = ::modbus_strerror(problem);
  if (problem > MODBUS_ENOBASE) {
    return failure(Kind::kSilent, {"the answer is none of Modbus or not to this request: " + reason,
                                   "应答不是有效的 Modbus 报文，或不属于本请求：" + reason});
  }
  return failure(Kind::kLost, {"the connection broke: " + reason, "连接中断：" + reason});
}

Error not_made(const std::string& address) {
  const std::string reason = ::modbus_strerror(errno);
  return Error::make(Code::kInvalidArgument, address + ": " + reason, address + "：" + reason,
                     "connector");
}

}  // namespace

Result<ModbusLink> ModbusLink::create(const ModbusOptions& options) {
  // The socket is ours (dial_tcp), so the address given here is never used.
  _modbus* context = options.host.empty()
                         ? ::modbus_new_rtu(options.device.c_str(), options.baud, options.parity,
                                            options.data_bits, options.stop_bits)
                         : ::modbus_new_tcp("127.0.0.1", 502);
  if (context == nullptr) return not_made(options.host.empty() ? options.device : options.host);
  ModbusLink link(options, context);
  const auto seconds = static_cast<uint32_t>(options.timeout_ms / 1000);
  const auto micros = static_cast<uint32_t>(options.timeout_ms % 1000 * 1000);
  // No time between bytes of its own: one deadline holds for the whole answer, so a device that
  // sends a byte now and then cannot keep us.
  if (::modbus_set_response_timeout(context, seconds, micros) != 0 ||
      ::modbus_set_byte_timeout(context, 0, 0) != 0) {
    return not_made(link.address());
  }
  return link;
}

ModbusLink::ModbusLink(const ModbusOptions& options, _modbus* context)
    : options_(&options),
      context_(context),
      address_(options.host.empty() ? options.device
                                    : options.host + ":" + std::to_string(options.port)) {}

ModbusLink::ModbusLink(ModbusLink&& other) noexcept
    : options_(other.options_),
      context_(std::exchange(other.context_, nullptr)),
      address_(std::move(other.address_)),
      open_(std::exchange(other.open_, false)) {}

ModbusLink::~ModbusLink() {
  if (context_ == nullptr) return;
  close();
  ::modbus_free(context_);
}

Result<void> ModbusLink::connect() {
  close();
  if (!options_->host.empty()) {
    MW_ASSIGN(const int fd, dial_tcp(options_->host, options_->port, options_->timeout_ms));
    (void)::modbus_set_socket(context_, fd);
  } else if (::modbus_connect(context_) != 0) {
    const std::string reason = ::modbus_strerror(errno);
    return Error::make(Code::kUnavailable, "cannot open " + address_ + ": " + reason,
                       "无法打开 " + address_ + "：" + reason);
  }
  open_ = true;
  // libmodbus waits with select(), which knows no higher ones.
  if (::modbus_get_socket(context_) < FD_SETSIZE) return {};
  close();
  return Error::make(
      Code::kUnavailable,
      address_ + ": this process has too many open files for Modbus; " +
          std::to_string(FD_SETSIZE) + " is the limit",
      address_ + "：本进程打开的文件过多，Modbus 的上限为 " + std::to_string(FD_SETSIZE));
}

void ModbusLink::close() {
  if (!open_) return;
  ::modbus_close(context_);
  (void)::modbus_set_socket(context_, -1);
  open_ = false;
}

ModbusOutcome ModbusLink::read(const ModbusRead& request) {
  ModbusOutcome outcome;
  outcome.words.resize(static_cast<std::size_t>(request.count));
  (void)::modbus_set_slave(context_, request.unit);
  int got = -1;
  if (is_bit_table(request.table)) {
    std::array<uint8_t, MODBUS_MAX_READ_BITS> bits{};
    const auto read_bits =
        request.table == ModbusTable::kCoil ? ::modbus_read_bits : ::modbus_read_input_bits;
    got = read_bits(context_, request.address, request.count, bits.data());
    std::copy_n(bits.begin(), outcome.words.size(), outcome.words.begin());
  } else {
    const auto read_words = request.table == ModbusTable::kHolding ? ::modbus_read_registers
                                                                   : ::modbus_read_input_registers;
    got = read_words(context_, request.address, request.count, outcome.words.data());
  }
  if (got == request.count) return outcome;
  outcome = outcome_of(got < 0 ? errno : EMBBADDATA, options_->timeout_ms);
  if (outcome.kind == ModbusOutcome::Kind::kRefused) return outcome;
  if (options_->host.empty() && outcome.kind == ModbusOutcome::Kind::kSilent) {
    let_late_answers_pass();
  } else {
    close();
  }
  return outcome;
}

void ModbusLink::let_late_answers_pass() {
  // An answer on a serial line does not say which request it is for: one that comes late would be
  // taken for the next one's. So wait once more as long as a device may take, and then for quiet.
  std::array<char, 256> junk{};
  pollfd wait{::modbus_get_socket(context_), POLLIN, 0};
  int patience_ms = options_->timeout_ms;
  for (int round = 0; round < kMostLateReads; ++round) {
    if (::poll(&wait, 1, patience_ms) <= 0) return;
    if (::read(wait.fd, junk.data(), junk.size()) <= 0) return;
    patience_ms = kQuietMs;
  }
}

}  // namespace mw::plant
