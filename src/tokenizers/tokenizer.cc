#include "tokenizers/tokenizer.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "tokenizers/internal/build_parts.h"
#include "tokenizers/internal/tokenizer_parts.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {

Tokenizer::Tokenizer(std::unique_ptr<TokenizerParts> parts) : parts_(std::move(parts)) {}
Tokenizer::~Tokenizer() = default;

std::unique_ptr<Tokenizer> Tokenizer::assemble(TokenizerParts parts) {
  return std::unique_ptr<Tokenizer>(
      new Tokenizer(std::make_unique<TokenizerParts>(std::move(parts))));
}

Result<std::unique_ptr<Tokenizer>> Tokenizer::create(TokenizerSpec spec) {
  MW_TRY(check_spec(spec));
  PromptTemplate prompt = prompt_of(spec);
  const std::optional<int32_t> bos_id = spec.bos_id;
  const std::optional<int32_t> eos_id = spec.eos_id;
  const TokenizerSpec::Kind kind = spec.kind;
  MW_ASSIGN(TokenizerParts parts,
            kind == TokenizerSpec::Kind::kByteLevel       ? build_byte_level(std::move(spec))
            : kind == TokenizerSpec::Kind::kSentencePiece ? build_sentence_piece(std::move(spec))
                                                          : build_word_piece(std::move(spec)));
  if (parts.prompt.single.empty()) parts.prompt = std::move(prompt);
  parts.bos_id = bos_id;
  parts.eos_id = eos_id;
  return assemble(std::move(parts));
}

void Tokenizer::encode_plain(std::string_view text, bool at_start, bool trusted,
                             std::vector<int32_t>& ids) const {
  if (text.empty()) return;
  const TokenizerParts& parts = *parts_;
  if (const auto scanner = parts.splitter.only_scanner(); scanner && parts.normalizer.empty()) {
    for (std::size_t at = 0; at < text.size();) {
      // Cut before the scan, so that a piece without end costs no more than its share.
      const std::size_t end = piece_end(*scanner, text.substr(0, at + kMaxPieceBytes), at);
      parts.model->encode(text.substr(at, end - at), ids);
      at = end;
    }
    return;
  }
  std::string normalised(text);
  parts.normalizer.apply(normalised);
  std::size_t begin = 0;
  while (!parts.normalized_special.empty()) {
    const auto match = parts.normalized_special.next(
        normalised, begin, [&](std::size_t) { return trusted ? normalised.size() : 0; });
    if (match.bytes == 0) break;
    encode_normalised(normalised.substr(begin, match.begin - begin), at_start && begin == 0, ids);
    ids.push_back(match.id);
    begin = match.begin + match.bytes;
  }
  if (begin > 0) normalised.erase(0, begin);
  encode_normalised(std::move(normalised), at_start && begin == 0, ids);
}

void Tokenizer::encode_normalised(std::string text, bool at_start,
                                  std::vector<int32_t>& ids) const {
  if (text.empty()) return;
  if (parts_->splitter.empty()) return parts_->model->encode(text, ids);
  PiecedText pieced;
  pieced.text = std::move(text);
  parts_->splitter.split(pieced, at_start);
  for (const PiecedText::Range& piece : pieced.pieces) {
    parts_->model->encode(pieced.piece(piece), ids);
  }
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, Special special) const {
  const Part part = {text, special};
  return encode_parts({&part, 1});
}

std::vector<int32_t> Tokenizer::encode_parts(std::span<const Part> parts) const {
  struct Run {
    std::size_t end;
    bool trusted;
  };
  std::string joined;
  std::string_view text;
  if (parts.size() == 1) {
    text = parts[0].text;
  } else {
    for (const Part& part : parts) joined += part.text;
    text = joined;
  }
  std::vector<Run> runs;
  bool any_trusted = false;
  std::size_t length = 0;
  for (const Part& part : parts) {
    const bool trusted = part.special == Special::kParse;
    length += part.text.size();
    any_trusted = any_trusted || (trusted && !part.text.empty());
    if (!runs.empty() && runs.back().trusted == trusted) {
      runs.back().end = length;
    } else {
      runs.push_back({length, trusted});
    }
  }
  std::vector<int32_t> ids;
  ids.reserve(text.size() / 3 + 8);
  std::size_t run = 0;
  const auto trusted_end = [&](std::size_t at) {
    while (runs[run].end <= at) ++run;
    return runs[run].trusted ? runs[run].end : 0;
  };
  const bool all_trusted = runs.size() == 1 && any_trusted;
  std::size_t begin = 0;
  while (any_trusted || parts_->special.any_anywhere()) {
    const SpecialTokens::Match match = parts_->special.next(text, begin, trusted_end);
    if (match.bytes == 0) break;
    encode_plain(text.substr(begin, match.begin - begin), begin == 0, all_trusted, ids);
    ids.push_back(match.id);
    begin = match.begin + match.bytes;
  }
  encode_plain(text.substr(begin), begin == 0, all_trusted, ids);
  return ids;
}

std::vector<int32_t> Tokenizer::encode_prompt(std::string_view text, Special special) const {
  return with_template(encode(text, special));
}

std::vector<int32_t> Tokenizer::with_template(std::span<const int32_t> ids) const {
  const std::vector<PromptTemplate::Item>& items = parts_->prompt.single;
  if (items.empty()) return {ids.begin(), ids.end()};
  std::vector<int32_t> before;
  std::vector<int32_t> behind;
  bool seen = false;
  for (const PromptTemplate::Item& item : items) {
    if (item.id < 0) {
      seen = true;
    } else {
      (seen ? behind : before).push_back(item.id);
    }
  }
  std::vector<int32_t> all;
  all.reserve(ids.size() + before.size() + behind.size());
  const bool begins = !before.empty() && ids.size() >= before.size() &&
                      std::equal(before.begin(), before.end(), ids.begin());
  if (!begins) all = before;
  all.insert(all.end(), ids.begin(), ids.end());
  const bool ends = !behind.empty() && all.size() >= behind.size() &&
                    std::equal(behind.rbegin(), behind.rend(), all.rbegin());
  if (!ends) all.insert(all.end(), behind.begin(), behind.end());
  return all;
}

Result<Tokenizer::Pair> Tokenizer::encode_pair(std::string_view first,
                                               std::string_view second) const {
  if (parts_->prompt.pair.empty()) {
    return Error::make(Code::kUnsupported,
                       "this tokenizer has no template for two texts, which a reranker needs",
                       "该分词器没有双文本模板，无法用于重排序", "post_processor");
  }
  const std::vector<int32_t> ids[] = {encode(first, Special::kAsText),
                                      encode(second, Special::kAsText)};
  Pair pair;
  for (const PromptTemplate::Item& item : parts_->prompt.pair) {
    if (item.id >= 0) {
      pair.ids.push_back(item.id);
    } else {
      const std::vector<int32_t>& text = ids[item.sequence];
      pair.ids.insert(pair.ids.end(), text.begin(), text.end());
    }
    pair.type_ids.resize(pair.ids.size(), item.type);
  }
  return pair;
}

bool Tokenizer::is_known(int32_t id) const { return id >= 0 && id < vocabulary_size(); }

std::string_view Tokenizer::bytes_of(int32_t id) const {
  return parts_->decoder.as_in_vocabulary() ? parts_->model->vocabulary().bytes_of(id)
                                            : parts_->decoder.bytes_of(id);
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  std::string text;
  bool first = true;
  for (const int32_t id : ids) {
    if (!is_known(id) || is_control(id)) continue;
    text += bytes_of(id);
    if (!first) continue;
    first = false;
    parts_->decoder.begin_text(parts_->model->vocabulary().bytes_of(id), text);
  }
  return text;
}

std::string Tokenizer::piece(int32_t id) const {
  return is_known(id) && !is_control(id) ? std::string(bytes_of(id)) : std::string();
}

std::string Tokenizer::display_piece(int32_t id) const {
  if (!is_known(id)) return "<unknown id " + std::to_string(id) + ">";
  const std::string_view bytes =
      is_control(id) ? parts_->model->vocabulary().bytes_of(id) : bytes_of(id);
  std::string shown;
  for (std::size_t at = 0; at < bytes.size();) {
    const DecodedChar next = decode_utf8(bytes, at);
    const auto byte = static_cast<unsigned char>(bytes[at]);
    const bool is_whole = next.bytes > 1 || (byte >= 0x20 && byte < 0x7f) || byte == '\n';
    if (is_whole) {
      shown += bytes.substr(at, next.bytes);
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "<0x%02X>", byte);
      shown += escaped;
    }
    at += next.bytes;
  }
  return shown;
}

int32_t Tokenizer::vocabulary_size() const { return parts_->model->vocabulary().size(); }
std::optional<int32_t> Tokenizer::bos_id() const { return parts_->bos_id; }
std::optional<int32_t> Tokenizer::eos_id() const { return parts_->eos_id; }

bool Tokenizer::adds_bos() const {
  const auto& items = parts_->prompt.single;
  return !items.empty() && parts_->bos_id && items.front().id == *parts_->bos_id;
}

std::optional<int32_t> Tokenizer::token_id(std::string_view text) const {
  int32_t id = parts_->special.find(text);
  if (id < 0) id = parts_->normalized_special.find(text);
  if (id < 0) id = parts_->model->vocabulary().find(text);
  if (id < 0) return std::nullopt;
  return id;
}

bool Tokenizer::is_control(int32_t id) const {
  return is_known(id) && parts_->control[static_cast<std::size_t>(id)];
}

}  // namespace mw::tokenizers
