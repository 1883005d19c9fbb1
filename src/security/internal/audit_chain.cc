#include "security/internal/audit_chain.h"

#include <utility>

#include "security/internal/signing_key.h"

namespace mw::security {
namespace {

bool vouched(const AuditRoot& root) {
  return signature_fits(root.key, root_message(root.log, root.seq, root.ts_ns, root.hash),
                        root.signature);
}

std::string number(uint64_t value) { return std::to_string(value); }

}  // namespace

void AuditChain::begin_at(const SegmentHeader& header) {
  log_ = header.log;
  next_seq_ = header.first_seq;
  link_ = header.link;
}

void AuditChain::fail(AuditFault fault, uint64_t seq, std::string en, std::string zh) {
  if (report_.broken) return;
  report_.broken =
      AuditBreak{fault, seq, segment_, good_bytes_, Text{std::move(en), std::move(zh)}};
}

bool AuditChain::take_header(std::string_view bytes) {
  const auto header = decode_segment_header(bytes);
  if (!header) {
    fail(AuditFault::kHeader, next_seq_, "the file does not begin as an audit segment",
         "文件开头不是审计段");
    return false;
  }
  if ((log_ && header->log != *log_) || (key_ && header->key != *key_)) {
    fail(AuditFault::kForeign, next_seq_,
         "the segment is of another log or was signed with another key",
         "该段属于另一日志或由另一密钥签名");
    return false;
  }
  if (header->first_seq != next_seq_) {
    fail(AuditFault::kSequence, next_seq_,
         "record " + number(next_seq_) + " is missing: the segment begins with " +
             number(header->first_seq),
         "缺少记录 " + number(next_seq_) + "：该段从 " + number(header->first_seq) + " 开始");
    return false;
  }
  if (header->link != link_) {
    fail(AuditFault::kHash, next_seq_, "the segment does not follow the one before it",
         "该段与前一段不相接");
    return false;
  }
  log_ = header->log;
  key_ = header->key;
  link_ = link_after_header(bytes.substr(0, kSegmentHeaderBytes));
  good_bytes_ = kSegmentHeaderBytes;
  return true;
}

/// What follows the last record that was acknowledged, up to one record's bytes, was begun and not
/// finished; anywhere else it is a fault.
void AuditChain::stop_at(AuditFault fault, std::string_view rest, bool last, std::string en,
                         std::string zh) {
  if (last && next_seq_ > acknowledged_ && rest.size() <= kMaxRecordBytes) {
    report_.torn_bytes = rest.size();
    return;
  }
  fail(fault, next_seq_, std::move(en), std::move(zh));
}

void AuditChain::take_records(std::string_view bytes, bool last, std::vector<Held>& held) {
  while (good_bytes_ < bytes.size()) {
    const std::string_view rest = bytes.substr(good_bytes_);
    const auto raw = split_record(rest);
    const auto record = raw ? decode_body(raw->body) : std::nullopt;
    const std::string name = "record " + number(next_seq_);
    const std::string name_zh = "记录 " + number(next_seq_);
    if (!record) {
      return stop_at(AuditFault::kRecord, rest, last, name + " is damaged: no record begins there",
                     name_zh + " 已损坏");
    }
    if (record->seq != next_seq_) {
      return stop_at(AuditFault::kSequence, rest, last,
                     name + " is not in its place: there is " + number(record->seq),
                     name_zh + " 不在其位：此处为 " + number(record->seq));
    }
    if (record_hash(link_, raw->body) != raw->hash) {
      // A changed signature of the record before shows here, since the chain goes over it too.
      if (!held.empty() && !vouched(held.back().root)) {
        next_seq_ = held.back().record.seq;
        good_bytes_ = held.back().offset;
        held.pop_back();
        fail(AuditFault::kSignature, next_seq_,
             "the signature of record " + number(next_seq_) + " was changed",
             "记录 " + number(next_seq_) + " 的签名被改动");
        return;
      }
      return stop_at(AuditFault::kHash, rest, last, name + " was changed", name_zh + " 被改动");
    }
    held.push_back({*record,
                    {*log_, record->seq, record->ts_ns, raw->hash, *key_, raw->signature},
                    good_bytes_});
    link_ = link_after_record(raw->hash, raw->signature);
    good_bytes_ += raw->bytes;
    ++next_seq_;
  }
}

/// The chain goes over each signature, so the last one vouches for all before. Only where it does
/// not fit (anybody can compute hashes) is the first record searched that was written without the
/// key.
void AuditChain::check_signatures(std::vector<Held>& held, std::string_view bytes, bool last) {
  if (held.empty() || vouched(held.back().root)) return;
  std::size_t first = 0;
  while (vouched(held[first].root)) ++first;  // ends: the last one does not fit
  const std::size_t offset = held[first].offset;
  next_seq_ = held[first].record.seq;
  held.resize(first);
  good_bytes_ = offset;
  stop_at(AuditFault::kSignature, bytes.substr(offset), last,
          "record " + number(next_seq_) + " was not written by the holder of the key",
          "记录 " + number(next_seq_) + " 不是密钥持有者写入的");
}

bool AuditChain::take_segment(const std::string& name, std::string_view bytes, bool last,
                              const OnRecord& on_record) {
  segment_ = name;
  good_bytes_ = 0;
  ++report_.segments;
  if (!take_header(bytes)) return false;
  const Sha256Digest header_link = link_;
  std::vector<Held> held;
  take_records(bytes, last, held);
  const auto later = std::exchange(report_.broken, std::nullopt);
  check_signatures(held, bytes, last);
  // What comes first in the file counts: a signature, what the listener finds, the end.
  const auto found = std::exchange(report_.broken, std::nullopt);
  link_ = held.empty() ? header_link
                       : link_after_record(held.back().root.hash, held.back().root.signature);
  for (const Held& each : held) {
    if (on_record && !on_record(each.record, each.root)) return false;
    if (report_.records++ == 0) report_.first_ns = each.record.ts_ns;
    report_.last_ns = each.record.ts_ns;
    report_.last_root = each.root;
  }
  report_.broken = found ? found : later;
  return !report_.broken;
}

}  // namespace mw::security
