import { describe, expect, it } from "vitest";
import { SseParser, read_events } from "./sse";

function parse(...pieces: string[]) {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

describe("SseParser", () => {
  it("reads named events and joins data lines", () => {
    expect(parse("event: sentence\ndata: {\"a\":1}\n\ndata: x\ndata: y\n\n")).toEqual([
      { event: "sentence", data: '{"a":1}' },
      { event: "message", data: "x\ny" },
    ]);
  });
  it("gives the same events wherever the pieces are cut", () => {
    const text = "\uFEFFevent: a\r\ndata: 主轴\r\n\r\n: ping\n\ndata:1\r\rdata: 2\n\n";
    const whole = parse(text);
    expect(whole.map((event) => event.data)).toEqual(["主轴", "1", "2"]);
    for (let cut = 1; cut < text.length; cut += 1) expect(parse(text.slice(0, cut), text.slice(cut))).toEqual(whole);
    expect(parse(...text)).toEqual(whole);
  });
  it("ignores comments, ids, retry and unknown fields", () => {
    expect(parse(": ping\nid: 7\nretry: 100\nfoo: bar\n\n")).toEqual([]);
  });
  it("drops an event that was cut off", () => {
    expect(parse("data: whole\n\ndata: half\n")).toEqual([{ event: "message", data: "whole" }]);
  });
  it("takes a field without colon as empty and strips one space only", () => {
    expect(parse("data\ndata:  two\n\n")).toEqual([{ event: "message", data: "\n two" }]);
  });
});

describe("read_events", () => {
  it("joins a character that was cut between two pieces", async () => {
    const bytes = new TextEncoder().encode("data: 温度\n\n");
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const events = [];
    for await (const event of read_events(body)) events.push(event);
    expect(events).toEqual([{ event: "message", data: "温度" }]);
  });
});
