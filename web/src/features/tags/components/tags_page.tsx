// All tags: found by part of a name, filtered by quality and machine, drawn only where they are seen.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { LaterPart } from "~/components/later";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { Segmented } from "~/components/segmented";
import { live_freshness, LiveValue, QualityMark } from "~/components/value";
import type { Asset, Tag } from "~/lib/api_types";
import { number_text } from "~/lib/format";
import { useMedia } from "~/lib/hooks";
import { lang, say, t } from "~/lib/i18n/translate";
import { latest_of, load_plant, plant } from "~/lib/live/plant_store";
import { link, query, set_query } from "~/lib/router";
import { may } from "~/lib/rights";
import { session } from "~/lib/session";
import { find_tags, tag_rows, visible_rows, type TagRow } from "~/lib/tag_search";
import "~/components/field.css";
import "~/components/panel.css";
import "~/components/range_picker.css";
import "./tags.css";

const wide_row = 44;
const narrow_row = 60;
const qualities = ["all", "good", "uncertain", "bad"] as const;
type QualityChoice = (typeof qualities)[number];

function Value({ asset, tag }: { asset: Asset; tag: Tag }) {
  const latest = latest_of(tag.id).value;
  return (
    <>
      <LiveValue tag={tag} latest={latest} kind={asset.kind} />
      <QualityMark latest={latest} />
    </>
  );
}

function Row({ row, height, index }: { row: TagRow; height: number; index: number }) {
  const { asset, tag } = row;
  return (
    <li class="tag-row" style={{ height: `${height}px`, top: `${index * height}px` }} data-tag={tag.id} aria-posinset={index + 1}>
      <a class="tag-row-link" href={link(`/plant/${asset.id}`, tag.kind === "state" ? {} : { tag: tag.id })}>
        <span class="tag-row-name">{say(tag.name)}</span>
        <span class="quiet tag-row-asset">{say(asset.name)}</span>
      </a>
      <span class="quiet mono tag-row-id">{tag.id}</span>
      <span class="tag-row-value">
        <Value asset={asset} tag={tag} />
      </span>
    </li>
  );
}

function List({ rows }: { rows: TagRow[] }) {
  const box = useRef<HTMLUListElement>(null);
  const wide = useMedia("(min-width: 700px)");
  const height = wide ? wide_row : narrow_row;
  const shown = useSignal({ first: 0, end: 40 });
  const look = () => {
    const top = box.current?.getBoundingClientRect().top ?? 0;
    const next = visible_rows(-top, window.innerHeight, height, rows.length);
    if (next.first !== shown.value.first || next.end !== shown.value.end) shown.value = next;
  };
  useLayoutEffect(look, [rows, height]);
  useEffect(() => {
    window.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    return () => {
      window.removeEventListener("scroll", look);
      window.removeEventListener("resize", look);
    };
  }, [rows, height]);
  const { first, end } = shown.value;
  return (
    <section class="panel tags-panel">
      <ul class="tag-rows" ref={box} style={{ height: `${rows.length * height}px` }}>
        {rows.slice(first, end).map((row, index) => (
          <Row key={row.tag.id} row={row} height={height} index={first + index} />
        ))}
      </ul>
    </section>
  );
}

function Browser({ assets }: { assets: Asset[] }) {
  const all = useMemo(() => tag_rows(assets), [assets]);
  const wanted = query.value;
  const quality = qualities.find((each) => each === wanted.quality) ?? "all";
  const named = useMemo(() => find_tags(all, wanted.q ?? "", wanted.machine ?? ""), [all, wanted.q, wanted.machine]);
  // Values change all the time: only a filter by quality follows them.
  const tick = useSignal(0);
  useEffect(() => {
    if (quality === "all") return undefined;
    const timer = setInterval(() => (tick.value += 1), 1_000);
    return () => clearInterval(timer);
  }, [quality]);
  const chosen = useSignal(quality);
  chosen.value = quality;
  const source = useSignal(named);
  source.value = named;
  const rows = useComputed(() => {
    void tick.value;
    const of = chosen.value;
    if (of === "all") return source.value;
    return source.value.filter(({ tag }) => {
      const fresh = live_freshness(latest_of(tag.id).peek());
      return of === "bad" ? fresh !== "good" && fresh !== "uncertain" : fresh === of;
    });
  }).value;
  const count = (n: number) => number_text(n, lang.value, 0);
  if (all.length === 0) return <Notice icon="tag" title={t("tags.no_tags")} hint={t("tags.no_tags_hint")} />;
  return (
    <>
      <form class="tags-filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <input
          class="text-input"
          type="search"
          aria-label={t("tags.search")}
          placeholder={t("tags.search")}
          value={wanted.q ?? ""}
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => set_query({ q: event.currentTarget.value || null }, "replace")}
        />
        <select class="select" aria-label={t("tags.machine")} value={wanted.machine ?? ""} onChange={(event) => set_query({ machine: event.currentTarget.value || null }, "replace")}>
          <option value="">{t("tags.all_machines")}</option>
          {assets.map((asset) => (
            <option key={asset.id} value={asset.id}>
              {say(asset.name)}
            </option>
          ))}
        </select>
        <Segmented<QualityChoice>
          label={t("tags.quality")}
          value={quality}
          options={qualities.map((each) => ({ value: each, label: t(each === "all" ? "tags.any" : `quality.${each}`) }))}
          on_choose={(value) => set_query({ quality: value === "all" ? null : value }, "replace")}
        />
      </form>
      <p class="quiet" role="status">
        {t("tags.summary", { shown: count(rows.length), n: count(all.length) })}
      </p>
      {rows.length === 0 ? <Notice icon="tag" title={t("tags.none")} hint={t("tags.none_hint")} /> : <List rows={rows} />}
    </>
  );
}

export function TagsPage() {
  const { data, error } = plant.value;
  const [importing, set_importing] = useState(false);
  const may_operate = may(session.value?.who?.grants, "operator");
  return (
    <div class="tags-page">
      <PageHead title={t("tags.title")}>
        {may_operate && data && !importing && (
          <Button icon="up" onClick={() => set_importing(true)}>
            {t("csv.open")}
          </Button>
        )}
      </PageHead>
      {importing && data && <LaterPart name="CsvPanel" tags={data.assets.flatMap((asset) => asset.tags.map((tag) => tag.id))} close={() => set_importing(false)} />}
      {error && <ErrorNotice error={error} retry={() => void load_plant()} compact={data !== null} />}
      {!data && !error && <Skeleton shapes={5} height="row" />}
      {data && <Browser assets={data.assets} />}
    </div>
  );
}
