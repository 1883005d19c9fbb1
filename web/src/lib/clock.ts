// One clock for the whole console: the server's time, a step a second.
import { signal } from "@preact/signals";

let offset_ms = 0; // server minus this machine; a panel PC's clock may be minutes off

export const now_ms = signal(Date.now());

export function server_now(): number {
  return Date.now() + offset_ms;
}

/** Told what the server's clock said just now. Half a second either way is travel time, not offset. */
export function set_server_time(ms: number): void {
  if (!Number.isFinite(ms) || ms <= 0) return;
  const next = ms - Date.now();
  if (Math.abs(next - offset_ms) > 500) {
    offset_ms = next;
    now_ms.value = server_now();
  }
}

export function start_clock(): () => void {
  const timer = setInterval(() => {
    if (!document.hidden) now_ms.value = server_now();
  }, 1000);
  const on_visible = () => {
    now_ms.value = server_now();
  };
  document.addEventListener("visibilitychange", on_visible);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", on_visible);
  };
}
