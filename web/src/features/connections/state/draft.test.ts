import { describe, expect, it } from "vitest";
import type { Setup } from "~/lib/setup_types";
import { draft_of, empty_setup, id_of, look_of, new_draft, place_of, register_row, rows_seen, under_new_name, unit_undecided, values_of, with_draft, without } from "./draft";

const works: Setup = {
  description: {
    site: "works",
    shifts: [{ id: "early" }],
    lines: [{ id: "line-1" }],
    kinds: [{ id: "press", tags: [{ id: "state", kind: "state" }] }],
    assets: [{ id: "press-1", kind: "press", line: "line-1", name: { en: "Press 1" }, synonyms: ["big one"], tags: [{ id: "oil", unit: "degC", decimals: 2, normal: [null, 80] }] }],
  },
  connectors: [{ name: "plc", kind: "modbus_tcp", address: "h:502", timeout_ms: 300, register: [{ tag: "press-1/oil", address: 4, order: "cdab" }, { tag: "press-1/state", address: 9, states: { "0": "idle" } }] }],
  broker: { address: "tcp://b:1883", user: "u", password_file: "secret-0123456789abcdef", topic: [{ topic: "hall/t", tag: "hall/temperature" }] },
};

describe("a draft", () => {
  it("leaves all as it was when nothing is changed", () => {
    const draft = draft_of(works, "plc");
    if (!draft) throw new Error("there is one");
    const same = with_draft(works, draft);
    expect(same.connectors[0]).toMatchObject({ timeout_ms: 300, address: "h:502", register: [{ tag: "press-1/oil", address: 4, order: "cdab" }, { tag: "press-1/state", states: { "0": "idle" } }] });
    expect(same.description.shifts).toEqual(works.description.shifts);
    expect(same.description.assets?.[0]).toMatchObject({ synonyms: ["big one"], tags: [{ id: "oil", decimals: 2, normal: [null, 80] }] });
    expect(same.description.assets?.[0]?.tags).toHaveLength(1); // the state is its kind's
    expect(same.broker).toEqual(works.broker);
  });

  it("makes a machine, its kind and its tags", () => {
    const base = empty_setup("Line 1", "一号线");
    const draft = { ...new_draft("modbus_tcp", base), name: "oven", address: "10.0.0.7", machine: "oven-1", machine_zh: "一号炉" };
    draft.rows = [{ ...register_row(), tag: "t", unit: "degC", low: "10", high: "" }, { ...register_row(), tag: "unwanted", chosen: false }];
    const made = with_draft(base, draft);
    expect(made.description.kinds).toEqual([{ id: "oven-1" }]);
    expect(made.description.assets).toEqual([{ id: "oven-1", kind: "oven-1", line: "line-1", name: { en: "一号炉", zh: "一号炉" }, tags: [{ id: "t", unit: "degC", watchdog_s: 10, normal: [10, null] }] }]);
    expect(made.connectors[0]?.register).toEqual([{ table: "holding", address: 0, type: "u16", scale: 1, tag: "oven-1/t" }]);
  });

  it("says how a number goes between its samples, and nothing of what only goes in steps", () => {
    const draft = draft_of(works, "plc");
    if (!draft) throw new Error("there is one");
    expect(draft.rows.map((each) => [each.linear, each.state])).toEqual([[false, false], [null, true]]);
    const tags = (made: Setup) => made.description.assets?.[0]?.tags;
    expect(tags(with_draft(works, draft))?.[0]).not.toHaveProperty("interpolation");
    const lines = with_draft(works, { ...draft, rows: draft.rows.map((each) => ({ ...each, linear: each.linear !== null })) });
    expect(tags(lines)).toEqual([{ id: "oil", unit: "degC", decimals: 2, normal: [null, 80], watchdog_s: 10, interpolation: "linear" }]);
    const again = draft_of(lines, "plc");
    if (!again) throw new Error("there is one");
    expect(again.rows[0]?.linear).toBe(true);
    expect(tags(with_draft(lines, { ...again, rows: again.rows.map((each) => ({ ...each, linear: false })) }))?.[0]).not.toHaveProperty("interpolation");
    const said = structuredClone(works);
    Object.assign(said.description.assets?.[0]?.tags?.[0] ?? {}, { interpolation: "stepped" });
    expect(tags(with_draft(said, draft))?.[0]).toHaveProperty("interpolation", "stepped");
    expect(place_of("/description/assets/0/tags/0/interpolation", again, lines)).toEqual({ field: "interpolation", row: 0 });
  });

  it("keeps a password by its name, or sends the one that was typed", () => {
    const draft = draft_of(works, "broker");
    if (!draft) throw new Error("there is one");
    expect(with_draft(works, draft).broker).toMatchObject({ user: "u", password_file: "secret-0123456789abcdef" });
    expect(with_draft(works, { ...draft, password: "new" }).broker).toMatchObject({ password: "new" });
    expect(with_draft(works, { ...draft, password: "new" }).broker).not.toHaveProperty("password_file");
    expect(with_draft(works, { ...draft, user: "" }).broker).not.toHaveProperty("user");
    expect(look_of({ ...draft, password: "x" })).toMatchObject({ kind: "mqtt", user: "u", password: "x" });
  });

  it("takes a connection away with its own tags and machines", () => {
    const left = without(works, "plc");
    expect(left.connectors).toEqual([]);
    expect(left.description.assets?.map((each) => each.tags)).toEqual([[]]); // its kind still has a tag
    const base = empty_setup("", "");
    const draft = { ...new_draft("opcua", base), name: "o", machine: "m", rows: [{ ...register_row(), source: { node: "i=1" }, tag: "t" }] };
    expect(without(with_draft(base, draft), "o")).toMatchObject({ description: { assets: [], kinds: [] }, connectors: [] });
  });
});

describe("what was seen", () => {
  it("offers each value of a payload", () => {
    expect(values_of('{"a/b": 1, "c": {"d": [true, null]}}')).toEqual([{ pointer: "/a~1b", value: "1" }, { pointer: "/c/d/0", value: "true" }]);
    expect(values_of("21.5")).toEqual([{ pointer: "", value: "21.5" }]);
    expect(values_of("running")).toEqual([{ pointer: "", value: "running" }]);
  });

  it("leaves what was chosen before", () => {
    const draft = { ...new_draft("mqtt", works), rows: [{ ...register_row(), source: { topic: "a" }, tag: "mine", en: "Mine" }] };
    const rows = rows_seen(draft, { topics: [{ topic: "a", payload: "1", messages: 1 }, { topic: "b", payload: "2", messages: 1 }, { topic: "millwright/x/y", payload: "3", messages: 1 }], cut: false });
    expect(rows.map((each) => [each.tag, each.chosen, each.seen])).toEqual([["mine", true, "1"], ["b", false, "2"]]);
  });
});

describe("place_of", () => {
  const draft = draft_of(works, "plc");
  if (!draft) throw new Error("there is one");
  draft.rows.unshift({ ...register_row(), chosen: false });
  const sent = with_draft(works, draft);
  it.each([
    ["/connectors/0/register/1/scale", "scale", 2],
    ["/connectors/0/register/0", "tag", 1],
    ["/connectors/0/address", "address", null],
    ["/description/assets/0/tags/0/normal", "normal", 1],
    ["/description/assets/0/id", "machine", null],
    ["/register/2/address", "address", 2],
    ["/endpoint", "address", null],
    ["/broker/password", "password", null],
  ])("%s", (pointer, field, row) => {
    expect(place_of(pointer, draft, sent)).toEqual({ field, row });
  });
  it("makes identifiers", () => {
    expect(id_of(" Öl Temp. 1 ")).toBe("l_temp_1");
  });

  it("asks what another unit on a history means, and says what was answered", () => {
    const draft = draft_of(works, "plc");
    const oil = draft?.rows[0];
    if (!draft || !oil) throw new Error("there is one");
    expect(unit_undecided(oil)).toBe(false);
    const changed = { ...oil, unit: "degF" };
    expect(unit_undecided(changed)).toBe(true);
    const fresh = { ...changed, ...under_new_name(changed) };
    expect([unit_undecided(fresh), fresh.tag, fresh.high]).toEqual([false, "oil_degf", ""]); // 80 degC is no 80 degF
    const moved = with_draft(works, { ...draft, rows: [fresh] });
    expect(moved.description.assets?.[0]?.tags).toEqual([{ id: "oil_degf", unit: "degF", watchdog_s: 10, earlier: [{ id: "oil", unit: "degC" }] }]);
    const again = draft_of(moved, "plc");
    const then = again?.rows[0];
    if (!again || !then) throw new Error("there is one");
    expect(with_draft(moved, again).description.assets?.[0]?.tags?.[0]?.earlier).toEqual([{ id: "oil", unit: "degC" }]);
    const kelvin = with_draft(moved, { ...again, rows: [{ ...then, unit: "K", tag: "oil_k" }] });
    expect(kelvin.description.assets?.[0]?.tags?.[0]?.earlier).toEqual([{ id: "oil_degf", unit: "degF" }, { id: "oil", unit: "degC" }]);
    const back = with_draft(moved, { ...again, rows: [{ ...then, unit: "degC", tag: "oil" }] }); // in the history of before, which is none of its past
    expect(back.description.assets?.[0]?.tags?.[0]?.earlier).toEqual([{ id: "oil_degf", unit: "degF" }]);
    expect(moved.description.formerly).toBeUndefined();
    const relabelled = with_draft(works, { ...draft, rows: [{ ...changed, relabel: true }] });
    expect(relabelled.description.formerly).toEqual([{ tag: "press-1/oil", unit: "degC" }]);
    expect(relabelled.description.assets?.[0]?.tags?.[0]).toMatchObject({ id: "oil", unit: "degF", normal: [null, 80] });
    expect(without(relabelled, "plc").description.formerly).toBeUndefined();
  });

  it("takes the history along when a value gets another name", () => {
    const draft = draft_of(works, "plc");
    const [oil, state] = draft?.rows ?? [];
    if (!draft || !oil || !state) throw new Error("there are two");
    const sent = with_draft(works, { ...draft, rows: [{ ...oil, tag: "oil_temperature" }, state] });
    expect(sent.description.formerly).toEqual([{ tag: "press-1/oil_temperature", id: "press-1/oil" }]);
    expect(sent.description.assets?.[0]?.tags).toEqual([{ id: "oil_temperature", unit: "degC", decimals: 2, normal: [null, 80], watchdog_s: 10 }]);
    const again = draft_of(sent, "plc");
    if (!again) throw new Error("there is one");
    expect(with_draft(sent, again).description.formerly).toBeUndefined(); // the store and the rules have done it
    const swapped = with_draft(works, { ...draft, rows: [{ ...oil, tag: "old" }, { ...oil, was: null }] });
    expect(swapped.description.formerly).toBeUndefined();
    const of_kind = with_draft(works, { ...draft, rows: [{ ...state, tag: "mode" }] });
    expect(of_kind.description.formerly).toBeUndefined(); // the kind still has it
    const wrong_label = with_draft(works, { ...draft, rows: [{ ...oil, tag: "warm", unit: "degF", relabel: true }] });
    expect(wrong_label.description.formerly).toEqual([{ tag: "press-1/warm", id: "press-1/oil", unit: "degC" }]);
    expect(unit_undecided({ ...oil, was: { asset: "press-1", tag: "oil", unit: "" } })).toBe(false); // nobody had said one
  });

  it("of Sparkplug goes from what edge nodes have to tags, and back", () => {
    const draft = { ...new_draft("sparkplug", works), name: "cell", address: "ssl://b:8883", groups: "Plant1， Plant2,", machine: "press-2", user: "u", password: "p" };
    expect(look_of(draft)).toEqual({ kind: "sparkplug", broker: "ssl://b:8883", rebirth: true, groups: ["Plant1", "Plant2"], user: "u", password: "p" });
    const seen = { group: "Plant1", edge: "Gateway1", device: "Press1", unit: "", readable: true };
    const metrics = [{ ...seen, metric: "Oil/Temperature", type: "Double", unit: "degC" }, { ...seen, device: "", metric: "Mode", type: "String" }, { ...seen, metric: "Curve", type: "DataSet", readable: false }];
    const rows = rows_seen(draft, { metrics, cut: false });
    expect(rows.map((each) => [each.label, each.tag, each.unit, each.state, each.seen])).toEqual([
      ["Plant1 / Gateway1 / Press1 / Oil/Temperature", "temperature", "degC", false, "Double"],
      ["Plant1 / Gateway1 / Mode", "mode", "", true, "String"],
    ]);
    const made: Setup = JSON.parse(JSON.stringify(with_draft(works, { ...draft, rows: rows.map((each) => ({ ...each, chosen: true })) })));
    expect(made.connectors[1]).toEqual({ name: "cell", kind: "sparkplug", broker: "ssl://b:8883", rebirth: true, groups: ["Plant1", "Plant2"], user: "u", password: "p", metric: [
      { group: "Plant1", edge: "Gateway1", device: "Press1", metric: "Oil/Temperature", tag: "press-2/temperature" },
      { group: "Plant1", edge: "Gateway1", metric: "Mode", tag: "press-2/mode" },
    ] });
    const again = draft_of(made, "cell");
    if (!again) throw new Error("there is one");
    expect(again).toMatchObject({ kind: "sparkplug", address: "ssl://b:8883", rebirth: true, host_id: "", groups: "Plant1, Plant2" });
    // Looked at again, what is mapped is known by its metric.
    expect(rows_seen(again, { metrics, cut: false }).map((each) => [each.chosen, each.tag])).toEqual([[true, "temperature"], [true, "mode"]]);
    expect(place_of("/connectors/1/broker", again, made)).toEqual({ field: "address", row: null });
    expect(place_of("/connectors/1/metric/1/edge", again, made)).toEqual({ field: "edge", row: 1 });
  });

  it("sends the certificate of an authority only where TLS is spoken", () => {
    const pem = "-----BEGIN CERTIFICATE-----\n";
    const json = (value: unknown) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
    const broker = { ...new_draft("mqtt", works), address: "ssl://b:8883", ca: pem };
    expect(json(look_of(broker))).toEqual({ kind: "mqtt", address: "ssl://b:8883", ca: pem, seconds: 5 });
    expect(json(look_of({ ...broker, address: "tcp://b:1883" }))).not.toHaveProperty("ca");
    expect(json(look_of({ ...broker, ca: " \n" }))).not.toHaveProperty("ca");
    const bus = { ...new_draft("kafka", works), name: "bus", address: "k:9093", tls: true, ca: pem };
    const made = with_draft(works, bus);
    expect(draft_of(made, "bus")?.ca).toBe(pem);
    expect(json(with_draft(made, { ...bus, original: "bus", ca: "" }).connectors[1])).not.toHaveProperty("ca");
    expect(json(with_draft(made, { ...bus, original: "bus", tls: false }).connectors[1])).not.toHaveProperty("ca");
    expect(place_of("/connectors/1/ca", bus, made)).toEqual({ field: "ca", row: null });
  });

  it("of Kafka keeps what it does not know and sends no user without a log-in", () => {
    const bus: Setup = { ...works, connectors: [{ name: "bus", kind: "kafka", address: "k:9092", group: "g", tls: true, sasl: "plain", user: "u", password_file: "secret-0123456789abcdef", topic: [{ topic: "ovens", key: "oven-1", value: "/t", tag: "press-1/oil" }] }] };
    const draft = draft_of(bus, "bus");
    if (!draft) throw new Error("there is one");
    expect(JSON.parse(JSON.stringify(with_draft(bus, draft).connectors))).toEqual([{ name: "bus", kind: "kafka", address: "k:9092", group: "g", tls: true, sasl: "plain", user: "u", password_file: "secret-0123456789abcdef", topic: [{ topic: "ovens", key: "oven-1", value: "/t", tag: "press-1/oil" }] }]);
    const open = JSON.parse(JSON.stringify(with_draft(bus, { ...draft, sasl: "", tls: false }).connectors[0]));
    expect(open).toEqual({ name: "bus", kind: "kafka", address: "k:9092", group: "g", tls: false, topic: [{ topic: "ovens", key: "oven-1", value: "/t", tag: "press-1/oil" }] });
    expect(look_of({ ...draft, password: "p" })).toEqual({ kind: "kafka", address: "k:9092", tls: true, sasl: "plain", user: "u", password: "p" });
    const seen = rows_seen(new_draft("kafka", bus), { topics: [{ topic: "ovens", key: "oven-1", payload: '{"t": 3}', messages: 1 }], cut: false });
    expect(seen[0]).toMatchObject({ source: { topic: "ovens", key: "oven-1", value: "/t" }, label: "ovens oven-1 /t", tag: "ovens_t" });
  });
});
