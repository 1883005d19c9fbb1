// Noise that is a function of its place: any window of a signal can be computed again.

/** 0..1 from a text and a whole number. */
export function hash01(text, step) {
  let h = 2166136261 ^ step;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  h = Math.imul(h ^ (h >>> 15), 2246822519);
  h = Math.imul(h ^ (h >>> 13), 3266489917);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Smooth noise in -1..1 that changes over about `period_ms`. */
export function smooth(text, t_ms, period_ms) {
  const at = t_ms / period_ms;
  const step = Math.floor(at);
  const part = at - step;
  const ease = part * part * (3 - 2 * part);
  return 2 * (hash01(text, step) * (1 - ease) + hash01(text, step + 1) * ease) - 1;
}
