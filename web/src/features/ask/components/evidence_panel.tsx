// One source in full: the value, where it comes from, how good it is, and its trend.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "~/components/button";
import { Icon } from "~/components/icon";
import { LiveValue, QualityMark } from "~/components/value";
import { SimulatedMark } from "~/components/simulated";
import type { Evidence } from "~/lib/api_types";
import { back_from_evidence, close_aside, evidence_has_way_back, open_evidence } from "~/lib/aside";
import { now_ms } from "~/lib/clock";
import { duration_text, moment_text, percent_text, unit_text, window_text } from "~/lib/format";
import { lang, t } from "~/lib/i18n/translate";
import { find_tag, latest_of } from "~/lib/live/plant_store";
import { href, range_query } from "~/lib/url_state";
import { find_turn } from "../state/conversations";
import { evidence_subject, evidence_value, fact_text } from "../state/evidence_text";
import type { AskTurn } from "../state/turns";
import { EvidenceTrend } from "./answer_trends";
import "~/components/aside_panel.css";
import "./evidence_panel.css";

/** Where the same stretch of time is shown in Plant. */
function plant_link(evidence: Evidence): string {
  const asset = evidence.asset || evidence.tag.split("/")[0] || "";
  const tag = evidence.tag.endsWith("/state") ? null : evidence.tag;
  const end_ms = evidence.window?.end_ms ?? evidence.ts_ms;
  if (end_ms === null) return href(`/plant/${asset}`, { tag });
  const start_ms = evidence.window?.start_ms ?? end_ms - 600_000;
  return href(`/plant/${asset}`, { tag, ...range_query({ kind: "fixed", from_ms: start_ms, to_ms: end_ms }) });
}

function Facts({ evidence }: { evidence: Evidence }) {
  const language = lang.value;
  const now = now_ms.value;
  const held_ms = evidence.ts_ms ?? evidence.window?.end_ms ?? null;
  return (
    <dl class="facts">
      {evidence.unit !== "" && (
        <>
          <dt>{t("evidence.unit")}</dt>
          <dd>{unit_text(evidence.unit)}</dd>
        </>
      )}
      {evidence.window && (
        <>
          <dt>{t("evidence.window")}</dt>
          <dd>
            {window_text(evidence.window.start_ms, evidence.window.end_ms, now, language)}
            <br />
            <span class="quiet">{duration_text(evidence.window.end_ms - evidence.window.start_ms, language)}</span>
          </dd>
        </>
      )}
      {evidence.ts_ms !== null && (
        <>
          <dt>{t("evidence.time")}</dt>
          <dd>{moment_text(evidence.ts_ms, now, language)}</dd>
        </>
      )}
      {held_ms !== null && (
        <>
          <dt>{t("evidence.age")}</dt>
          <dd>{t("quality.age", { duration: duration_text(now - held_ms, language) })}</dd>
        </>
      )}
      <dt>{t("evidence.quality")}</dt>
      <dd>
        <span class={evidence.quality === "good" ? "" : `quality quality-${evidence.quality}`}>
          {evidence.quality !== "good" && <Icon name={evidence.quality === "bad" ? "warning" : "question"} size={16} />}
          {t(`quality.${evidence.quality}`)}
        </span>
      </dd>
      {evidence.window && (
        <>
          <dt>{t("evidence.good_share")}</dt>
          <dd>{percent_text(evidence.good_share, language)}</dd>
        </>
      )}
      <dt>{t("evidence.source")}</dt>
      <dd class="mono">{evidence.source}</dd>
    </dl>
  );
}

function Now({ evidence }: { evidence: Evidence }) {
  const found = find_tag(evidence.tag);
  if (!found || found.tag.kind === "state") return null;
  const latest = latest_of(evidence.tag).value;
  return (
    <p class="evidence-now">
      <span class="quiet">{t("evidence.live")}</span> <LiveValue tag={found.tag} latest={latest} kind={found.asset.kind} /> <QualityMark latest={latest} />
    </p>
  );
}

export function EvidencePanel({ turn: turn_id, evidence: evidence_id }: { turn: string; evidence: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const found = find_turn(turn_id);
  const turn = found?.kind === "ask" ? (found as AskTurn) : null;
  const at = turn?.evidence.findIndex((item) => item.id === evidence_id) ?? -1;
  const evidence = turn?.evidence[at];

  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), [turn_id, evidence_id]);
  useEffect(() => {
    if (!evidence) close_aside();
  }, [evidence === undefined]);
  if (!turn || !evidence) return null;

  const carries = turn.sentences.filter((sentence) => sentence.evidence.includes(evidence.id));
  // Another fact of the same signal may bring the trend.
  const with_trend = [evidence, ...turn.evidence].find((item) => item.tag === evidence.tag && (item.series ?? []).length > 1);
  const step = (by: number) => {
    const next = turn.evidence[(at + by + turn.evidence.length) % turn.evidence.length];
    if (next) open_evidence(turn.id, next.id);
  };
  return (
    <div class="evidence" data-evidence={evidence.id}>
      <header class="aside-head">
        {evidence_has_way_back() && <IconButton icon="back" label={t("evidence.back")} onClick={back_from_evidence} />}
        <h2 ref={heading} tabIndex={-1}>
          {t("evidence.title", { n: at + 1 })}
          <span class="quiet">{` / ${turn.evidence.length}`}</span>
        </h2>
        <span class="topbar-space" />
        {turn.evidence.length > 1 && (
          <>
            <IconButton icon="back" label={t("ask.source_n", { n: ((at - 1 + turn.evidence.length) % turn.evidence.length) + 1 })} onClick={() => step(-1)} />
            <IconButton icon="next" label={t("ask.source_n", { n: ((at + 1) % turn.evidence.length) + 1 })} onClick={() => step(1)} />
          </>
        )}
        <IconButton icon="close" label={t("app.close")} onClick={() => close_aside()} />
      </header>
      <div class="aside-body">
        <div>
          <p class="evidence-subject">
            {evidence_subject(evidence)} {evidence.simulated && <SimulatedMark />}
          </p>
          <p class="quiet">{fact_text(evidence.fact)}</p>
          <p class={`evidence-value${evidence.quality === "bad" ? " hatched" : ""}`}>{evidence_value(evidence)}</p>
          <Now evidence={evidence} />
        </div>
        {with_trend && <EvidenceTrend key={evidence.tag} evidence={{ ...with_trend, window: evidence.window }} now_ms={turn.asked_at_ms} height={200} />}
        <Facts evidence={evidence} />
        {evidence.tag !== "" && (
          <a class="button" href={plant_link(evidence)}>
            <Icon name="plant" />
            <span>{t("evidence.open_trend")}</span>
          </a>
        )}
        {carries.length > 0 && (
          <section>
            <h3 class="evidence-carries">{t("evidence.carries")}</h3>
            {carries.map((sentence) => (
              <blockquote key={sentence.text}>{sentence.text}</blockquote>
            ))}
          </section>
        )}
      </div>
    </div>
  );
}
