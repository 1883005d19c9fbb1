// One machine: its states and the trend of each of its signals over the screen's time range.
import { Button } from "~/components/button";
import { Icon } from "~/components/icon";
import { LaterPart } from "~/components/later";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { RangePicker } from "~/components/range_picker";
import { SimulatedMark } from "~/components/simulated";
import { StatePill } from "~/components/state_pill";
import { LiveValue, QualityMark } from "~/components/value";
import type { Asset, Tag } from "~/lib/api_types";
import { open_ask } from "~/lib/aside";
import { now_ms } from "~/lib/clock";
import { duration_text, moment_text } from "~/lib/format";
import { useMedia } from "~/lib/hooks";
import { lang, say, say_title, t } from "~/lib/i18n/translate";
import { deaf, find_asset, latest_of, load_plant, plant, status_of } from "~/lib/live/plant_store";
import { link, query, range } from "~/lib/router";
import { get_batches } from "../api/batches";
import { useRefreshed } from "../hooks/use_refreshed";
import { useSeries } from "../hooks/use_series";
import { ExportCsv } from "./export_csv";
import { Path } from "./place_path";
import { StateStrip } from "./state_strip";
import { TagTrend } from "./tag_trend";
import "./asset_page.css";

function Since({ since_ms }: { since_ms: number }) {
  const language = lang.value;
  return (
    <span class="quiet">
      {t("state.since", { time: moment_text(since_ms, now_ms.value, language) })} · {t("state.for", { duration: duration_text(now_ms.value - since_ms, language) })}
    </span>
  );
}

function States({ asset, tag }: { asset: Asset; tag: Tag }) {
  const state = useSeries(tag.id, range.value, 300, false);
  const spans = state.series?.spans ?? [];
  return (
    <section class="panel asset-states">
      <h2>{t("asset.states")}</h2>
      {state.error && !state.series ? (
        <ErrorNotice compact error={state.error} title={t("trend.failed")} retry={state.reload} />
      ) : !state.series ? (
        <div class="state-strip" />
      ) : (
        <StateStrip asset={asset} spans={spans} from_ms={state.series.from_ms} to_ms={state.series.to_ms} now_ms={now_ms.peek()} />
      )}
    </section>
  );
}

function Counters({ asset, tags }: { asset: Asset; tags: readonly Tag[] }) {
  if (tags.length === 0) return null;
  return (
    <div class="counters">
      {tags.map((tag) => {
        const latest = latest_of(tag.id).value;
        return (
          <p key={tag.id} class="counter">
            <span class="quiet">{say_title(tag.name)}</span>
            <LiveValue tag={tag} latest={latest} kind={asset.kind} />
            <QualityMark latest={latest} />
          </p>
        );
      })}
    </div>
  );
}

/** A machine of which no batch is known has no list of them. */
function Batches({ asset }: { asset: Asset }) {
  const { data } = useRefreshed(asset.id, range.value, (from_ms, to_ms, signal) => get_batches(asset.id, from_ms, to_ms, signal));
  return data && data.batches.length > 0 ? <LaterPart name="BatchesPanel" asset={asset} list={data} /> : null;
}

function Abnormals({ asset }: { asset: Asset }) {
  const { abnormal } = status_of(asset.id).value;
  if (abnormal.length === 0 || deaf.value) return null;
  return (
    <ul class="abnormals">
      {abnormal.map((item) => (
        <li key={item.tag}>
          <a href={link(`/plant/${asset.id}`, { tag: item.tag })}>
            <Icon name="warning" size={20} />
            <span>{say_title(item.reason)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function AssetView({ asset }: { asset: Asset }) {
  const wide = useMedia("(min-width: 900px)");
  const status = status_of(asset.id).value;
  const chosen = asset.tags.find((tag) => tag.id === query.value.tag && tag.kind !== "state" && tag.kind !== "text");
  const measured = asset.tags.filter((tag) => tag.kind === "number");
  const ordered = [...measured.filter((tag) => tag.key), ...measured.filter((tag) => !tag.key)];
  const earlier = asset.tags.flatMap((tag) => tag.earlier ?? []);
  const past = earlier.some((each) => each.id === query.value.tag); // EarlierPanel draws that one
  const shown = chosen ? [chosen] : past ? [] : ordered;
  const state_tag = asset.tags.find((tag) => tag.kind === "state");
  const simulated = plant.value.data?.simulated ?? false;
  return (
    <>
      <PageHead
        title={
          <>
            <a class="asset-back" href={link("/plant")} aria-label={t("nav.plant")}>
              <Icon name="back" />
            </a>
            {say(asset.name)} {state_tag && <StatePill state={status.state} name={status.state_name} />} {!wide && simulated && <SimulatedMark />}
          </>
        }
        summary={
          <>
            {say_title(asset.kind_name)} · <Path asset={asset} /> {status.since_ms > 0 && <>· <Since since_ms={status.since_ms} /></>}
          </>
        }
      >
        {!wide && <RangePicker />}
        <Button icon="ask" onClick={() => open_ask({ asset: asset.id })}>
          {t("plant.ask_about")}
        </Button>
      </PageHead>
      <Abnormals asset={asset} />
      <LaterPart name="AssetAlarms" asset={asset} />
      <div class="asset-top">
        {state_tag && <States asset={asset} tag={state_tag} />}
        {state_tag && <LaterPart name="OeePanel" asset={asset} />}
        <Batches asset={asset} />
        <Counters asset={asset} tags={asset.tags.filter((tag) => tag.kind === "counter" || tag.kind === "text")} />
      </div>
      {past && <LaterPart name="EarlierPanel" asset={asset} />}
      {shown.length === 0 && !past && <Notice icon="info" title={t("asset.no_tags")} />}
      <div class={`tag-trends${chosen ? " tag-trends-one" : ""}`}>
        {shown.map((tag) => (
          <TagTrend key={tag.id} asset={asset} tag={tag} large={chosen !== undefined} />
        ))}
      </div>
      {shown.length > 0 && (
        <p class="quiet trend-notes">
          <span class="hatched trend-swatch" /> {t("trend.gap")} · {t("trend.zoom_hint")}
        </p>
      )}
      {shown.length > 0 && <ExportCsv tags={shown} />}
      {earlier.length > 0 && !past && <LaterPart name="EarlierPanel" asset={asset} />}
      <LaterPart key={asset.id} name="AssetEvents" asset={asset} />
    </>
  );
}

export function AssetPage({ id }: { id: string }) {
  const { data, error } = plant.value;
  const asset = find_asset(id);
  if (asset) return <AssetView asset={asset} />;
  if (data) {
    return (
      <Notice icon="question" title={t("asset.no_such", { id })} hint={t("asset.no_such_hint")}>
        <a class="button" href={link("/plant")}>
          <span>{t("nav.plant")}</span>
        </a>
      </Notice>
    );
  }
  if (error) return <ErrorNotice error={error} retry={() => void load_plant()} />;
  return <Skeleton shapes={3} height="chart" />;
}
