#pragma once

// Text to token ids and back: byte-level BPE (GPT-2, SmolLM, Llama 3, Qwen), BPE of SentencePiece
// (Llama 2, Gemma), Unigram (XLM-R, E5) and WordPiece (BERT). From GGUF by Tokenizer::create, from
// tokenizer.json by parse_tokenizer_json.
// Byte-level vocabularies of GGUF files are not normalised (Qwen's reference applies NFC): such
// text is encoded as it stands, so that decoding gives the same bytes back. tokenizer.json says
// what to do, and that is done.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::tokenizers {

/// What a model file says about its tokenizer, as in GGUF's `tokenizer.ggml.*`.
struct TokenizerSpec {
  enum class Kind { kByteLevel, kSentencePiece, kWordPiece };  // GGUF's gpt2, llama and bert
  Kind kind = Kind::kByteLevel;
  std::vector<std::string> tokens;   // by id; of kByteLevel in the byte alphabet of GPT-2
  std::vector<int32_t> token_types;  // 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused,
                                     // 6 byte; empty: all normal
  std::vector<std::string> merges;   // "left right", the first merges first
  std::vector<double> scores;        // of kSentencePiece: the higher one merges first
  std::string pre;                   // of kByteLevel: "gpt-2", "smollm", "llama-bpe", "qwen2", ...
  std::optional<int32_t> bos_id;
  std::optional<int32_t> eos_id;
  std::optional<int32_t> unknown_id;
  std::optional<int32_t> padding_id;
  bool add_bos = false;
  bool add_eos = false;
  bool add_space_prefix = true;  // of kSentencePiece: "word" is encoded as " word"
  bool ignore_merges = false;  // a piece that is a token is not merged; implied by Llama 3's `pre`
};

struct TokenizerParts;  // internal/tokenizer_parts.h

/// Encodes and decodes.
///
/// Special tokens are those of the types control, unknown and user-defined. Text of strangers must
/// be encoded with Special::kAsText: then "<|im_end|>" is nine plain characters. Outside byte-level
/// vocabularies, user-defined tokens are parts of texts (Gemma's runs of spaces) and found
/// anywhere. Round trip  byte-level: decode(encode(x, kAsText)) == x for all bytes x, valid UTF-8
/// or not, as long as the
///             vocabulary has a token for each byte; other bytes are left out, as the reference
///             does (SmolLM2 lacks 8 that text can hold: 0x04 0x06 0x13 0x14 0x16 0x1d 0xf1 0xf2).
/// Limits      pieces over 1 MiB without a boundary are cut there, so memory stays linear.
/// Threads     const members from any thread.
class Tokenizer {
 public:
  enum class Special { kAsText, kParse };
  struct Part {
    std::string_view text;
    Special special = Special::kAsText;
  };

  /// Errors: kUnsupported for an unknown `pre`; kCorrupt for tables that contradict themselves,
  /// naming the entry.
  static Result<std::unique_ptr<Tokenizer>> create(TokenizerSpec spec);
  static std::unique_ptr<Tokenizer> assemble(TokenizerParts parts);
  ~Tokenizer();
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  /// Ids of the text alone, without BOS and EOS.
  std::vector<int32_t> encode(std::string_view text, Special special) const;
  /// Ids of the parts as one text: pieces and merges cross from part to part. Special tokens are
  /// found only where all their characters lie in adjacent parts with Special::kParse.
  std::vector<int32_t> encode_parts(std::span<const Part> parts) const;
  /// With BOS in front and EOS behind where the model wants them, never twice.
  std::vector<int32_t> encode_prompt(std::string_view text, Special special) const;
  /// The same for ids: what the model wants in front and behind, never twice.
  std::vector<int32_t> with_template(std::span<const int32_t> ids) const;
  struct Pair {
    std::vector<int32_t> ids;
    std::vector<int32_t> type_ids;
  };
  /// Two texts as a cross-encoder wants them. kUnsupported where the model has no template for two.
  Result<Pair> encode_pair(std::string_view first, std::string_view second) const;

  /// The bytes of the ids; special tokens (but user-defined ones) are left out.
  std::string decode(std::span<const int32_t> ids) const;
  /// The bytes of one id: empty for control tokens and for ids outside the vocabulary. May be part
  /// of a UTF-8 character; see Utf8Stream.
  std::string piece(int32_t id) const;
  /// For people: control tokens by name, bytes that are no whole character as <0xNN>.
  std::string display_piece(int32_t id) const;

  int32_t vocabulary_size() const;
  std::optional<int32_t> bos_id() const;
  std::optional<int32_t> eos_id() const;
  /// Whether the model wants BOS in front of each prompt.
  bool adds_bos() const;
  /// The id of a special token's text or of a token's exact bytes.
  std::optional<int32_t> token_id(std::string_view text) const;
  bool is_control(int32_t id) const;

 private:
  explicit Tokenizer(std::unique_ptr<TokenizerParts> parts);
  bool is_known(int32_t id) const;
  std::string_view bytes_of(int32_t id) const;
  void encode_plain(std::string_view text, bool at_start, bool trusted,
                    std::vector<int32_t>& ids) const;
  void encode_normalised(std::string text, bool at_start, std::vector<int32_t>& ids) const;

  std::unique_ptr<TokenizerParts> parts_;
};

}  // namespace mw::tokenizers
