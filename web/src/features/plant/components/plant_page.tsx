// Plant: is anything wrong, where, since when.
import { useEffect, useRef, useState } from "preact/hooks";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { RangePicker } from "~/components/range_picker";
import { Segmented } from "~/components/segmented";
import { SimulatedMark } from "~/components/simulated";
import type { Asset } from "~/lib/api_types";
import { useMedia } from "~/lib/hooks";
import { say, t } from "~/lib/i18n/translate";
import { attention, deaf, load_plant, plant, severity } from "~/lib/live/plant_store";
import { query, set_query } from "~/lib/router";
import { MachineTile } from "./machine_tile";
import { places_of } from "./place_path";
import "./plant_page.css";

const rank = { red: 0, amber: 1, none: 2 };

export function sorted_assets(assets: readonly Asset[], worst_first: boolean): Asset[] {
  if (!worst_first) return [...assets];
  // Stable: equal ones keep the plant's own order.
  return [...assets].sort((a, b) => rank[severity(a)] - rank[severity(b)]);
}

function Lines({ assets }: { assets: readonly Asset[] }) {
  const lines = new Map(assets.map((asset) => [asset.line, say(asset.line_name) || asset.line]));
  if (lines.size < 2) return null;
  return (
    <select class="select" aria-label={t("plant.line")} value={query.value.line ?? ""} onChange={(event) => set_query({ line: event.currentTarget.value || null })}>
      <option value="">{t("plant.all_lines")}</option>
      {[...lines].map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

function summary_text(count: number): string {
  const bad = attention.value.length;
  if (bad === 0 && deaf.value) return t("plant.summary", { n: count });
  return bad === 0 ? t("plant.summary_ok", { n: count }) : t("plant.summary_attention", { m: bad, n: count });
}

const tiles_at_once = 60;

/** Machines that follow each other in the same places, under the names of these places. */
export function grouped(assets: readonly Asset[]): { heading: string; assets: Asset[] }[] {
  const groups: { heading: string; assets: Asset[] }[] = [];
  for (const asset of assets) {
    const heading = places_of(asset)
      .map((place) => say(place.name) || place.id)
      .join(" › ");
    const last = groups.find((group) => group.heading === heading);
    if (last) last.assets.push(asset);
    else groups.push({ heading, assets: [asset] });
  }
  return groups;
}

/** All tiles, a screenful or two at a time: a plant may have thousands. */
function Tiles({ assets, by_place }: { assets: readonly Asset[]; by_place: boolean }) {
  const [count, set_count] = useState(tiles_at_once);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = end.current;
    if (!target || count >= assets.length) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) set_count(count + tiles_at_once);
      },
      { rootMargin: "600px" },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [count, assets.length]);
  const shown = assets.slice(0, count);
  const groups = by_place ? grouped(shown) : [];
  return (
    <>
      {(groups.length > 1 ? groups : [{ heading: "", assets: shown }]).map((group) => (
        <section key={group.heading} class="place" aria-label={group.heading || undefined}>
          {group.heading && <p class="place-name quiet">{group.heading}</p>}
          <div class="tiles">
            {group.assets.map((asset) => (
              <MachineTile key={asset.id} asset={asset} />
            ))}
          </div>
        </section>
      ))}
      <div ref={end} />
    </>
  );
}

export function PlantPage() {
  const { data, error } = plant.value;
  const wide = useMedia("(min-width: 900px)");
  const sort = query.value.sort === "worst" ? "worst" : "plant";
  const line = query.value.line;
  const assets = data?.assets ?? [];
  const shown = sorted_assets(line ? assets.filter((asset) => asset.line === line) : assets, sort === "worst");
  return (
    <>
      <PageHead
        title={
          <>
            {t("plant.title")} {!wide && data?.simulated && <SimulatedMark />}
          </>
        }
        summary={assets.length > 0 && summary_text(assets.length)}
      >
        {assets.length > 0 && (
          <>
            {!wide && <RangePicker />}
            <Lines assets={assets} />
            <Segmented
              label={t("plant.sort")}
              value={sort}
              options={[
                { value: "plant", label: t("plant.sort_plant") },
                { value: "worst", label: t("plant.sort_worst") },
              ]}
              on_choose={(next) => set_query({ sort: next === "worst" ? "worst" : null }, "replace")}
            />
          </>
        )}
      </PageHead>
      {!data && error && <ErrorNotice error={error} retry={() => void load_plant()} />}
      {!data && !error && <Skeleton shapes={6} height="tile" />}
      {data && assets.length === 0 && <Notice icon="plant" title={t("plant.empty")} hint={t("plant.empty_hint")} />}
      <Tiles key={line ?? ""} assets={shown} by_place={sort === "plant"} />
    </>
  );
}
