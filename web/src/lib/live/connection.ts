// The one event stream of a tab (GET /api/events). Browsers allow six connections to a server
// over all tabs, so a tab that nobody looks at gives its connection back after a minute.
import { signal } from "@preact/signals";
import { server_now } from "../clock";
import { check_session } from "../session";
import { retry_delay_s } from "./backoff";

export type Connection =
  | { state: "connecting" }
  | { state: "live" }
  | { state: "paused" } // hidden tab
  | { state: "lost"; since_ms: number; retry_at_ms: number; retrying: boolean };

export const connection = signal<Connection>({ state: "connecting" });

type Handler = (data: unknown) => void;
const handlers = new Map<string, Set<Handler>>();
const listeners = new Set<() => void>();

const silence_ms = 12_000; // values come each second: longer means that the line is dead
const hidden_ms = 60_000;

let source: EventSource | null = null;
let attempt = 0;
let lost_since_ms = 0;
let retry_timer: ReturnType<typeof setTimeout> | undefined;
let silence_timer: ReturnType<typeof setTimeout> | undefined;
let hidden_timer: ReturnType<typeof setTimeout> | undefined;

/** Calls `handler` with the parsed data of each event of that name. */
export function on_event(name: string, handler: Handler): void {
  let known = handlers.get(name);
  if (!known) {
    known = new Set();
    handlers.set(name, known);
    if (source) listen(source, name);
  }
  known.add(handler);
}

/** Calls `listener` whenever the stream (re)opened: what was missed has to be fetched. */
export function on_connected(listener: () => void): void {
  listeners.add(listener);
}

function listen(target: EventSource, name: string): void {
  target.addEventListener(name, (event) => {
    if (target !== source) return;
    alive();
    let data: unknown;
    try {
      data = JSON.parse((event as MessageEvent<string>).data);
    } catch {
      return; // one event that cannot be read does not end the stream
    }
    for (const handler of handlers.get(name) ?? []) handler(data);
  });
}

function alive(): void {
  clearTimeout(silence_timer);
  silence_timer = setTimeout(lose, silence_ms);
  if (connection.value.state !== "live") {
    attempt = 0;
    connection.value = { state: "live" };
    for (const listener of listeners) listener();
  }
}

function close(): void {
  clearTimeout(retry_timer);
  clearTimeout(silence_timer);
  source?.close();
  source = null;
}

function lose(): void {
  close();
  void check_session(); // a stream does not tell why it was refused
  attempt += 1;
  if (connection.value.state !== "lost") lost_since_ms = server_now();
  const wait_ms = retry_delay_s(attempt) * 1000;
  connection.value = { state: "lost", since_ms: lost_since_ms, retry_at_ms: server_now() + wait_ms, retrying: false };
  retry_timer = setTimeout(connect, wait_ms);
}

function connect(): void {
  close();
  if (connection.value.state === "lost") connection.value = { ...connection.value, retrying: true };
  const opened = new EventSource("/api/events");
  source = opened;
  for (const name of handlers.keys()) listen(opened, name);
  opened.onopen = () => {
    if (opened === source) alive();
  };
  opened.onerror = () => {
    if (opened === source) lose();
  };
  silence_timer = setTimeout(lose, silence_ms);
}

/** At once, instead of when the countdown ends. */
export function retry_now(): void {
  connect();
}

export function start_events(): () => void {
  const on_visibility = () => {
    clearTimeout(hidden_timer);
    if (!document.hidden) {
      if (connection.value.state === "paused") connect();
    } else {
      hidden_timer = setTimeout(() => {
        close();
        connection.value = { state: "paused" };
      }, hidden_ms);
    }
  };
  document.addEventListener("visibilitychange", on_visibility);
  window.addEventListener("online", retry_now);
  connect();
  return () => {
    close();
    document.removeEventListener("visibilitychange", on_visibility);
    window.removeEventListener("online", retry_now);
  };
}
