#include "core/error.h"

#include <array>
#include <cerrno>
#include <system_error>

#include "core/check.h"

namespace mw {
namespace {

const std::array<CodeInfo, 14>& table() {
  static const std::array<CodeInfo, 14> rows = {{
      {Code::kInvalidArgument,
       "invalid_argument",
       400,
       "invalid_request_error",
       2,
       {"The input is not valid", "输入无效"}},
      {Code::kUnauthenticated,
       "unauthenticated",
       401,
       "authentication_error",
       1,
       {"Sign in first", "请先登录"}},
      {Code::kPermissionDenied,
       "permission_denied",
       403,
       "permission_error",
       1,
       {"Not allowed", "没有权限"}},
      {Code::kNotFound, "not_found", 404, "not_found_error", 1, {"Not found", "未找到"}},
      {Code::kConflict,
       "conflict",
       409,
       "invalid_request_error",
       1,
       {"Conflicts with what is there", "与现有状态冲突"}},
      {Code::kTooLarge,
       "too_large",
       413,
       "invalid_request_error",
       1,
       {"Too large", "超出大小限制"}},
      {Code::kUnsupported,
       "unsupported",
       400,
       "invalid_request_error",
       1,
       {"Not supported", "不支持"}},
      {Code::kCorrupt,
       "corrupt",
       422,
       "invalid_request_error",
       1,
       {"The data is damaged", "数据已损坏"}},
      {Code::kResourceExhausted,
       "resource_exhausted",
       429,
       "rate_limit_error",
       1,
       {"Too busy, try again", "系统繁忙，请稍后再试"}},
      {Code::kUnavailable,
       "unavailable",
       503,
       "server_error",
       1,
       {"Not available now", "暂时不可用"}},
      {Code::kDeadlineExceeded,
       "deadline_exceeded",
       504,
       "server_error",
       1,
       {"Took too long", "超时"}},
      {Code::kCancelled, "cancelled", 499, "server_error", 1, {"Cancelled", "已取消"}},
      {Code::kIo, "io", 500, "server_error", 1, {"Disk or network error", "磁盘或网络错误"}},
      {Code::kInternal, "internal", 500, "server_error", 1, {"Internal error", "内部错误"}},
  }};
  return rows;
}

}  // namespace

const CodeInfo& info(Code code) {
  const auto index = static_cast<std::size_t>(code);
  MW_CHECK(index < table().size());
  MW_CHECK(table()[index].code == code);
  return table()[index];
}

Error Error::within(std::string_view what) const {
  Error out = *this;
  out.message.en = std::string(what) + ": " + message.en;
  if (!message.zh.empty()) out.message.zh = std::string(what) + "：" + message.zh;
  return out;
}

Error errno_error(std::string_view what, std::string_view path, int error_number) {
  Code code = Code::kIo;
  if (error_number == ENOENT) code = Code::kNotFound;
  if (error_number == EACCES || error_number == EPERM) code = Code::kPermissionDenied;
  std::string text = std::string(what) + " " + std::string(path) + ": " +
                     std::generic_category().message(error_number);
  if (error_number == ENOSPC) text += " (the disk is full: free space, then try again)";
  return Error::make(code, text);
}

}  // namespace mw
