#include "tokenizers/internal/unicode_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "tokenizers/internal/unicode_data.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr char32_t kHangulFirst = 0xac00;
constexpr char32_t kHangulCount = 11172;
constexpr char32_t kLeadFirst = 0x1100;
constexpr char32_t kVowelFirst = 0x1161;
constexpr char32_t kTrailFirst = 0x11a7;  // one before the first
constexpr char32_t kLeads = 19;
constexpr char32_t kVowels = 21;
constexpr char32_t kTrails = 28;
// A byte that is no character, kept as it is: no code point has this bit.
constexpr char32_t kRawByte = 0x80000000;
constexpr std::size_t kMaxRun = std::size_t{1} << 20;

struct Mark {
  char32_t code_point;
  uint8_t combining;
};

uint8_t combining_class(char32_t code_point) {
  if (code_point < 0x300 || (code_point & kRawByte) != 0) return 0;
  const auto found = mapped(kCombining, code_point);
  return found.empty() ? uint8_t{0} : static_cast<uint8_t>(found[0]);
}

char32_t composed(char32_t first, char32_t second) {
  if (first - kLeadFirst < kLeads && second - kVowelFirst < kVowels) {
    return kHangulFirst + ((first - kLeadFirst) * kVowels + (second - kVowelFirst)) * kTrails;
  }
  const char32_t syllable = first - kHangulFirst;
  if (syllable < kHangulCount && syllable % kTrails == 0 && second > kTrailFirst &&
      second < kTrailFirst + kTrails) {
    return first + (second - kTrailFirst);
  }
  const uint32_t* begin = kCompositionFirst;
  const uint32_t* end = begin + kCompositions;
  for (const uint32_t* at = std::lower_bound(begin, end, first); at != end && *at == first; ++at) {
    if (kCompositionSecond[at - begin] == second) return kCompositionWhole[at - begin];
  }
  return 0;
}

/// Collects code points: decomposes, sorts marks, composes, and writes what cannot change any more.
class Normaliser {
 public:
  Normaliser(NormalForm form, std::string& out)
      : compatible_(form == NormalForm::kNfkc || form == NormalForm::kNfkd),
        compose_(form == NormalForm::kNfc || form == NormalForm::kNfkc),
        out_(out) {}

  void push(char32_t code_point) {
    const char32_t syllable = code_point - kHangulFirst;
    if (syllable < kHangulCount) {
      take(kLeadFirst + syllable / (kVowels * kTrails));
      take(kVowelFirst + syllable % (kVowels * kTrails) / kTrails);
      if (syllable % kTrails != 0) take(kTrailFirst + syllable % kTrails);
      return;
    }
    if ((code_point & kRawByte) == 0 && code_point >= 0xa0) {
      auto parts = compatible_ ? mapped(kCompatible, code_point) : std::span<const uint32_t>();
      if (parts.empty()) parts = mapped(kCanonical, code_point);
      if (!parts.empty()) {
        for (const uint32_t part : parts) take(part);
        return;
      }
    }
    take(code_point);
  }

  void finish() {
    flush();
    if (starter_ != kNone) write(starter_);
    starter_ = kNone;
  }

 private:
  static constexpr char32_t kNone = UINT32_MAX;

  void take(char32_t code_point) {
    const uint8_t combining = combining_class(code_point);
    if (combining != 0) {
      marks_.push_back({code_point, combining});
      if (marks_.size() >= kMaxRun) finish();
      return;
    }
    flush();
    if (starter_ != kNone && compose_) {
      if (const char32_t whole = composed(starter_, code_point)) {
        starter_ = whole;
        return;
      }
    }
    if (starter_ != kNone) write(starter_);
    starter_ = code_point;
  }

  /// Sorts the marks and composes those that can be with the starter. Where some stay, nothing
  /// after them can compose with the starter any more, and all are written.
  void flush() {
    if (marks_.empty()) return;
    std::stable_sort(marks_.begin(), marks_.end(),
                     [](const Mark& a, const Mark& b) { return a.combining < b.combining; });
    uint8_t last = 0;
    std::size_t kept = 0;
    for (const Mark& mark : marks_) {
      if (compose_ && starter_ != kNone && last < mark.combining) {
        if (const char32_t whole = composed(starter_, mark.code_point)) {
          starter_ = whole;
          continue;
        }
      }
      last = mark.combining;
      marks_[kept++] = mark;
    }
    if (kept > 0) {
      if (starter_ != kNone) write(starter_);
      starter_ = kNone;
      for (std::size_t i = 0; i < kept; ++i) write(marks_[i].code_point);
    }
    marks_.clear();
  }

  void write(char32_t code_point) {
    if ((code_point & kRawByte) != 0) {
      out_ += static_cast<char>(code_point & 0xffU);
    } else {
      append_utf8(code_point, out_);
    }
  }

  bool compatible_;
  bool compose_;
  std::string& out_;
  char32_t starter_ = kNone;
  std::vector<Mark> marks_;
};

}  // namespace

std::span<const uint32_t> mapped(const UnicodeMapping& mapping, char32_t code_point) {
  const char32_t page = code_point >> 8;
  const uint32_t* begin = mapping.points + mapping.pages[page];
  const uint32_t* end = mapping.points + mapping.pages[page + 1];
  const uint32_t* found = std::lower_bound(begin, end, code_point);
  if (found == end || *found != code_point) return {};
  const std::ptrdiff_t index = found - mapping.points;
  return {mapping.pool + mapping.offsets[index], mapping.pool + mapping.offsets[index + 1]};
}

bool is_ascii(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080U) != 0) return false;
  }
  for (; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) >= 0x80) return false;
  }
  return true;
}

void append_utf8(char32_t code_point, std::string& text) {
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
    return;
  }
  if (code_point < 0x800) {
    text += static_cast<char>(0xc0 | (code_point >> 6));
  } else {
    if (code_point < 0x10000) {
      text += static_cast<char>(0xe0 | (code_point >> 12));
    } else {
      text += static_cast<char>(0xf0 | (code_point >> 18));
      text += static_cast<char>(0x80 | ((code_point >> 12) & 0x3f));
    }
    text += static_cast<char>(0x80 | ((code_point >> 6) & 0x3f));
  }
  text += static_cast<char>(0x80 | (code_point & 0x3f));
}

void normalise(NormalForm form, std::string& text) {
  if (is_ascii(text)) return;
  const int inert = form == NormalForm::kNfc    ? kNfcInert
                    : form == NormalForm::kNfkc ? kNfkcInert
                    : form == NormalForm::kNfd  ? kNfdInert
                                                : 0;
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  Normaliser normaliser(form, out);
  // Of a run of inert characters all but the last are copied: that one may take what follows it.
  std::size_t copied = 0;
  std::size_t last = 0;
  bool in_run = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const DecodedChar next = byte < 0x80 ? DecodedChar{byte, 1} : decode_utf8(text, at);
    const bool raw = next.bytes == 1 && byte >= 0x80;
    if (!raw && (byte < 0x80 || (traits_word(next.code_point) & inert) != 0) && inert != 0) {
      if (!in_run) {
        normaliser.finish();
        copied = at;
      }
      in_run = true;
      last = at;
      at += next.bytes;
      continue;
    }
    if (in_run) {
      out.append(text, copied, last - copied);
      normaliser.push(decode_utf8(text, last).code_point);
      in_run = false;
    }
    normaliser.push(raw ? kRawByte | byte : next.code_point);
    at += next.bytes;
  }
  normaliser.finish();
  if (in_run) out.append(text, copied);
  text = std::move(out);
}

void lower_case(std::string& text) {
  bool plain = true;
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    plain = plain && static_cast<unsigned char>(c) < 0x80;
  }
  if (plain) return;
  std::string out;
  out.reserve(text.size() + 8);
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar next = decode_utf8(text, at);
    const auto lower =
        next.bytes > 1 ? mapped(kLower, next.code_point) : std::span<const uint32_t>();
    if (lower.empty()) {
      out.append(text, at, next.bytes);
    } else {
      for (const uint32_t each : lower) append_utf8(each, out);
    }
    at += next.bytes;
  }
  text = std::move(out);
}

}  // namespace mw::tokenizers
