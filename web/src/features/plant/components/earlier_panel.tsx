// Histories from before a device measured in another unit: each apart, in the unit of then, with
// its chart and its file. Nothing is converted and nothing drawn into the line of now.
import { useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "~/components/button";
import { ErrorNotice, Skeleton } from "~/components/notice";
import type { Asset, Tag } from "~/lib/api_types";
import { now_ms } from "~/lib/clock";
import { moment_text, unit_text } from "~/lib/format";
import { lang, say, say_title, t } from "~/lib/i18n/translate";
import { link, query, set_query } from "~/lib/router";
import { range_query } from "~/lib/url_state";
import { get_earlier, type EarlierHistory } from "../api/earlier";
import { useRefreshed } from "../hooks/use_refreshed";
import { w } from "../state/earlier_words";
import { ExportCsv } from "./export_csv";
import { LiveTrend } from "./tag_trend";
import "~/components/panel.css";
import "./earlier_panel.css";

const whole = { kind: "fixed", from_ms: 0, to_ms: 0 } as const; // the list does not depend on the range

/** What is stored under it, as a signal: without live values, and without limits of another unit. */
const signal_of = (tag: Tag, { id, unit }: { id: string; unit: string }): Tag => ({ ...tag, id, unit, low: null, high: null });
const moment = (ms: number) => moment_text(ms, now_ms.peek(), lang.value);

function Row({ asset, tag, history }: { asset: Asset; tag: Tag; history: EarlierHistory }) {
  const { id, from_ms, to_ms } = history;
  const unit = unit_text(history.unit) || t("app.none");
  const name = say_title(tag.name);
  if (from_ms === null || to_ms === null) {
    return (
      <li data-earlier={id}>
        <p>
          {name} <span class="quiet">{w("nothing", { id, unit })}</span>
        </p>
      </li>
    );
  }
  const end_ms = to_ms + 1; // half open, and the last sample is part of it
  return (
    <li data-earlier={id}>
      <p>
        {name}: {w("until", { time: moment(to_ms), unit })} <span class="quiet">{w("stored", { id, time: moment(from_ms) })}</span>
      </p>
      <div class="earlier-ways">
        <a class="button" href={link(`/plant/${asset.id}`, { ...range_query({ kind: "fixed", from_ms, to_ms: end_ms }), tag: id })} aria-label={`${w("chart")}: ${w("chart_of", { name, unit })}`}>
          <span>{w("chart")}</span>
        </a>
        <ExportCsv tags={[signal_of(tag, history)]} bounds={{ from_ms, to_ms: end_ms }} />
      </div>
    </li>
  );
}

function Chart({ tag, now_unit }: { tag: Tag; now_unit: string }) {
  const unit = unit_text(tag.unit) || t("app.none");
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => title.current?.focus(), [tag.id]); // what was asked for stands here
  return (
    <section class="panel tag-trend tag-trend-large" data-tag={tag.id} aria-label={w("chart_of", { name: say(tag.name), unit })}>
      <header class="tag-head">
        <h2 tabIndex={-1} ref={title}>
          {w("chart_of", { name: say_title(tag.name), unit })}
        </h2>
        <span class="tag-tools">
          <IconButton icon="shrink" label={t("asset.shrink")} onClick={() => set_query({ tag: null, from: null, to: null })} />
        </span>
        <p class="quiet">{w("apart", { id: tag.id, unit, now: unit_text(now_unit) || t("app.none") })}</p>
      </header>
      <div class="tag-plot">
        <LiveTrend key={tag.id} tag={tag} large past />
      </div>
      <ExportCsv tags={[tag]} />
    </section>
  );
}

export function EarlierPanel({ asset }: { asset: Asset }) {
  const { data, error, reload } = useRefreshed(asset.id, whole, (_from, _to, signal) => get_earlier(asset.id, signal));
  const asked = query.value.tag;
  const tag = asset.tags.find((each) => each.earlier?.some(({ id }) => id === asked));
  const name = tag?.earlier?.find(({ id }) => id === asked);
  return (
    <>
      {tag && name && tag.kind === "number" && <Chart tag={signal_of(tag, name)} now_unit={tag.unit} />}
      <section class="panel earlier-panel" aria-label={w("title")}>
        <h2>{w("title")}</h2>
        <p class="quiet">{w("why")}</p>
        {error && !data ? (
          <ErrorNotice compact error={error} retry={reload} />
        ) : !data ? (
          <Skeleton shapes={1} height="row" />
        ) : (
          <ul>
            {data.map((history) => {
              const of = asset.tags.find((each) => each.id === history.tag);
              return of && <Row key={history.id} asset={asset} tag={of} history={history} />;
            })}
          </ul>
        )}
      </section>
    </>
  );
}
