// What the mock plant's people noted.
/** GET and POST /api/plant/events: the first CNC has a note already. */
export function note_book() {
  const noted = [];
  return {
    list(asset, from_ms, to_ms, now_ms) {
      const first = { id: "n-1", asset: "cnc-1", line: "line-1", kind: "", text: "Coolant topped up\n冷却液已补充", start_ms: now_ms - 12 * 60_000, end_ms: now_ms - 12 * 60_000, open: false, told_by: "li", told_ms: now_ms - 11 * 60_000 };
      const events = [...noted, first].filter((each) => each.asset === asset.id && each.start_ms < to_ms && each.start_ms >= from_ms);
      return { simulated: true, from_ms, to_ms, events, kinds: [], count: events.length, counted_all: true, cut: false };
    },
    tell(asset, text, now_ms) {
      noted.unshift({ id: `n-${noted.length + 2}`, asset: asset.id, line: "line-1", kind: "", text, start_ms: now_ms, end_ms: now_ms, open: false, told_by: "li", told_ms: now_ms });
      return noted[0];
    },
  };
}
