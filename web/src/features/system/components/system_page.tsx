// System: how the server itself is doing.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "~/components/icon";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import type { Percentiles, SystemStatus } from "~/lib/api_types";
import { aside, close_aside, open_request } from "~/lib/aside";
import { bytes_text, date_text, duration_text, latency_text, number_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { load_system, system } from "~/lib/live/system_store";
import { query, set_query } from "~/lib/router";
import { CertificatePanel } from "./certificate_panel";
import { ConnectionsPanel } from "./connections_panel";
import { HistoryTrend } from "./history_trend";
import { MemoryBar } from "./memory_bar";
import { RequestsPanel } from "./requests_panel";
import { Shares } from "./shares";
import { Speed } from "./speed";
import { Stat } from "./stat";
import { WatchedPanel } from "./watched_panel";
import "~/components/panel.css";
import "./system.css";

function Latency({ latency }: { latency: SystemStatus["latency"] }) {
  const rows: [string, Percentiles][] = [
    [t("system.first_token"), latency.first_token_ms],
    [t("system.per_token"), latency.per_token_ms],
    [t("system.queue"), latency.queue_ms],
  ];
  return (
    <section class="panel">
      <div class="panel-head">
        <h2 id="latency">{t("system.latency")}</h2>
      </div>
      <table class="latency" aria-labelledby="latency">
        <thead>
          <tr>
            <td />
            <th scope="col">{t("system.p50")}</th>
            <th scope="col">{t("system.p95")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, { p50, p95 }]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{latency_text(p50, lang.value)}</td>
              <td>{latency_text(p95, lang.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Of the whole plant: not for whoever may see a part of it. */
function Counts({ ingest }: { ingest: NonNullable<SystemStatus["ingest"]> }) {
  return (
    <>
      <Stat name={t("system.samples_s")} value={number_text(ingest.samples_s, lang.value, ingest.samples_s < 100 ? 1 : 0)} />
      <Stat name={t("system.stored")} value={number_text(ingest.stored_samples, lang.value, 0)} />
      <Stat name={t("system.backlog")} value={number_text(ingest.backlog, lang.value, 0)} />
      <Stat name={t("system.dropped")} value={number_text(ingest.dropped, lang.value, 0)}>
        {ingest.dropped > 0 && (
          <span class="quality quality-bad">
            <Icon name="warning" size={16} />
          </span>
        )}
      </Stat>
      {ingest.retention.rules > 0 && <Stat name={t("system.removed")} value={number_text(ingest.retention.removed_samples, lang.value, 0)} />}
      {ingest.unlisted_tags > 0 && <Stat name={t("system.unlisted")} value={number_text(ingest.unlisted_tags, lang.value, 0)} />}
      {ingest.too_late > 0 && <Stat name={t("system.too_late")} value={number_text(ingest.too_late, lang.value, 0)} />}
    </>
  );
}

function Ingest({ ingest, disk }: Pick<SystemStatus, "ingest" | "disk">) {
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{t("system.ingest")}</h2>
      </div>
      {disk.problem && (
        <div role="alert" class="system-problem">
          <Notice compact tone="red" icon="alarm" title={t("system.disk")} hint={say(disk.problem)} />
        </div>
      )}
      {ingest?.retention.problem && (
        <div role="alert" class="system-problem">
          <Notice compact tone="red" icon="alarm" title={t("system.retention")} hint={say(ingest.retention.problem)} />
        </div>
      )}
      <dl class="stats">
        {ingest && <Counts ingest={ingest} />}
        <Stat name={`${t("system.disk")} · ${t("system.disk_free")}`} value={bytes_text(disk.free_bytes, lang.value)} />
      </dl>
      {!disk.problem && ingest?.dropped === 0 && <p class="quiet">{t("system.disk_ok")}</p>}
    </section>
  );
}

function Build({ status }: { status: SystemStatus }) {
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{t("system.build")}</h2>
      </div>
      <dl class="facts">
        <dt>{t("system.version")}</dt>
        <dd>{status.version}</dd>
        <dt>{t("system.commit")}</dt>
        <dd class="mono">{status.commit}</dd>
        <dt>{t("system.uptime")}</dt>
        <dd>{duration_text(status.uptime_s * 1000, lang.value)}</dd>
        <dt>{t("system.isa")}</dt>
        <dd>
          {status.isa.used} <span class="quiet">{`${t("system.isa_available")}: ${status.isa.available.join(", ")}`}</span>
        </dd>
        <dt>{t("system.threads")}</dt>
        <dd>{status.threads}</dd>
      </dl>
    </section>
  );
}

/** The address says which request stands beside the page, and closing it says so there. */
function useRequestInUrl() {
  const wanted = query.value.request;
  const open = aside.value.kind === "request" ? aside.value.id : undefined;
  useEffect(() => {
    if (wanted) open_request(wanted);
    else if (aside.peek().kind === "request") close_aside();
  }, [wanted]);
  const was_open = useRef(open);
  // In the same frame as the closing: nobody sees, or copies, an address of what is closed.
  useLayoutEffect(() => {
    if (was_open.current !== undefined && open === undefined && query.peek().request) set_query({ request: null });
    was_open.current = open;
  }, [open]);
  useEffect(
    () => () => {
      if (aside.peek().kind === "request") close_aside({ put_back: false });
    },
    [],
  );
}

export function SystemPage() {
  useRequestInUrl();
  const { data, error } = system.value;
  const summary = data && t("system.summary", { version: data.version, duration: duration_text(data.uptime_s * 1000, lang.value) });
  return (
    <>
      <PageHead title={t("system.title")} summary={summary} />
      {!data && error && <ErrorNotice error={error} retry={() => void load_system()} />}
      {!data && !error && <Skeleton shapes={3} height="chart" />}
      {data && (
        <div class="system-grid">
          <Speed status={data} />
          <section class="panel">
            <div class="panel-head">
              <h2>{t("system.memory")}</h2>
              <span class="quiet">{t("system.history")}</span>
            </div>
            <dl class="stats">
              <Stat name={t("system.memory_all")} value={bytes_text(data.memory.rss_bytes, lang.value)} />
            </dl>
            <MemoryBar memory={data.memory} kv_used={data.generator.kv_bytes_used} />
            <HistoryTrend history={data.history} pick={(entry) => entry.rss_bytes / 1e6} name={t("system.memory")} unit="MB" decimals={0} />
          </section>
          <Shares status={data} />
          <Latency latency={data.latency} />
          <RequestsPanel />
          <ConnectionsPanel />
          <Ingest ingest={data.ingest} disk={data.disk} />
          {data.restored && (
            <Notice
              tone={data.restored.sound ? "amber" : "red"}
              icon="warning"
              title={t("system.restored", { made: date_text(Date.parse(data.restored.backup_made), lang.value), when: date_text(data.restored.restored_ms, lang.value) })}
              hint={t(data.restored.sound ? "system.restored_hint" : "system.restored_damaged")}
            />
          )}
          {data.certificate && <CertificatePanel certificate={data.certificate} />}
          {data.certificates && data.certificates.length > 0 && <WatchedPanel certificates={data.certificates} />}
          <Build status={data} />
        </div>
      )}
    </>
  );
}
