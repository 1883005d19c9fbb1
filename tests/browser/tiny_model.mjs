// A Llama of half a megabyte as Hugging Face lays it out: random weights, bytes as tokens, letters as answers.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const width = 128;
const bytes = 256;
const special = ["<|im_start|>", "<|im_end|>"];
const vocabulary = bytes + special.length;

/** The characters by which byte-level BPE names bytes (GPT-2's). */
function byte_names() {
  const printable = (byte) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: bytes }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function tensors() {
  const draw = random(7);
  const some = (count, scale, offset = 0) => Float32Array.from({ length: count }, () => offset + scale * draw());
  const head = some(vocabulary * width, 0.3);
  for (let id = 0; id < vocabulary; ++id) {
    const letter = id >= 97 && id <= 122;
    if (!letter && id !== bytes + 1) head.fill(0, id * width, (id + 1) * width);
  }
  const layer = "model.layers.0.";
  return [
    ["model.embed_tokens.weight", [vocabulary, width], some(vocabulary * width, 1)],
    [`${layer}input_layernorm.weight`, [width], some(width, 0.1, 1)],
    [`${layer}post_attention_layernorm.weight`, [width], some(width, 0.1, 1)],
    ...["q", "k", "v", "o"].map((name) => [`${layer}self_attn.${name}_proj.weight`, [width, width], some(width * width, 0.2)]),
    ...["gate", "up"].map((name) => [`${layer}mlp.${name}_proj.weight`, [96, width], some(96 * width, 0.2)]),
    [`${layer}mlp.down_proj.weight`, [width, 96], some(96 * width, 0.2)],
    ["model.norm.weight", [width], some(width, 0.1, 1)],
    ["lm_head.weight", [vocabulary, width], head],
  ];
}

export function write_tiny_model(folder) {
  mkdirSync(folder, { recursive: true });
  const put = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));
  put("config.json", {
    architectures: ["LlamaForCausalLM"], model_type: "llama", hidden_size: width, intermediate_size: 96, num_hidden_layers: 1,
    num_attention_heads: 2, num_key_value_heads: 2, head_dim: 64, vocab_size: vocabulary, max_position_embeddings: 2048, rms_norm_eps: 1e-5,
    rope_theta: 10000, hidden_act: "silu", tie_word_embeddings: false, bos_token_id: bytes, eos_token_id: bytes + 1,
  });
  const names = byte_names();
  put("tokenizer.json", {
    version: "1.0", truncation: null, padding: null, normalizer: null, post_processor: null,
    added_tokens: special.map((content, i) => ({ id: bytes + i, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })),
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false,
      vocab: Object.fromEntries([...names, ...special].map((name, id) => [name, id])), merges: [] },
  });
  put("tokenizer_config.json", {
    eos_token: "<|im_end|>", bos_token: "<|im_start|>", clean_up_tokenization_spaces: false,
    chat_template: "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
  });
  const header = {};
  const parts = [];
  let at = 0;
  for (const [name, shape, values] of tensors()) {
    header[name] = { dtype: "F32", shape, data_offsets: [at, at + values.byteLength] };
    at += values.byteLength;
    parts.push(Buffer.from(values.buffer));
  }
  let text = JSON.stringify(header);
  text += " ".repeat((8 - (text.length % 8)) % 8);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(join(folder, "model.safetensors"), Buffer.concat([size, Buffer.from(text), ...parts]));
}
