// Finished requests as functions of time: one ends every seven seconds, each is always the same.
import { hash01 } from "./random.mjs";

const every_ms = 7_000;
const kept = 200;
const model = "smollm2-135m-instruct";
const clients = ["line-2-panel", "shift-report", "127.0.0.1"];
const problem = { en: "the answer was not complete by its deadline; ask for fewer tokens or allow more time", zh: "回答未能在期限内完成，请减少生成长度或放宽期限" };

const rounded = (ms) => Math.round(ms * 1000) / 1000;

/** The request that ends in slot `slot`. */
function request_of(slot) {
  const chance = (what) => hash01(what, slot);
  const prompt_tokens = Math.round(40 + 1_400 * chance("prompt") ** 2);
  const cached_prompt_tokens = chance("cached") < 0.3 ? 0 : 16 * Math.floor(((0.3 + 0.6 * chance("share")) * prompt_tokens) / 16);
  const end = chance("end");
  const finish = end < 0.04 ? "error" : end < 0.1 ? "cancelled" : end < 0.2 ? "length" : "stop";
  const waited_only = finish === "error";
  const generated_tokens = waited_only ? 0 : Math.round(8 + 180 * chance("length"));
  const queue_ms = waited_only ? 2_000 : chance("busy") < 0.25 ? 900 * chance("queue") : 0.2 + 2 * chance("queue");
  const prefill_ms = waited_only ? 0 : (prompt_tokens - cached_prompt_tokens) / (0.36 + 0.06 * chance("pace")) + 14;
  const rate = 58 + 14 * chance("rate");
  const decode_ms = waited_only ? 0 : (generated_tokens - 1) / (rate / 1000);
  const whole_ms = queue_ms + prefill_ms + decode_ms + 1.5;
  const batch = chance("client") > 0.34 && chance("client") < 0.5;
  return {
    id: `req_${Math.floor(hash01("id", slot) * 0xffffffff).toString(16).padStart(8, "0")}${(slot >>> 0).toString(16).padStart(8, "0")}`,
    model, client: batch ? clients[1] : chance("client") < 0.5 ? clients[0] : clients[2], priority: batch ? "batch" : "interactive",
    received_ms: Math.round(slot * every_ms - whole_ms), finished_ms: slot * every_ms, total_ms: rounded(whole_ms), answers: chance("answers") < 0.06 ? 3 : 1,
    prompt_tokens, cached_prompt_tokens, generated_tokens,
    queue_ms: rounded(queue_ms), prefill_ms: rounded(prefill_ms), decode_ms: rounded(decode_ms),
    predicted_first_token_ms: rounded(queue_ms * 0.8 + prompt_tokens / 0.39 + 14), first_token_ms: waited_only ? null : rounded(queue_ms + prefill_ms),
    decode_tok_s: generated_tokens > 1 ? rounded(rate) : null,
    finish, problem: finish === "error" ? problem : null,
  };
}

function list(first_slot, last_slot, scenario) {
  const requests = [];
  if (scenario.history === "none" || scenario.system === "none") return { requests };
  for (let slot = last_slot; slot >= first_slot; slot -= 1) requests.push(request_of(slot));
  return { requests };
}

const slot_at = (ms) => Math.floor(ms / every_ms);

/** The newest, newest first. */
export function requests_now(now_ms, scenario, limit) {
  return list(slot_at(now_ms) - Math.min(limit, kept) + 1, slot_at(now_ms), scenario);
}

/** Those that ended after `from_ms`. */
export function requests_between(from_ms, to_ms, scenario) {
  return list(slot_at(from_ms) + 1, slot_at(to_ms), scenario);
}

export function find_request(id, now_ms, scenario) {
  return requests_now(now_ms, scenario, kept).requests.find((request) => request.id === id);
}
