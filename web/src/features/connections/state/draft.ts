// A connection that is being made or changed, and the whole setup that comes of it. Nothing is drawn here.
import type { AssetEntry, BrokerEntry, ConnectorEntry, Setup, SetupSight, SourceEntry, TagEntry } from "~/lib/setup_types";

export const console_kinds = ["modbus_tcp", "opcua", "mqtt", "sparkplug", "kafka"] as const;
export type Kind = (typeof console_kinds)[number];

/** One value of a device, and the tag that it becomes. */
export interface Row {
  source: Record<string, unknown>; // of the connector's list, without its tag
  label: string;
  seen: string; // what it said when it was looked at
  chosen: boolean;
  asset: string; // empty: the machine of the draft
  tag: string;
  en: string;
  zh: string;
  unit: string;
  low: string;
  high: string;
  state: boolean;
  linear: boolean | null; // between samples along a line; null: counters, states and texts go in steps
  was: { asset: string; tag: string; unit: string } | null; // the tag of before, which has a history; no unit: a state, or nobody said one
  relabel: boolean; // that unit was a wrong label: the values were in the new one all along
}

export interface Draft {
  kind: Kind;
  original: string | null; // the connection that is changed
  name: string;
  address: string;
  user: string;
  password: string;
  kept: string; // a password that the server has, by its name
  security: string;
  tls: boolean; // of Kafka
  ca: string; // PEM of a private authority
  sasl: string; // of Kafka: how the user logs in
  host_id: string; // of Sparkplug: our name as a host application
  rebirth: boolean; // of Sparkplug: edge nodes may be asked to tell all anew
  groups: string; // of Sparkplug, with commas
  unit: string; // of Modbus
  machine: string;
  machine_en: string;
  machine_zh: string;
  line: string;
  watchdog_s: string;
  rows: Row[];
}

export const broker_name = "broker";

export const empty_setup = (line_en: string, line_zh: string): Setup => ({ description: { site: "plant", lines: [{ id: "line-1", name: { en: line_en, zh: line_zh } }], kinds: [], assets: [] }, connectors: [] });

export function new_draft(kind: Kind, setup: Setup): Draft {
  return { kind, original: null, name: kind === "mqtt" ? broker_name : "", address: "", user: "", password: "", kept: "", security: "sign_and_encrypt", tls: false, ca: "", sasl: "", host_id: "", rebirth: true, groups: "", unit: "1", machine: "", machine_en: "", machine_zh: "", line: setup.description.lines?.[0]?.id ?? "", watchdog_s: kind === "mqtt" || kind === "sparkplug" ? "300" : "10", rows: [] };
}

export function register_row(): Row {
  return { source: { table: "holding", address: 0, type: "u16", scale: 1 }, label: "", seen: "", chosen: true, asset: "", tag: "", en: "", zh: "", unit: "", low: "", high: "", state: false, linear: false, was: null, relabel: false };
}

const text_of = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
const lists = { opcua: "node", modbus_tcp: "register", sparkplug: "metric", mqtt: "topic", kafka: "topic" } as const;
const list_of = (kind: Kind) => lists[kind];
const metric_path = (from: Record<string, unknown>) => [from.group, from.edge, from.device, from.metric].map(text_of).filter(Boolean).join(" / ");

/** An identifier of it: what the server takes. */
export function id_of(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 64);
}

export function find_tag(setup: Setup, tag: string): { asset: AssetEntry | undefined; entry: TagEntry | undefined } {
  const [asset_id, id] = tag.split("/");
  const asset = setup.description.assets?.find((each) => each.id === asset_id);
  const kind = setup.description.kinds?.find((each) => each.id === asset?.kind);
  return { asset, entry: [...(asset?.tags ?? []), ...(kind?.tags ?? [])].find((each) => each.id === id) };
}

function row_of(setup: Setup, from: SourceEntry): Row {
  const { tag, ...source } = from;
  const { entry } = find_tag(setup, tag);
  const [asset = "", id = ""] = tag.split("/");
  const unit = entry?.unit ?? "";
  return { ...register_row(), source, label: metric_path(source) || text_of(source.node ?? source.topic), asset, tag: id, en: entry?.name?.en ?? "", zh: entry?.name?.zh ?? "", unit, low: text_of(entry?.normal?.[0]), high: text_of(entry?.normal?.[1]), state: entry?.kind === "state", linear: (entry?.kind ?? "number") === "number" ? entry?.interpolation === "linear" : null, was: entry ? { asset, tag: id, unit } : null };
}

/** The draft of a connection that is there. */
export function draft_of(setup: Setup, name: string): Draft | null {
  const of: ConnectorEntry | BrokerEntry | null | undefined = name === broker_name ? setup.broker : setup.connectors.find((each) => each.name === name);
  if (!of) return null;
  const kind = name === broker_name ? "mqtt" : (text_of(of.kind) as Kind);
  const rows = ((of[list_of(kind)] as SourceEntry[] | undefined) ?? []).map((each) => row_of(setup, each));
  const first = find_tag(setup, `${rows[0]?.asset ?? ""}/${rows[0]?.tag ?? ""}`);
  return {
    ...new_draft(kind, setup),
    original: name,
    name,
    address: text_of(of.endpoint ?? of.broker ?? of.address),
    user: text_of(of.user),
    kept: text_of(of.password_file),
    security: text_of(of.security) || "sign_and_encrypt",
    tls: of.tls === true,
    ca: text_of(of.ca),
    sasl: text_of(of.sasl),
    host_id: text_of(of.host_id),
    rebirth: of.rebirth === true || (of.rebirth !== false && text_of(of.host_id) !== ""),
    groups: Array.isArray(of.groups) ? of.groups.join(", ") : "",
    unit: text_of(of.unit) || "1",
    machine: first.asset?.id ?? "",
    machine_en: first.asset?.name?.en ?? "",
    machine_zh: first.asset?.name?.zh ?? "",
    line: first.asset?.line ?? setup.description.lines?.[0]?.id ?? "",
    watchdog_s: text_of(first.entry?.watchdog_s) || "10",
    rows,
  };
}

/** A password that is neither typed nor kept is none: an anonymous login. */
function credentials(draft: Draft): Record<string, unknown> {
  if (draft.user === "" || (draft.kind === "kafka" && draft.sasl === "")) return {};
  return draft.password !== "" ? { user: draft.user, password: draft.password } : { user: draft.user, ...(draft.kept ? { password_file: draft.kept } : {}) };
}

/** Whether who answers shows a certificate, which some authority vouches for. */
export const speaks_tls = ({ kind, tls, address }: Draft) => (kind === "kafka" ? tls : (kind === "mqtt" || kind === "sparkplug") && address.startsWith("ssl://"));
const ca_of = (draft: Draft) => ({ ca: (speaks_tls(draft) && draft.ca.trim() && draft.ca) || undefined });
const of_kafka = ({ address, tls, sasl }: Draft) => ({ address, tls, sasl: sasl || undefined });
const of_sparkplug = ({ address, rebirth, groups }: Draft) => ({ broker: address, rebirth, groups: groups.split(/[,，]/).map((each) => each.trim()).filter(Boolean) });
const modbus_unit = (draft: Draft) => Number.parseInt(draft.unit, 10) || 0;

/** What the server is asked to look at. */
export function look_of(draft: Draft): Record<string, unknown> {
  const { kind, address } = draft;
  if (kind === "modbus_tcp") return { kind, address, unit: modbus_unit(draft), register: draft.rows.map((each) => each.source) };
  if (kind === "opcua") return { kind, endpoint: address, security: draft.security, ...credentials(draft) };
  if (kind === "kafka") return { kind, ...of_kafka(draft), ...ca_of(draft), ...credentials(draft) };
  if (kind === "sparkplug") return { kind, ...of_sparkplug(draft), ...ca_of(draft), ...credentials(draft) };
  return { kind, address, ...ca_of(draft), ...credentials(draft), seconds: 5 };
}

/** The scalars of a payload, each with its JSON pointer. */
export function values_of(payload: string): { pointer: string; value: string }[] {
  const found: { pointer: string; value: string }[] = [];
  const visit = (value: unknown, pointer: string, depth: number) => {
    if (found.length >= 50 || depth > 6 || value === null) return;
    if (typeof value !== "object") found.push({ pointer, value: String(value) });
    else for (const [key, each] of Object.entries(value)) visit(each, `${pointer}/${key.replace(/~/g, "~0").replace(/\//g, "~1")}`, depth + 1);
  };
  try {
    visit(JSON.parse(payload), "", 0);
  } catch {
    if (payload.length <= 100) found.push({ pointer: "", value: payload });
  }
  return found;
}

/** The rows of what was seen; those that are chosen already stay as they are. */
export function rows_seen(draft: Draft, sight: SetupSight): Row[] {
  if (draft.kind === "modbus_tcp") return draft.rows.map((each, index) => ({ ...each, seen: text_of(sight.registers?.[index]?.value) }));
  const fresh: Row[] = [];
  for (const each of sight.variables ?? []) {
    if (!each.readable || each.array) continue;
    const name = each.path.at(-1) ?? each.id;
    fresh.push({ ...register_row(), source: { node: each.node }, label: each.path.join(" / "), seen: each.type, chosen: false, tag: each.id, en: name.slice(0, 100), unit: each.unit, low: text_of(each.low), high: text_of(each.high), state: each.type === "String" });
  }
  for (const { group, edge, device, metric, type, unit, readable } of sight.metrics ?? []) {
    if (!readable) continue;
    const source = { group, edge, ...(device ? { device } : {}), metric };
    const name = metric.split("/").at(-1) || metric;
    fresh.push({ ...register_row(), source, label: metric_path(source), seen: type, chosen: false, tag: id_of(name), en: name.slice(0, 100), unit, state: ["String", "Text", "UUID"].includes(type) });
  }
  for (const each of sight.topics ?? []) {
    if (each.topic.startsWith("millwright/")) continue; // these name their tags by themselves
    for (const { pointer, value } of values_of(each.payload)) {
      const tag = id_of(`${each.topic.split("/").at(-1) ?? ""}${pointer.replace(/\//g, "_")}`);
      fresh.push({ ...register_row(), source: { topic: each.topic, ...(each.key ? { key: each.key } : {}), ...(pointer ? { value: pointer } : {}) }, label: [each.topic, each.key, pointer].filter(Boolean).join(" "), seen: value.slice(0, 60), chosen: false, tag, state: Number.isNaN(Number(value)) && value !== "true" && value !== "false" });
    }
  }
  const key = (row: Row) => JSON.stringify([metric_path(row.source), row.source.node, row.source.topic, row.source.key, row.source.value]);
  const had = new Map(draft.rows.map((each) => [key(each), each]));
  const shown = new Set(fresh.map(key));
  return [...draft.rows.filter((each) => each.chosen && !shown.has(key(each))), ...fresh.map((each) => ({ ...each, ...had.get(key(each)), label: each.label, seen: each.seen }))];
}

function bound(text: string): number | null {
  const value = Number(text.replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? null : value;
}

function name_of(en: string, zh: string, id: string): { name?: Partial<{ en: string; zh: string }> } {
  if (en === "" && zh === "") return {};
  return { name: { en: en || zh || id, ...(zh ? { zh } : {}) } };
}

/** A copy of the setup without a connection, the tags that it alone brought, and machines without any tag. */
export function without(setup: Setup, name: string): Setup {
  const gone = new Set(draft_of(setup, name)?.rows.map((each) => `${each.asset}/${each.tag}`) ?? []);
  const assets = (setup.description.assets ?? []).map((asset) => (asset.tags ? { ...asset, tags: asset.tags.filter((each) => !gone.has(`${asset.id}/${each.id}`)) } : asset));
  const kinds = setup.description.kinds ?? [];
  const kept = assets.filter((asset) => (asset.tags?.length ?? 0) > 0 || (kinds.find((each) => each.id === asset.kind)?.tags?.length ?? 0) > 0);
  const was_used = new Set(assets.map((each) => each.kind));
  const used = new Set(kept.map((each) => each.kind));
  const { formerly, ...said } = setup.description;
  const still = formerly?.filter((each) => !each.tag || !gone.has(each.tag)); // of a tag that is gone it says nothing
  return {
    ...setup,
    description: { ...said, ...(still?.length ? { formerly: still } : {}), assets: kept, kinds: kinds.filter((each) => used.has(each.id) || !was_used.has(each.id)) },
    connectors: setup.connectors.filter((each) => each.name !== name),
    broker: name === broker_name ? null : (setup.broker ?? null),
  };
}

/** The setup with the draft in it. Members that the console does not know stay as they were. */
export function with_draft(setup: Setup, draft: Draft): Setup {
  const rest = draft.original === null ? setup : without(setup, draft.original);
  const chosen = draft.rows.filter((each) => each.chosen);
  const assets = [...(rest.description.assets ?? [])];
  const kinds = [...(rest.description.kinds ?? [])];
  const sources: SourceEntry[] = [];
  const formerly = [...(rest.description.formerly ?? [])];
  for (const row of chosen) {
    const id = row.asset || draft.machine;
    let at = assets.findIndex((each) => each.id === id);
    if (at < 0) {
      const old = setup.description.assets?.find((each) => each.id === id);
      const kind = old?.kind ?? id;
      at = assets.push({ ...(old ?? { id, kind, line: draft.line }), tags: [] }) - 1;
      if (!kinds.some((each) => each.id === kind)) kinds.push(setup.description.kinds?.find((each) => each.id === kind) ?? { id: kind });
    }
    const found = assets[at];
    if (!found) continue;
    const asset = id === draft.machine ? { ...found, line: draft.line, ...name_of(draft.machine_en, draft.machine_zh, id) } : found;
    assets[at] = asset;
    const of_kind = kinds.find((each) => each.id === asset.kind)?.tags?.some((each) => each.id === row.tag) ?? false;
    if (!of_kind) {
      const normal: [number | null, number | null] = [bound(row.low), bound(row.high)];
      const { normal: _, name: __, interpolation, ...old }: TagEntry = { ...(find_tag(setup, renamed(row, id) ? former_id(row) : `${id}/${row.tag}`).entry ?? {}), id: row.tag };
      const entry: TagEntry = { ...old, ...name_of(row.en, row.zh, row.tag), unit: row.unit, watchdog_s: old.watchdog_s ?? bound(draft.watchdog_s) ?? 10 };
      if (row.linear && !row.state) entry.interpolation = "linear";
      else if (interpolation && interpolation !== "linear") entry.interpolation = interpolation; // as it was written
      if (row.state) entry.kind = "state";
      else if (normal[0] !== null || normal[1] !== null) entry.normal = normal;
      if (row.was && moved(row)) entry.earlier = [{ id: row.was.tag, unit: row.was.unit }, ...(find_tag(setup, `${id}/${row.was.tag}`).entry?.earlier ?? [])];
      assets[at] = { ...asset, tags: [...(asset.tags ?? []), entry] };
    }
    sources.push({ ...row.source, tag: `${id}/${row.tag}` });
    const tag = `${id}/${row.tag}`;
    if (renamed(row, id)) formerly.push({ tag, id: former_id(row), ...(row.relabel && row.was ? { unit: row.was.unit } : {}) });
    else if (row.relabel && row.was) formerly.push({ tag, unit: row.was.unit });
  }
  const there: Record<string, unknown> = (draft.kind === "mqtt" ? setup.broker : setup.connectors.find((each) => each.name === draft.original)) ?? {};
  const { user: _, password: __, password_file: ___, ...old } = there;
  const entry = { ...old, ...credentials(draft), [list_of(draft.kind)]: sources };
  for (const [at, { tags, ...asset }] of assets.entries()) {
    if (tags?.some(({ earlier }) => earlier)) assets[at] = { ...asset, tags: tags.map((tag) => without_taken(tag, tags)) };
  }
  const { formerly: _____, ...said } = rest.description;
  const description: Setup["description"] = { ...said, assets, kinds };
  const free = formerly.filter((each) => !each.id || !find_tag({ ...rest, description }, each.id).entry); // a name that is another value's now keeps its history
  if (free.length > 0) description.formerly = free;
  if (draft.kind === "mqtt") return { ...rest, description, broker: { ...entry, address: draft.address, ...ca_of(draft) } };
  const place = place_in(draft);
  return { ...rest, description, connectors: [...rest.connectors, { ...entry, ...place, name: draft.name, kind: draft.kind }] };
}

function place_in(draft: Draft): Record<string, unknown> {
  const { kind, address } = draft;
  if (kind === "kafka") return { ...of_kafka(draft), ...ca_of(draft) };
  if (kind === "sparkplug") return { ...of_sparkplug(draft), ...ca_of(draft), host_id: draft.host_id || undefined };
  return kind === "opcua" ? { endpoint: address, security: draft.security } : { address, unit: modbus_unit(draft) };
}

/** The device measures in another unit from now on, so the value has another identifier. */
const moved = (row: Row): boolean => unit_changed(row) && !row.relabel && row.tag !== row.was?.tag;
/** A unit where there was none says only what nobody had said. */
export const unit_changed = (row: Row): boolean => row.was !== null && !row.state && row.was.unit !== "" && row.unit !== row.was.unit;

const former_id = ({ was }: Row) => `${was?.asset ?? ""}/${was?.tag ?? ""}`;
/** The value has another name or machine from now on, and its history comes with it. */
export const renamed = (row: Row, asset: string): boolean => row.was !== null && !moved(row) && (row.tag !== row.was.tag || asset !== row.was.asset);

/** An identifier that a tag of now has is none of an earlier history. */
function without_taken({ earlier, ...tag }: TagEntry, tags: readonly TagEntry[]): TagEntry {
  const free = earlier?.filter((each) => !tags.some(({ id }) => id === each.id));
  return free?.length ? { ...tag, earlier: free } : tag;
}

/** Another unit on a history: nobody has said yet what that means. */
export const unit_undecided = (row: Row): boolean => row.chosen && !row.relabel && unit_changed(row) && row.tag === row.was?.tag;

/** The value under a name of its own, from now on: ranges in the old unit do not hold. */
export const under_new_name = (row: Row): Partial<Row> => ({ tag: id_of(`${row.tag.slice(0, 50)}_${row.unit || "new"}`), low: "", high: "" });

/** Where in the form the member is that the server found wrong. */
export function place_of(pointer: string, draft: Draft, sent: Setup): { field: string; row: number | null } {
  const parts = pointer.split("/").slice(1);
  const numbers = draft.rows.flatMap((each, index) => (each.chosen ? [index] : []));
  const list = list_of(draft.kind);
  const at = parts.indexOf(list);
  if ((parts[0] === "connectors" || parts[0] === "broker") && at > 0) return { field: parts[at + 2] ?? "tag", row: numbers[Number(parts[at + 1])] ?? null };
  if (parts[0] === "register") return { field: parts[2] ?? "address", row: Number(parts[1]) };
  if (parts[0] === "description" && parts[1] === "assets") {
    const asset = sent.description.assets?.[Number(parts[2])];
    const tag = parts[3] === "tags" ? asset?.tags?.[Number(parts[4])] : undefined;
    const row = draft.rows.findIndex((each) => each.chosen && each.tag === tag?.id && (each.asset || draft.machine) === asset?.id);
    return tag ? { field: parts[5] ?? "tag", row: row < 0 ? null : row } : { field: "machine", row: null };
  }
  const field = parts.at(-1) ?? "";
  return { field: field === "endpoint" || field === "broker" ? "address" : field, row: null };
}
