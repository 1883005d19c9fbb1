// One way to call the server: JSON in and out, errors with the server's own words in both languages.
import type { Text, WireError } from "./api_types";

export class ApiError extends Error {
  constructor(
    readonly text: Text, // both empty: the console has its own words for `code`
    readonly status: number, // 0: no answer came
    readonly code: string,
    readonly retry_after_s: number | null = null,
    readonly param: string | null = null, // the field at fault
  ) {
    super(text.en || code);
  }
}

/** No answer at all: the server is gone, or the request was stopped by `timeout_ms`. */
export function unreachable(code: "offline" | "timeout" | "broken"): ApiError {
  return new ApiError({ en: "", zh: "" }, 0, code);
}

export function api_error(wire: WireError | undefined, status: number, retry_after: string | null = null): ApiError {
  const en = wire?.message ?? "";
  const seconds = Number.parseInt(retry_after ?? "", 10);
  return new ApiError(
    { en, zh: wire?.message_zh || en },
    status,
    wire?.code || wire?.type || "http",
    Number.isFinite(seconds) ? seconds : null,
    wire?.param ?? null,
  );
}

/** Any thrown thing as an ApiError. */
export function as_api_error(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof DOMException && thrown.name === "TimeoutError") return unreachable("timeout");
  if (thrown instanceof TypeError) return unreachable("offline"); // what fetch() throws without a network
  return unreachable("broken");
}

async function error_of(response: Response): Promise<ApiError> {
  let wire: WireError | undefined;
  try {
    wire = ((await response.json()) as { error?: WireError }).error;
  } catch {
    // a proxy's page, or nothing: the status has to do
  }
  return api_error(wire, response.status, response.headers.get("retry-after"));
}

let unauthenticated = (): void => {};

/** What happens when an answer says that one has to log in. */
export function on_unauthenticated(listener: () => void): void {
  unauthenticated = listener;
}

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  file?: Blob; // sent as it is, in place of `body`
  if_match?: string; // the version that the change is meant for
  signal?: AbortSignal;
  timeout_ms?: number; // until the headers came; 0: none
}

/** The response, when its status is 2xx; else throws ApiError. Stopped by the caller: throws AbortError as fetch does. */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = "GET", body, file, if_match, signal, timeout_ms = 20_000 } = options;
  const own = new AbortController();
  const stop = () => own.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const timer = timeout_ms > 0 ? setTimeout(() => own.abort(unreachable("timeout")), timeout_ms) : undefined;
  try {
    const response = await fetch(path, {
      method,
      signal: own.signal,
      headers: { ...(file ? { "content-type": "application/octet-stream" } : body === undefined ? { accept: "application/json" } : { "content-type": "application/json" }), ...(if_match === undefined ? {} : { "if-match": `"${if_match}"` }) },
      body: file ?? (body === undefined ? null : JSON.stringify(body)),
      cache: "no-store",
      redirect: "error",
    });
    if (response.status === 401) unauthenticated();
    if (!response.ok) throw await error_of(response);
    return response;
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw as_api_error(thrown);
  } finally {
    clearTimeout(timer);
  }
}

export async function get_json<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await request(path, options);
  try {
    return (await response.json()) as T;
  } catch {
    throw unreachable("broken");
  }
}
