#include "postgres/postgres_connection.h"

#include <libpq-fe.h>

#include <array>
#include <cstring>

#include "core/check.h"

namespace mw::postgres {
namespace {

constexpr int kBinary = 1;

void ignore_notice(void*, const char*) {}

/// The parts of a URL as libpq reads them; null when it does not.
using Parts = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

std::string part(const PQconninfoOption* options, const char* keyword) {
  for (; options->keyword != nullptr; ++options) {
    if (std::strcmp(options->keyword, keyword) == 0 && options->val != nullptr) {
      return options->val;
    }
  }
  return {};
}

/// Without the line break at its end and with one line only: the server may send hints.
std::string first_line(const char* message) {
  const std::string_view text = message != nullptr ? message : "";
  return std::string(text.substr(0, text.find('\n')));
}

Error unavailable(const std::string& name, const std::string& reason) {
  return Error::make(
      Code::kUnavailable,
      name + " does not answer: " + reason + " (is the server running, and may this user connect?)",
      name + " 无响应：" + reason + "（请检查服务器是否运行、用户是否有权连接）");
}

Error server_error(const std::string& name, const PGresult* result, const std::string& message) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = field != nullptr ? field : "";
  Code code = Code::kIo;
  // Out of memory or connections, and it shuts down: these pass.
  if (state.starts_with("53") || state.starts_with("57P")) code = Code::kUnavailable;
  if (state == "53100") code = Code::kResourceExhausted;  // the disk is full
  if (state == "42501" || state == "25006") code = Code::kPermissionDenied;
  const std::string text = name + ": " + message + " [" + std::string(state) + "]";
  return Error::make(code, text, text);
}

uint64_t big_endian(const char* bytes, int size) {
  uint64_t value = 0;
  for (int i = 0; i < size; ++i) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

/// Where a password holds '/' or '@' as they are, libpq takes pieces of it for a port, a host or a
/// database: those are not to be shown, and nobody answers there.
bool is_plain(const PQconninfoOption* parts) {
  return part(parts, "port").find_first_not_of("0123456789,") == std::string::npos &&
         part(parts, "host").find('@') == std::string::npos &&
         part(parts, "dbname").find('@') == std::string::npos;
}

}  // namespace

void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }

int Rows::count() const { return PQntuples(result_.get()); }

int64_t Rows::integer(int row, int column) const {
  const char* bytes = PQgetvalue(result_.get(), row, column);
  const int size = PQgetlength(result_.get(), row, column);
  if (size != 1 && size != 2 && size != 4 && size != 8) return 0;
  const uint64_t value = big_endian(bytes, size);
  if (size == 8 || size == 1) return static_cast<int64_t>(value);
  const int shift = 64 - 8 * size;
  return static_cast<int64_t>(value << shift) >> shift;
}

std::string Rows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::span<const std::byte> Rows::bytes(int row, int column) const {
  return {reinterpret_cast<const std::byte*>(PQgetvalue(result_.get(), row, column)),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

bool is_url(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

Result<std::string> describe(const Address& address) {
  char* problem = nullptr;
  const Parts parts(PQconninfoParse(address.url.c_str(), &problem), PQconninfoFree);
  // libpq's words may quote a piece of the URL, and with it of a password.
  PQfreemem(problem);
  if (!is_url(address.url) || parts == nullptr || !is_plain(parts.get())) {
    return Error::make(Code::kInvalidArgument,
                       "the URL of the store is none that PostgreSQL's client reads: expected "
                       "postgresql://USER@HOST:PORT/DATABASE, special characters as %XX",
                       "存储 URL 无法识别：应为 postgresql://USER@HOST:PORT/DATABASE，"
                       "特殊字符写作 %XX",
                       "plant.store");
  }
  std::string where = part(parts.get(), "host");
  if (where.empty()) where = part(parts.get(), "hostaddr");
  const std::string port = part(parts.get(), "port");
  std::string database = part(parts.get(), "dbname");
  if (database.empty()) database = part(parts.get(), "user");
  return "PostgreSQL database " + database + " on " + (where.empty() ? "this machine" : where) +
         (port.empty() ? "" : ":" + port);
}

Result<std::unique_ptr<Connection>> Connection::open(const Address& address) {
  MW_ASSIGN(std::string name, describe(address));
  std::vector<const char*> keywords = {"dbname"};
  std::vector<const char*> values = {address.url.c_str()};
  const auto set = [&](const char* keyword, const char* value) {
    keywords.push_back(keyword);
    values.push_back(value);
  };
  if (!address.password.empty()) set("password", address.password.c_str());
  set("application_name", "millwright");
  set("client_encoding", "UTF8");
  set("connect_timeout", "5");
  set("keepalives_idle", "10");
  set("keepalives_interval", "3");
  set("keepalives_count", "3");
  set("tcp_user_timeout", "15000");
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* handle = PQconnectdbParams(keywords.data(), values.data(), 1);
  std::unique_ptr<Connection> connection(new Connection(handle, std::move(name)));
  if (PQstatus(handle) != CONNECTION_OK) {
    return unavailable(connection->name_, first_line(PQerrorMessage(handle)));
  }
  PQsetNoticeProcessor(handle, ignore_notice, nullptr);
  return connection;
}

Connection::~Connection() { PQfinish(handle_); }

bool Connection::lost() const { return PQstatus(handle_) != CONNECTION_OK; }

bool Connection::in_transaction() const { return PQtransactionStatus(handle_) != PQTRANS_IDLE; }

Result<Rows> Connection::take(pg_result* result) {
  Rows rows;
  rows.result_.reset(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return rows;
  const std::string message = first_line(PQerrorMessage(handle_));
  // libpq's own errors have no SQLSTATE: the connection ended while it waited.
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (lost() || state == nullptr) return unavailable(name_, message);
  return server_error(name_, result, message);
}

Result<Rows> Connection::execute(const std::string& sql) {
  return take(PQexec(handle_, sql.c_str()));
}

Result<void> Connection::prepare(const std::string& name, const std::string& sql) {
  const Result<Rows> prepared = take(PQprepare(handle_, name.c_str(), sql.c_str(), 0, nullptr));
  if (!prepared) return prepared.error();
  return {};
}

Result<Rows> Connection::run(const std::string& name, std::span<const Value> values) {
  std::vector<std::array<char, 8>> integers(values.size());
  std::vector<const char*> data(values.size());
  std::vector<int> lengths(values.size());
  const std::vector<int> formats(values.size(), kBinary);
  static constexpr char kNothing = 0;  // a null pointer would be a NULL
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (const auto* integer = std::get_if<int64_t>(&values[i])) {
      for (int k = 0; k < 8; ++k) {
        integers[i][static_cast<std::size_t>(k)] =
            static_cast<char>(static_cast<uint64_t>(*integer) >> (56 - 8 * k));
      }
      data[i] = integers[i].data();
      lengths[i] = 8;
    } else if (const auto* text = std::get_if<std::string_view>(&values[i])) {
      data[i] = text->empty() ? &kNothing : text->data();
      lengths[i] = static_cast<int>(text->size());
    } else {
      const auto& bytes = std::get<std::span<const std::byte>>(values[i]);
      data[i] = bytes.empty() ? &kNothing : reinterpret_cast<const char*>(bytes.data());
      lengths[i] = static_cast<int>(bytes.size());
    }
  }
  return take(PQexecPrepared(handle_, name.c_str(), static_cast<int>(values.size()), data.data(),
                             lengths.data(), formats.data(), kBinary));
}

}  // namespace mw::postgres
