// One signal of a machine: its value now, how far it can be trusted, and its trend.
import { useRef } from "preact/hooks";
import { IconButton } from "~/components/button";
import { ErrorNotice, Skeleton } from "~/components/notice";
import { Trend } from "~/components/trend/trend";
import { LiveValue, QualityMark } from "~/components/value";
import type { Asset, Tag } from "~/lib/api_types";
import { open_ask } from "~/lib/aside";
import { now_ms } from "~/lib/clock";
import { duration_text, number_text, percent_text, unit_text } from "~/lib/format";
import { useSeen } from "~/lib/hooks";
import { lang, say, say_title, t } from "~/lib/i18n/translate";
import { latest_of } from "~/lib/live/plant_store";
import { range, set_query, set_range } from "~/lib/router";
import { summary } from "~/lib/series_math";
import { useSeries } from "../hooks/use_series";
import "./tag_trend.css";

/** "normal 4.0 to 8.0 bar", one-sided where only one limit is known; empty without any. */
export function normal_text(tag: Tag): string {
  const { low, high, decimals } = tag;
  const number = (value: number) => number_text(value, lang.value, Number.isInteger(value) ? 0 : decimals);
  const unit = unit_text(tag.unit);
  if (low !== null && high !== null) return t("plant.normal", { low: number(low), high: number(high), unit }).trim();
  if (high !== null) return t("plant.normal_below", { high: number(high), unit }).trim();
  if (low !== null) return t("plant.normal_above", { low: number(low), unit }).trim();
  return "";
}

function Details({ tag, good_share, source }: { tag: Tag; good_share: number | null; source: string }) {
  const latest = latest_of(tag.id).value;
  return (
    <dl class="facts tag-details">
      <dt>{t("asset.signal")}</dt>
      <dd class="mono">{tag.id}</dd>
      <dt>{t("asset.unit")}</dt>
      <dd>{unit_text(tag.unit) || t("app.none")}</dd>
      <dt>{t("asset.quality")}</dt>
      <dd>
        {t(`quality.${latest.quality}`)} {say(latest.reason)}
      </dd>
      <dt>{t("asset.age")}</dt>
      <dd>{latest.ts_ms > 0 ? t("quality.age", { duration: duration_text(now_ms.value - latest.ts_ms, lang.value) }) : "–"}</dd>
      <dt>{t("asset.good_share")}</dt>
      <dd>{good_share === null ? "–" : percent_text(good_share, lang.value)}</dd>
      <dt>{t("asset.source")}</dt>
      <dd class="mono">{source}</dd>
    </dl>
  );
}

interface TagTrendProps {
  asset: Asset;
  tag: Tag;
  large: boolean; // the one signal that was chosen
}

/** `past`: a history without live values. */
export function LiveTrend({ tag, large, past = false }: { tag: Tag; large: boolean; past?: boolean }) {
  const state = useSeries(tag.id, range.value, large ? 600 : 300, !past);
  const all = summary(state.points);
  const number = (value: number) => number_text(value, lang.value, tag.decimals);
  if (state.error && state.points.length === 0) return <ErrorNotice compact error={state.error} title={t("trend.failed")} retry={state.reload} />;
  if (!state.series) return <Skeleton shapes={1} height="chart" />;
  return (
    <>
      <p class="quiet tag-range">
        {all && `${t("trend.min")} ${number(all.low)} · ${t("trend.max")} ${number(all.high)}`}
        <span class="tag-normal">{normal_text(tag)}</span>
        {state.series.stepped_instead && <span class="tag-basis"> · {t("trend.in_steps")}</span>}
        {state.series.resolution_ms > 0 && (
          <span class="tag-basis"> · {t(state.series.resolution_ms >= 3_600_000 ? "trend.from_hours" : "trend.from_minutes")}</span>
        )}
      </p>
      <Trend
        name={say(tag.name)}
        points={state.points}
        from_ms={state.from_ms}
        to_ms={state.to_ms}
        now_ms={now_ms.value}
        unit={tag.unit}
        decimals={tag.decimals}
        low={tag.low}
        high={tag.high}
        window={null}
        mark={tag.id}
        height={large ? 360 : 184}
        sync="asset"
        on_zoom={(from_ms, to_ms) => set_range({ kind: "fixed", from_ms, to_ms })}
      />
      {large && !past && <Details tag={tag} good_share={state.series.good_share} source={`/api/plant/series?tag=${tag.id}`} />}
    </>
  );
}

export function TagTrend({ asset, tag, large }: TagTrendProps) {
  const place = useRef<HTMLElement>(null);
  const seen = useSeen(place);
  const latest = latest_of(tag.id).value;
  return (
    <section class={`panel tag-trend${large ? " tag-trend-large" : ""}`} data-tag={tag.id} aria-label={say(tag.name)} ref={place}>
      <header class="tag-head">
        <h2>{say_title(tag.name)}</h2>
        <span class="tag-tools">
          <IconButton icon="ask" label={`${t("plant.ask_about")}: ${say_title(tag.name)}`} onClick={() => open_ask({ asset: asset.id, tag: tag.id })} />
          <IconButton
            icon={large ? "shrink" : "expand"}
            label={large ? t("asset.shrink") : `${t("asset.enlarge")}: ${say_title(tag.name)}`}
            onClick={() => set_query({ tag: large ? null : tag.id })}
          />
        </span>
        <p class="tag-now">
          <LiveValue tag={tag} latest={latest} kind={asset.kind} large={large} />
          <QualityMark latest={latest} />
        </p>
      </header>
      <div class="tag-plot">{seen && <LiveTrend tag={tag} large={large} />}</div>
    </section>
  );
}
