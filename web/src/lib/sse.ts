// Server-sent events out of a fetch() body (https://html.spec.whatwg.org/multipage/server-sent-events.html).
// EventSource cannot POST and hides error bodies; answers need both.

export interface SseEvent {
  event: string; // "message" when the server named none
  data: string;
}

/** Takes text in pieces of any size, gives whole events. An event that was not closed by an empty line is dropped. */
export class SseParser {
  #rest = "";
  #event = "";
  #data: string[] = [];
  #started = false;

  push(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    if (!this.#started && text !== "") {
      this.#started = true;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    this.#rest += text;
    let start = 0;
    for (;;) {
      const end = this.#line_end(start);
      if (end < 0) break;
      this.#line(this.#rest.slice(start, end), events);
      start = end + (this.#rest.startsWith("\r\n", end) ? 2 : 1);
    }
    this.#rest = this.#rest.slice(start);
    return events;
  }

  // A "\r" at the very end may be the first half of "\r\n": it waits for the next piece.
  #line_end(start: number): number {
    for (let at = start; at < this.#rest.length; at += 1) {
      const c = this.#rest.charCodeAt(at);
      if (c === 10) return at;
      if (c === 13) return at + 1 < this.#rest.length ? at : -1;
    }
    return -1;
  }

  #line(line: string, events: SseEvent[]): void {
    if (line === "") {
      if (this.#data.length > 0) events.push({ event: this.#event || "message", data: this.#data.join("\n") });
      this.#event = "";
      this.#data = [];
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment: the server's keep-alive
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#event = value;
  }
}

/** Yields the events of a response body until it ends; aborting the request ends it with an exception. */
export async function* read_events(body: ReadableStream<Uint8Array>): AsyncGenerator<SseEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new SseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
