import { afterEach, describe, expect, it, vi } from "vitest";
import { error_text } from "./error_text";
import { api_error, get_json, request, type ApiError } from "./fetch";
import { lang } from "./i18n/translate";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  lang.value = "en";
});

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  vi.stubGlobal("fetch", async () => new Response(body, { status, headers }));
const failure = async (promise: Promise<unknown>): Promise<ApiError> => {
  try {
    await promise;
  } catch (thrown) {
    return thrown as ApiError;
  }
  throw new Error("it did not fail");
};

describe("a failed request", () => {
  it("carries the server's words in the reader's language", async () => {
    answer(404, JSON.stringify({ error: { message: "there is no tag 'x'", message_zh: "没有信号“x”", type: "not_found", param: "tag", code: "not_found" } }));
    const error = await failure(get_json("/api/plant/series?tag=x"));
    expect(error).toMatchObject({ status: 404, code: "not_found" });
    expect(error_text(error)).toBe("there is no tag 'x'");
    lang.value = "zh";
    expect(error_text(error)).toBe("没有信号“x”");
  });
  it("says when to come back only where the server is busy", async () => {
    const body = JSON.stringify({ error: { message: "64 answers are in progress." } });
    answer(429, body, { "retry-after": "3" });
    expect(error_text(await failure(request("/api/ask")))).toBe("64 answers are in progress. The server is busy. Try again in 3 s.");
    answer(503, body, { "retry-after": "1" });
    expect(error_text(await failure(request("/api/ask")))).toBe("64 answers are in progress.");
  });
  it("has words of its own where no answer can be read", async () => {
    answer(502, "<html>bad gateway</html>");
    expect(error_text(await failure(get_json("/api/system")))).toBe("The server reported status 502.");
    answer(200, '{"cut');
    expect((await failure(get_json("/api/system"))).code).toBe("broken");
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("Failed to fetch");
    });
    expect(error_text(await failure(get_json("/api/system")))).toBe("The server does not answer. Is it running?");
  });
  it("ends after its time, and is no failure of ours when the caller stopped it", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))));
    const late = failure(request("/api/plant", { timeout_ms: 1000 }));
    await vi.advanceTimersByTimeAsync(1001);
    expect((await late).code).toBe("timeout");
    const stop = new AbortController();
    const stopped = failure(request("/api/ask", { signal: stop.signal }));
    stop.abort();
    expect((await stopped).name).toBe("AbortError");
  });
});

describe("api_error", () => {
  it("falls back to English and to the status", () => {
    expect(api_error({ message: "no" }, 500).text).toEqual({ en: "no", zh: "no" });
    expect(api_error(undefined, 500).code).toBe("http");
  });
});
