#include "security/audit_check.h"

#include <algorithm>

#include "core/file.h"
#include "core/file_lock.h"
#include "security/internal/audit_chain.h"
#include "security/internal/audit_files.h"
#include "security/internal/signing_key.h"

namespace mw::security {
namespace {

/// What must be seen at one moment: no record may come in between.
struct Moment {
  std::optional<AuditRoot> head;
  std::vector<std::filesystem::path> segments;
  std::string last_bytes;
};

Result<Moment> look(const AuditFiles& files) {
  // A copy that may not be written to has no writer either.
  const auto lock = FileLock::acquire(files.lock());
  Moment moment;
  moment.head = files.read_head();
  MW_ASSIGN(moment.segments, files.segments());
  if (!moment.segments.empty()) {
    MW_ASSIGN(moment.last_bytes, read_file(moment.segments.back(), kSegmentReadLimit));
  }
  return moment;
}

/// A root that the log has to contain, and what it is called.
struct Witness {
  AuditRoot root;
  bool head = false;
};

void compare(const Witness& witness, const AuditRoot& root, AuditChain& chain) {
  const std::string seq = std::to_string(root.seq);
  if (witness.root.log != root.log || witness.root.key != root.key) {
    chain.fail(AuditFault::kForeign, root.seq,
               "the kept root of record " + seq + " is of another log or key",
               "记录 " + seq + " 的存档根属于另一日志或密钥");
  } else if (witness.root.hash != root.hash) {
    chain.fail(AuditFault::kHash, root.seq,
               "record " + seq + " is not the one that the " +
                   (witness.head ? std::string("file head") : std::string("kept root")) +
                   " vouches for: the log was written anew",
               "记录 " + seq + " 与存档的根不符：日志被重写");
  }
}

}  // namespace

std::string_view fault_name(AuditFault fault) {
  switch (fault) {
    case AuditFault::kHeader:
      return "header";
    case AuditFault::kForeign:
      return "foreign";
    case AuditFault::kSequence:
      return "sequence";
    case AuditFault::kRecord:
      return "record";
    case AuditFault::kHash:
      return "hash";
    case AuditFault::kSignature:
      return "signature";
    case AuditFault::kCut:
      return "cut";
    case AuditFault::kHead:
      break;
  }
  return "head";
}

Result<AuditReport> check_audit(const std::filesystem::path& folder,
                                const AuditCheckOptions& options) {
  const AuditFiles files{folder};
  std::error_code problem;
  if (!std::filesystem::is_directory(folder, problem)) {
    return Error::make(
        Code::kNotFound,
        "there is no audit log in " + folder.string() + "; name the data folder with --data",
        folder.string() + " 中没有审计日志；请用 --data 指定数据目录", "data");
  }
  MW_ASSIGN(const Moment moment, look(files));
  std::vector<Witness> witnesses;
  if (moment.head) witnesses.push_back({*moment.head, true});
  for (const AuditRoot& root : options.roots) witnesses.push_back({root, false});
  std::optional<PublicKey> key;
  if (const auto own = SigningKey::load(files.signing_key())) {
    key = own->public_key();
  } else if (moment.head) {
    key = moment.head->key;
  }

  AuditChain chain(moment.head ? moment.head->seq : UINT64_MAX, key);
  bool stopped = false;
  const auto on_record = [&](const AuditRecord& record, const AuditRoot& root) {
    for (const Witness& witness : witnesses) {
      if (witness.root.seq == root.seq) compare(witness, root, chain);
    }
    if (!chain.report().intact()) return false;
    stopped = options.on_record && !options.on_record(record);
    return !stopped;
  };
  for (std::size_t i = 0; i < moment.segments.size(); ++i) {
    const bool last = i + 1 == moment.segments.size();
    std::string bytes = moment.last_bytes;
    if (!last) {
      MW_ASSIGN(bytes, read_file(moment.segments[i], kSegmentReadLimit));
    }
    if (!chain.take_segment(moment.segments[i].filename().string(), bytes, last, on_record)) break;
  }
  if (stopped) return chain.report();
  if (!moment.head) {
    chain.fail(AuditFault::kHead, chain.next_seq(),
               "the file head is missing or damaged: whether records were cut off cannot be told",
               "head 文件缺失或损坏，无法判断末尾记录是否被截去");
  }
  for (const Witness& witness : witnesses) {
    if (witness.root.seq < chain.next_seq()) continue;
    const std::string by = witness.head ? "the file head" : "a kept root";
    chain.fail(AuditFault::kCut, chain.next_seq(),
               "record " + std::to_string(chain.next_seq()) + " is gone: " + by +
                   " vouches for records up to " + std::to_string(witness.root.seq),
               "缺少记录 " + std::to_string(chain.next_seq()) + "：存档证明记录应到 " +
                   std::to_string(witness.root.seq));
  }
  return chain.report();
}

}  // namespace mw::security
