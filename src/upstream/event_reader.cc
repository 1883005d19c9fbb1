#include "upstream/event_reader.h"

namespace mw::upstream {
namespace {

Error too_long(std::size_t limit) {
  const std::string number = std::to_string(limit);
  return Error::make(Code::kTooLarge, "an event of the stream is longer than " + number + " bytes",
                     "事件流中有超过 " + number + " 字节的事件");
}

}  // namespace

Result<void> EventReader::push(std::string_view bytes, const OnEvent& on_event) {
  while (!bytes.empty()) {
    if (after_cr_) {
      after_cr_ = false;
      if (bytes.front() == '\n') {
        bytes.remove_prefix(1);
        continue;
      }
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view part = bytes.substr(0, end);
    if (line_.size() + part.size() + data_.size() > max_event_bytes_) {
      return too_long(max_event_bytes_);
    }
    line_ += part;
    if (end == std::string_view::npos) return {};
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    MW_TRY(take_line(on_event));
    line_.clear();
  }
  return {};
}

Result<void> EventReader::take_line(const OnEvent& on_event) {
  std::string_view line = line_;
  if (first_line_ && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  first_line_ = false;
  if (line.empty()) {
    if (!has_data_) return {};
    const Result<void> taken = on_event(data_);
    data_.clear();
    has_data_ = false;
    return taken;
  }
  const std::size_t colon = line.find(':');
  if (line.substr(0, colon) != "data") return {};  // a comment, or a field that says nothing here
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (has_data_) data_ += '\n';
  data_ += value;
  has_data_ = true;
  return {};
}

}  // namespace mw::upstream
