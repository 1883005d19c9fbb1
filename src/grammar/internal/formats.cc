// The formats of JSON Schema that are held to, as regular expressions over the text of a string.
// RFC 3339 (dates and times, without leap seconds), 5321 and 5322 (addresses without quotes and
// comments), 1123 (host names), 4291 (IPv6), 9562 (UUID), 3986 (URI, ASCII), 6901 (JSON pointers).
#include <algorithm>
#include <array>
#include <string_view>

#include "grammar/internal/regex.h"
#include "grammar/internal/schema_compiler.h"

namespace mw::grammar {
namespace {

std::string date() {
  return "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|"
         "30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|"
         "(?:[02468][048]|[13579][26])00)-02-29)";
}

std::string time_of_day() {
  return "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";
}

std::string ipv4() {
  const std::string part = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  return part + "(?:\\." + part + "){3}";
}

std::string ipv6() {
  const std::string h = "[0-9A-Fa-f]{1,4}";
  const std::string last = "(?:" + h + ":" + h + "|" + ipv4() + ")";
  std::string out = "(?:" + h + ":){6}" + last;
  for (int before = 0; before <= 6; ++before) {
    // `before` groups at most in front of "::", the rest behind it.
    std::string front =
        before == 0 ? "" : "(?:(?:" + h + ":){0," + std::to_string(before - 1) + "}" + h + ")?";
    const int behind = 5 - before;
    std::string back;
    if (before == 0) {
      back = "(?:" + h + ":){5}" + last;
    } else if (behind >= 0) {
      back = behind == 0 ? last : "(?:" + h + ":){" + std::to_string(behind) + "}" + last;
    } else {
      back = h;
    }
    out += "|" + front + "::" + back;
  }
  out += "|(?:(?:" + h + ":){0,6}" + h + ")?::";
  return out;
}

std::string hostname() {
  return "(?=[^.]{1,63}(?:\\.[^.]{1,63})*$)(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
         "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*";
}

std::string email() {
  const std::string atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  const std::string label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  return "(?=[^@]{1,64}@)" + atom + "(?:\\." + atom + ")*@" + label + "(?:\\." + label + ")*";
}

std::string uri(bool reference) {
  const std::string chars = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
  const std::string user = "(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@";
  const std::string host =
      "(?:\\[(?:" + ipv6() + ")\\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)";
  const std::string authority = "//(?:" + user + ")?" + host + "(?::\\d*)?(?:/" + chars + "*)*";
  const std::string path =
      "(?:/(?:" + chars + "+(?:/" + chars + "*)*)?|" + chars + "+(?:/" + chars + "*)*)?";
  const std::string tail = "(?:\\?(?:" + chars + "|[/?])*)?(?:#(?:" + chars + "|[/?])*)?";
  const std::string absolute = "[A-Za-z][A-Za-z0-9+.-]*:(?:" + authority + "|" + path + ")" + tail;
  if (!reference) return absolute;
  const std::string segment = "(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})+";
  const std::string relative =
      "(?:/(?:" + chars + "+(?:/" + chars + "*)*)?|" + segment + "(?:/" + chars + "*)*)?";
  return absolute + "|(?:" + authority + "|" + relative + ")" + tail;
}

/// Formats of OpenAPI's registry that say how a value is meant or stored, and allow every value.
constexpr std::array kMeanings = {"binary", "password", "float", "double", "unixtime"};

struct Range {
  std::string_view name;
  const char* least;
  const char* most;
};
constexpr std::array<Range, 3> kRanges = {{{"int32", "-2147483648", "2147483647"},
                                           {"int64", "-9223372036854775808", "9223372036854775807"},
                                           {"uint8", "0", "255"}}};

std::string pattern_of(const std::string& name) {
  if (name == "date") return date();
  if (name == "time") return time_of_day();
  if (name == "date-time") return date() + "[Tt]" + time_of_day();
  if (name == "duration") {
    const std::string time = "T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)";
    return "P(?:\\d+W|(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)(?:" + time + ")?|" +
           time + ")";
  }
  if (name == "ipv4") return ipv4();
  if (name == "ipv6") return ipv6();
  if (name == "uuid") {
    return "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}";
  }
  if (name == "hostname") return hostname();
  if (name == "email") return email();
  if (name == "uri") return uri(false);
  if (name == "uri-reference") return uri(true);
  if (name == "byte") {  // base64, RFC 4648
    return "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?";
  }
  if (name == "json-pointer") return "(?:/(?:[^/~]|~[01])*)*";
  if (name == "relative-json-pointer") return "(?:0|[1-9]\\d*)(?:#|(?:/(?:[^/~]|~[01])*)*)";
  return {};
}

}  // namespace

bool format_allows_all_texts(std::string_view name) {
  return std::find(kMeanings.begin(), kMeanings.end(), name) != kMeanings.end() ||
         format_range(name).has_value();
}

std::optional<std::pair<Decimal, Decimal>> format_range(std::string_view name) {
  for (const Range& each : kRanges) {
    if (each.name != name) continue;
    const auto least = decimal_of(Json::parse(each.least));
    const auto most = decimal_of(Json::parse(each.most));
    return std::pair(*least, *most);
  }
  return std::nullopt;
}

std::optional<Expr> format_language(ExprPool& pool, const std::string& name) {
  const std::string pattern = pattern_of(name);
  if (pattern.empty()) return std::nullopt;
  const Result<Expr> language =
      regex_expr(pool, "(?:" + pattern + ")",
                 {.spelling = Spelling::kJson, .search = false, .ignore_case = false});
  if (!language) return std::nullopt;
  return *language;
}

}  // namespace mw::grammar
