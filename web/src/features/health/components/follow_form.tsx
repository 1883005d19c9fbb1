// By which model a machine is followed: which tag is which of its columns, how its time runs, when this life began.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { FormProblem } from "~/components/form_parts";
import { ErrorNotice } from "~/components/notice";
import { server_now } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { useOrder } from "~/lib/hooks";
import { number_text } from "~/lib/format";
import { lang, say } from "~/lib/i18n/translate";
import type { LifeModelInfo, LifeOrder } from "~/lib/life_types";
import { find_asset } from "~/lib/live/plant_store";
import { query } from "~/lib/router";
import { read_life_models } from "../api/lives";
import { w } from "../state/life_words";
import { NotedKinds, useNotedKinds } from "./noted_kinds";
import "~/components/field.css";

const known_seconds: Record<string, number> = { second: 1, s: 1, minute: 60, min: 60, hour: 3600, hours: 3600, h: 3600, day: 86_400, days: 86_400, d: 86_400 };
const local_text = (ms: number) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** What an order begins with: tags of the columns' names, an hour's seconds for an hour. */
export function first_order(model: LifeModelInfo, asset: string, tags: string[], now_ms: number): LifeOrder {
  const columns = Object.fromEntries(model.columns.map((column) => [column, tags.find((tag) => tag === `${asset}/${column}`) ?? ""]));
  return { model: model.name, columns, states: [], unit_s: known_seconds[model.time.toLowerCase()] ?? 0, since_ms: now_ms - 30 * 86_400_000, begins: "" };
}

export function FollowForm({ asset, now, follow }: { asset: string; now: LifeOrder | null; follow: (order: LifeOrder) => Promise<void> }) {
  const [models, set_models] = useState<LifeModelInfo[] | null>(null);
  const [order, set_order] = useState<LifeOrder | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  const { busy, problem, run } = useOrder();
  const machine = find_asset(asset);
  const kinds = useNotedKinds([asset]);
  const tags = (machine?.tags ?? []).filter((each) => each.kind === "number" || each.kind === "counter").map((each) => each.id);
  const start = (model: LifeModelInfo) => first_order(model, asset, tags, server_now());
  useEffect(() => {
    read_life_models().then(
      ({ models: found }) => {
        set_models(found);
        const first = found.find((each) => each.name === query.value.by) ?? found[0]; // whoever just trained one
        const kept = now && !query.value.by && found.some((each) => each.name === now.model) ? { model: now.model, columns: now.columns, states: now.states, unit_s: now.unit_s, since_ms: now.since_ms, begins: now.begins } : null;
        set_order(kept ?? (first ? start(first) : null));
      },
      (thrown) => set_error(as_api_error(thrown)),
    );
  }, [asset]);
  const model = models?.find((each) => each.name === order?.model);
  const field = (wrong: string) => (problem?.param === wrong ? "true" : undefined);
  return (
    <section class="panel">
      <h2>{w(now ? "change" : "follow")}</h2>
      {error && <ErrorNotice error={error} compact />}
      {models?.length === 0 && <p>{w("no_models")}</p>}
      {order && model && (
        <form
          class="health-form"
          onSubmit={(event) => {
            event.preventDefault();
            void run(() => follow(order));
          }}
        >
          <label>
            <span>{w("model")}</span>
            <select
              class="select"
              value={order.model}
              onChange={(event) => {
                const found = models?.find((each) => each.name === event.currentTarget.value);
                if (found) set_order(start(found));
              }}
            >
              {models?.map((each) => (
                <option key={each.name} value={each.name}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
          <p class="quiet">{w("model_facts", { n: model.trained_assets, file: model.file ?? "", cap: number_text(model.cap, lang.value, 0), time: model.time })}</p>
          {model.columns.map((column) => (
            <label key={column}>
              <span>{w("column", { column })}</span>
              <select class="select" aria-invalid={field("columns")} value={order.columns[column] ?? ""} onChange={(event) => set_order({ ...order, columns: { ...order.columns, [column]: event.currentTarget.value } })}>
                <option value="">–</option>
                {tags.map((tag) => (
                  <option key={tag} value={tag}>
                    {tag.slice(asset.length + 1)}
                  </option>
                ))}
              </select>
            </label>
          ))}
          <label>
            <span>{w("unit_s", { time: model.time })}</span>
            <input class="text-input" type="number" step="any" min={0} aria-invalid={field("unit_s")} value={order.unit_s} onInput={(event) => set_order({ ...order, unit_s: Number(event.currentTarget.value) })} />
          </label>
          <label>
            <span>{w("since")}</span>
            <input class="text-input" type="datetime-local" aria-invalid={field("since_ms")} value={local_text(order.since_ms)} onInput={(event) => set_order({ ...order, since_ms: new Date(event.currentTarget.value).getTime() || 0 })} />
          </label>
          <label>
            <NotedKinds id="noted_kinds" kinds={kinds} />
            <span>{w("begins")}</span>
            <input class="text-input" list="noted_kinds" value={order.begins} onInput={(event) => set_order({ ...order, begins: event.currentTarget.value })} />
          </label>
          {(machine?.states ?? []).length > 0 && (
            <fieldset class="life-states">
              <legend>{w("states")}</legend>
              {machine?.states?.map((each) => (
                <label key={each.id}>
                  <input type="checkbox" checked={order.states.includes(each.id)} onChange={(event) => set_order({ ...order, states: event.currentTarget.checked ? [...order.states, each.id] : order.states.filter((id) => id !== each.id) })} />
                  <span>{say(each.name) || each.id}</span>
                </label>
              ))}
            </fieldset>
          )}
          <Button disabled={busy} type="submit">
            {w("go")}
          </Button>
        </form>
      )}
      <FormProblem problem={problem} />
    </section>
  );
}
