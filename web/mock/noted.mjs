// What the mock plant's people noted: the press's bearing failed twice last year, and was replaced.
const day = 86_400_000;
const old = [["轴承失效", 90], ["轴承已更换", 89], ["轴承失效", 40], ["轴承已更换", 39]];

function of_press(now_ms) {
  return old.map(([kind, days]) => ({ id: `w-${days}`, asset: "press-1", line: "line-1", kind, text: kind, start_ms: now_ms - days * day, end_ms: now_ms - days * day, open: false, told_by: "mes", told_ms: now_ms - days * day }));
}

function kinds_of(events) {
  const counts = new Map();
  for (const { kind } of events) if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => ({ kind, count }));
}

/** GET and POST /api/plant/events: the first CNC has a note already. */
export function note_book() {
  const noted = [];
  return {
    list(asset, from_ms, to_ms, now_ms) {
      const first = { id: "n-1", asset: "cnc-1", line: "line-1", kind: "", text: "Coolant topped up\n冷却液已补充", start_ms: now_ms - 12 * 60_000, end_ms: now_ms - 12 * 60_000, open: false, told_by: "li", told_ms: now_ms - 11 * 60_000 };
      const events = [...noted, first, ...of_press(now_ms)].filter((each) => each.asset === asset.id && each.start_ms < to_ms && each.start_ms >= from_ms);
      return { simulated: true, from_ms, to_ms, events, kinds: kinds_of(events), count: events.length, counted_all: true, cut: false };
    },
    tell(asset, text, now_ms) {
      noted.unshift({ id: `n-${noted.length + 2}`, asset: asset.id, line: "line-1", kind: "", text, start_ms: now_ms, end_ms: now_ms, open: false, told_by: "li", told_ms: now_ms });
      return noted[0];
    },
  };
}
