import { describe, expect, it } from "vitest";
import type { AskAnswer, Asset, Evidence } from "~/lib/api_types";
import { ApiError } from "~/lib/fetch";
import { retry_delay_s } from "~/lib/live/backoff";
import { state_class } from "~/lib/state_class";
import { known_context, question_in_context } from "./context";
import { context_questions, example_questions } from "./examples";
import { whole_sentences } from "./sentences";
import { answer_text, is_open, new_ask_turn, new_chat_turn, with_answer, with_failure } from "./turns";

const tag = (id: string, en: string, zh: string, kind: "number" | "state" | "counter" = "number") => ({
  id,
  name: { en, zh },
  unit: "degC",
  low: null,
  high: 75,
  key: true,
  kind,
  latest: { value: 1, text: "", ts_ms: 1, quality: "good" as const },
});
const cnc = (n: number): Asset => ({
  id: `cnc-${n}`,
  name: { en: `CNC-${n}`, zh: `${n}号数控机床` },
  kind: "cnc",
  kind_name: { en: "CNC machine", zh: "数控机床" },
  line: "line-1",
  state: "running",
  state_name: { en: "running", zh: "运行" },
  state_since_ms: 0,
  abnormal: [],
  tags: [tag(`cnc-${n}/state`, "state", "状态", "state"), tag(`cnc-${n}/spindle_temperature`, "spindle temperature", "主轴温度"), tag(`cnc-${n}/vibration`, "vibration", "振动")],
});
const assets = [cnc(1), cnc(2)];
const evidence = (id: string, series: Evidence["series"] = []): Evidence => ({
  id,
  fact: "latest",
  asset: "cnc-2",
  tag: "cnc-2/spindle_temperature",
  value: 61.2,
  unit: "degC",
  text: "",
  ts_ms: 1,
  window: null,
  quality: "good",
  good_share: 1,
  source: "plant samples cnc-2/spindle_temperature",
  simulated: true,
  series,
});
const answer = (changes: Partial<AskAnswer>): AskAnswer => ({
  answer: "It is 61.2 °C.",
  sentences: [{ text: "It is 61.2 °C.", evidence: ["e1"], from_model: false }],
  evidence: [evidence("e1")],
  readings: [],
  refused: false,
  language: "en",
  tool: "latest_value",
  arguments: { tag: "cnc-2/spindle_temperature" },
  replay_id: "r1",
  ...changes,
});

describe("a turn", () => {
  it("takes the whole answer at its end and keeps the series that came before", () => {
    const turn = { ...new_ask_turn("q", null, 5), evidence: [evidence("e1", [[1, 2, 3, 4]])] };
    const done = with_answer(turn, answer({}), 9);
    expect(done).toMatchObject({ phase: "done", ended_at_ms: 9, tool: "latest_value", replay_id: "r1" });
    expect(done.evidence[0]?.series).toEqual([[1, 2, 3, 4]]);
    expect(is_open(done)).toBe(false);
  });
  it("keeps why it failed in a form that can be stored", () => {
    const failed = with_failure(new_ask_turn("q", null, 5), new ApiError({ en: "no", zh: "不" }, 429, "busy", 3), 6);
    expect(JSON.parse(JSON.stringify(failed)).failure).toEqual({ text: { en: "no", zh: "不" }, status: 429, code: "busy", retry_after_s: 3 });
  });
  it("is copied with numbered sources; one that is cited but missing leaves no number", () => {
    const done = with_answer(new_ask_turn("q", null, 5), answer({ sentences: [{ text: "A.", evidence: ["e1", "e9"], from_model: false }, { text: "B.", evidence: [], from_model: true }] }), 9);
    expect(answer_text(done, (item) => item.source)).toBe("A. [1]\nB.\n\n[1] plant samples cnc-2/spindle_temperature");
    expect(answer_text({ ...new_chat_turn("q", "m", 1), answer: " hi \n" }, () => "")).toBe("hi");
  });
});

describe("a question in context", () => {
  const context = known_context({ asset: "cnc-2", tag: "cnc-2/vibration" }, assets);
  it("names the machine and the signal in the question's own language", () => {
    expect(question_in_context("how has it changed?", context, assets)).toBe("vibration of CNC-2: how has it changed?");
    expect(question_in_context("怎么变化？", context, assets)).toBe("2号数控机床的振动：怎么变化？");
  });
  it("names the machine only, when the question names a signal of its own", () => {
    expect(question_in_context("spindle temperature?", context, assets)).toBe("CNC-2: spindle temperature?");
  });
  it("is left alone when it names any machine, or when there is no context", () => {
    expect(question_in_context("compare with cnc-1", context, assets)).toBe("compare with cnc-1");
    expect(question_in_context("what now?", known_context({ asset: "gone" }, assets), assets)).toBe("what now?");
  });
});

describe("examples", () => {
  it("are made of what is there: the second of two equal machines, their temperature", () => {
    expect(example_questions(assets, "zh")[0]).toBe("2号数控机床的主轴温度是多少？最近十分钟怎么变化？");
    expect(example_questions(assets, "en")).toContain("Compare the spindle temperature of CNC-1 and CNC-2 over the last hour.");
  });
  it("ask for no count where nothing is counted, and for nothing where there is nothing", () => {
    const context = known_context({ asset: "cnc-1" }, assets);
    expect(context && context_questions(context, "en").some((question) => question.includes("made"))).toBe(false);
    expect(example_questions([], "en")).toEqual([]);
  });
});

describe("whole_sentences", () => {
  it("gives the last sentence that is complete, in either language", () => {
    expect(whole_sentences("One. Two is 3.5 mm. Thr")).toBe("Two is 3.5 mm.");
    expect(whole_sentences("主轴温度升高。请检")).toBe("主轴温度升高。");
    expect(whole_sentences("not yet")).toBe("");
  });
});

describe("state_class", () => {
  it("knows the usual words and takes none of them for running that is not", () => {
    expect(["running", "idle", "setup", "off", "fault", ""].map(state_class)).toEqual(["run", "idle", "work", "off", "fault", "unknown"]);
    expect(state_class("unloading")).toBe("work");
    expect(state_class("emergency_stop")).toBe("fault");
  });
});

describe("retry_delay_s", () => {
  it("grows and stops growing", () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(retry_delay_s)).toEqual([1, 1, 2, 4, 8, 15, 15]);
  });
});
