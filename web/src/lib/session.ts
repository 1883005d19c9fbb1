// Who is asking, and whether one has to log in (GET, POST, DELETE /api/session). The token itself is
// in a cookie that no script can read.
import { signal } from "@preact/signals";
import type { Session } from "./api_types";
import { get_json, on_unauthenticated } from "./fetch";
import { may } from "./rights";

/** null until the server said; "open" where it cannot be asked, so that each page tells what failed. */
export const session = signal<Session | null>(null);

const unknown: Session = { state: "open", can_log_in: false, sign_in_with: null, who: null };
let asking: Promise<void> | null = null;

/** Asks again; several callers at once share one answer. */
export function load_session(): Promise<void> {
  asking ??= get_json<Session>("/api/session")
    .then((answer) => {
      session.value = answer;
    })
    .catch(() => {
      session.value ??= unknown;
    })
    .finally(() => {
      asking = null;
    });
  return asking;
}

/** Has the session ended? Then the login page comes, and nothing of what was shown stays in memory. */
export async function check_session(): Promise<void> {
  if (session.value === null || session.value.state === "login") return;
  await load_session();
  const now: Session = session.value;
  if (now.state === "login") location.reload();
}

export async function log_in(name: string, password: string, code: string): Promise<void> {
  await get_json<Session>("/api/session", { method: "POST", body: { name, password, ...(code ? { code } : {}) } });
  // The page that was asked for, as this person sees it.
  if (asked_to_log_in()) location.assign(location.pathname);
  else location.reload();
}

export async function log_out(): Promise<void> {
  await get_json<Session>("/api/session", { method: "DELETE" });
  location.assign("/");
}

export function ask_to_log_in(): void {
  location.assign("?login=1");
}

export function asked_to_log_in(): boolean {
  return new URLSearchParams(location.search).has("login");
}

/** Whoever only looks on at this machine's own screen (server.loopback_viewer) can become somebody. */
export function may_log_in(now: Session): boolean {
  return now.can_log_in && now.who?.name === "local";
}

/** People, keys and the audit log are for administrators who logged in. */
export function may_administer(now: Session | null): boolean {
  return now?.state === "in" && now.who?.kind === "person" && may(now.who.grants, "admin");
}

export function start_session(): Promise<void> {
  on_unauthenticated(() => void check_session());
  return load_session();
}
