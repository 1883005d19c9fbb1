// Every way in for samples: does it work, since when, how fast, what waits, what went wrong last.
import { useState } from "preact/hooks";
import { CertificateEnd, ClockSkew, ConnectorState } from "~/components/connector_state";
import { LaterPart, SetupPart } from "~/components/later";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { Sparkline } from "~/components/sparkline";
import type { Connector } from "~/lib/api_types";
import { now_ms } from "~/lib/clock";
import { day_text, duration_text, moment_text, number_text, window_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { kept_ms, rates_of } from "~/lib/live/connector_rates";
import { connectors, load_plant, plant } from "~/lib/live/plant_store";
import { may_administer, session } from "~/lib/session";
import "~/components/panel.css";
import "./connections.css";

const order: Record<Connector["state"], number> = { failed: 0, silent: 1, connecting: 2, connected: 3 };

/** Fetched when it is opened: a plant may have hundreds of connections. */
function History({ name }: { name: string }) {
  const [open, set_open] = useState(false);
  return (
    <details class="connection-details" onToggle={(event) => set_open(event.currentTarget.open)}>
      <summary>{t("connections.history")}</summary>
      {open && <LaterPart name="ConnectionHistory" of={name} />}
    </details>
  );
}

function Card({ of }: { of: Connector }) {
  const language = lang.value;
  const now = now_ms.value;
  const time = (ms: number | null) => (ms === null ? t("people.never") : moment_text(ms, now, language));
  const rates = rates_of(of.name);
  return (
    <li class={`panel connection${of.state === "failed" ? " connection-failed" : ""}`} data-connection={of.name} data-state={of.state}>
      <div class="connection-head">
        <h2>{of.name}</h2>
        <ConnectorState state={of.state} />
        <span class="quiet">{t("connector.since", { time: time(of.since_ms) })}</span>
      </div>
      <p class="quiet connection-address">{`${t(`connector.kind_${of.kind}`)} · ${of.address}`}</p>
      <div class="connection-rate">
        <span class="connection-number">{number_text(of.samples_s, language, of.samples_s < 100 ? 1 : 0)}</span>
        <span class="quiet">{t("connections.rate")}</span>
        {rates.length > 1 && (
          <span class="connection-trend" title={t("connections.trend")}>
            <Sparkline points={rates} from_ms={Math.max(rates[0]?.[0] ?? 0, now - kept_ms)} to_ms={now} />
          </span>
        )}
      </div>
      <dl class="facts">
        <dt>{t("connector.last_sample")}</dt>
        <dd>{time(of.last_sample_ms)}</dd>
        <dt>{t("connections.gaps")}</dt>
        <dd>
          {of.gaps === 0 ? t("connections.no_gaps") : number_text(of.gaps, language, 0)}
          {of.gap_start_ms !== null && of.gap_end_ms !== null && <span class="quiet connection-gap">{t("connections.last_gap", { window: window_text(of.gap_start_ms, of.gap_end_ms, now, language) })}</span>}
        </dd>
        <dt>{t("connections.taken")}</dt>
        <dd>{number_text(of.samples, language, 0)}</dd>
        <dt>{t("connector.refused")}</dt>
        <dd>{number_text(of.refused, language, 0)}</dd>
        <dt>{t("connector.backlog")}</dt>
        <dd>
          {of.backlog === null ? t("connections.none_waits") : number_text(of.backlog, language, 0)}
          {of.waiting_since_ms !== null && <span class="quiet connection-gap">{t("connections.waiting_for", { time: duration_text(now - of.waiting_since_ms, language) })}</span>}
        </dd>
        <dt>{t("connections.tags")}</dt>
        <dd>{of.tags === 0 ? t("connections.tags_named") : number_text(of.tags, language, 0)}</dd>
        <dt>{t("connections.skew")}</dt>
        <dd>
          <ClockSkew skew_ms={of.skew_ms} well={t(of.skew_ms === null ? "connections.skew_unknown" : "connections.skew_right")} />
        </dd>
        {of.certificate_expires_ms !== null && (
          <>
            <dt>{t("connections.certificate")}</dt>
            <dd>
              <CertificateEnd expires_ms={of.certificate_expires_ms} well={`${day_text(of.certificate_expires_ms, language)} (${duration_text(of.certificate_expires_ms - now, language)})`} />
            </dd>
          </>
        )}
        <dt>{t("connector.last_problem")}</dt>
        <dd class={of.state === "failed" ? "connection-problem" : undefined}>
          {of.problem && of.problem_ms !== null ? t("connector.problem", { time: time(of.problem_ms), problem: say(of.problem) }) : t("connections.no_problem")}
        </dd>
      </dl>
      <History name={of.name} />
    </li>
  );
}

export function ConnectionsPage() {
  const { data, error } = plant.value;
  const list = connectors.value;
  const bad = list.filter((each) => each.state === "failed" || each.state === "silent").length;
  const worst_first = [...list].sort((a, b) => order[a.state] - order[b.state]);
  return (
    <div class="connections-page">
      <PageHead title={t("connector.title")} {...(list.length > 0 ? { summary: bad > 0 ? t("connections.summary", { n: list.length, bad }) : t("connections.well", { n: list.length }) } : {})} />
      {error && <ErrorNotice error={error} retry={() => void load_plant()} compact={data !== null} />}
      {!data && !error && <Skeleton shapes={3} height="row" />}
      {data && list.length === 0 && <Notice icon="plug" title={t("connector.none")} />}
      {may_administer(session.value) && <SetupPart name="SetupPanel" />}
      <ul class="connections-list">
        {worst_first.map((each) => (
          <Card key={each.name} of={each} />
        ))}
      </ul>
    </div>
  );
}
