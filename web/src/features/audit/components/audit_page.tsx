// Who did what: filters, records newest first, export, and whether the chain holds.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Icon, type IconName } from "~/components/icon";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import type { AuditRecord } from "~/lib/admin_types";
import { now_ms } from "~/lib/clock";
import { moment_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, t } from "~/lib/i18n/translate";
import { query, set_query } from "~/lib/router";
import { may_administer, session } from "~/lib/session";
import type { Query } from "~/lib/url_state";
import { read_records, type AuditFilter } from "../api/audit";
import { ChainPanel } from "./chain_panel";
import { ExportButton } from "./export_button";
import "~/components/field.css";
import "~/components/panel.css";
import "~/components/range_picker.css";
import "./audit.css";

const outcomes = ["done", "refused", "failed"] as const;
const outcome_icons: Record<AuditRecord["outcome"], IconName> = { done: "check", refused: "lock", failed: "warning" };
const since_hours = { "1h": 1, "24h": 24, "7d": 7 * 24, "30d": 30 * 24 } as const;
type Since = keyof typeof since_hours;

function filter_of(wanted: Query): AuditFilter {
  const hours = since_hours[wanted.since as Since] ?? null;
  return { who: wanted.who ?? "", action: wanted.action ?? "", object: wanted.object ?? "", outcome: wanted.outcome ?? "", from_ms: hours === null ? null : Date.now() - hours * 3_600_000 };
}

function Filters() {
  const wanted = query.value;
  const text = (name: "who" | "object", label: string) => (
    <label class="audit-filter">
      <span>{label}</span>
      <input class="text-input" type="search" defaultValue={wanted[name] ?? ""} autocapitalize="none" spellcheck={false} onChange={(event) => set_query({ [name]: event.currentTarget.value.trim() || null }, "replace")} />
    </label>
  );
  const choice = (name: "action" | "outcome" | "since", label: string, options: readonly [string, string][]) => (
    <label class="audit-filter">
      <span>{label}</span>
      <select class="select" value={wanted[name] ?? ""} onChange={(event) => set_query({ [name]: event.currentTarget.value || null }, "replace")}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="audit-filters" role="search" onSubmit={(event) => event.preventDefault()}>
      {text("who", t("audit.who"))}
      {choice("action", t("audit.action"), [
        ["", t("audit.action_any")],
        ["user.", t("audit.action_user")],
        ["group.", t("audit.action_group")],
        ["token.", t("audit.action_token")],
        ["session.", t("audit.action_session")],
        ["session.end_all", t("audit.action_all")],
        ["key.", t("audit.action_key")],
        ["alarm.", t("audit.action_alarm")],
        ["plant.", t("audit.action_plant")],
        ["retention.", t("audit.action_retention")],
        ["backup.", t("audit.action_backup")],
        ["audit.", t("audit.action_log")],
        ["server.", t("audit.action_server")],
      ])}
      {text("object", t("audit.object"))}
      {choice("outcome", t("audit.outcome"), [["", t("audit.outcome_any")], ...outcomes.map((each): [string, string] => [each, t(`audit_outcome.${each}`)])])}
      {choice("since", t("audit.since"), [
        ["", t("audit.since_any")],
        ["1h", t("audit.since_hours", { n: 1 })],
        ["24h", t("audit.since_hours", { n: 24 })],
        ["7d", t("audit.since_days", { n: 7 })],
        ["30d", t("audit.since_days", { n: 30 })],
      ])}
    </form>
  );
}

/** Of one filter: another one begins anew. */
function Records({ filter }: { filter: AuditFilter }) {
  const [records, set_records] = useState<AuditRecord[] | null>(null);
  const [before, set_before] = useState<number | null>(null);
  const [damaged, set_damaged] = useState(false);
  const { busy, problem, run } = useOrder();
  const load = (from: number | null) =>
    run(async (newest) => {
      const page = await read_records(filter, from);
      if (!newest()) return;
      set_before(page.before);
      set_damaged((was) => was || page.damaged);
      set_records((known) => [...(known ?? []), ...page.records]);
    });
  useEffect(() => void load(null), []);
  if (problem && !records) return <ErrorNotice error={problem} retry={() => void load(null)} />;
  if (!records) return <Skeleton shapes={5} height="row" />;
  return (
    <>
      {damaged && <Notice compact icon="alarm" tone="red" title={t("audit.damaged")} />}
      {records.length === 0 && before === null && <Notice icon="audit" title={t("audit.none")} />}
      {records.length > 0 && (
        <section class="panel audit-records" aria-label={t("audit.records")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("audit.number")}</th>
                <th scope="col">{t("audit.when")}</th>
                <th scope="col">{t("audit.who")}</th>
                <th scope="col">{t("audit.action")}</th>
                <th scope="col">{t("audit.outcome")}</th>
                <th scope="col">{t("audit.detail")}</th>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => (
                <tr key={record.seq} data-audit={record.seq}>
                  <td class="quiet">{record.seq}</td>
                  <td class="nowrap">{moment_text(record.ts_ms, now_ms.value, lang.value)}</td>
                  <th scope="row">
                    {record.who}
                    <span class="quiet audit-where">{record.address || t("audit.this_machine")}</span>
                  </th>
                  <td class="mono">{record.action}</td>
                  <td class={record.outcome === "done" ? "quiet" : "audit-not-done"}>
                    <Icon name={outcome_icons[record.outcome]} size={16} /> {t(`audit_outcome.${record.outcome}`)}
                  </td>
                  <td class="audit-detail">
                    {record.object} {record.detail !== "" && <span class="quiet">{record.detail}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {problem && <ErrorNotice compact error={problem} />}
      {before !== null && (
        <div class="form-actions">
          {records.length === 0 && <p class="quiet">{t("audit.searched", { n: before })}</p>}
          <Button disabled={busy} onClick={() => void load(before)}>
            {t(busy ? "people.busy" : "audit.older")}
          </Button>
        </div>
      )}
    </>
  );
}

export function AuditPage() {
  const allowed = may_administer(session.value);
  const { who = "", action = "", object = "", outcome = "", since = "" } = query.value;
  const filter = filter_of(query.value);
  return (
    <div class="audit-page">
      <PageHead title={t("audit.title")} {...(allowed ? { summary: t("audit.summary") } : {})}>
        {allowed && <ExportButton filter={filter} />}
      </PageHead>
      {allowed ? (
        <>
          <ChainPanel />
          <Filters />
          <Records key={JSON.stringify([who, action, object, outcome, since])} filter={filter} />
        </>
      ) : (
        <Notice icon="audit" title={t("audit.not_admin")} hint={t("people.not_admin_hint")} />
      )}
    </div>
  );
}
