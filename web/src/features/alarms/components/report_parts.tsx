// What a report tells, as quotes of it, and what of that a person takes over: a kind, and when it was.
import { moment_text, number_text } from "~/lib/format";
import { now_ms } from "~/lib/clock";
import { lang, say } from "~/lib/i18n/translate";
import type { NoteDetails } from "../api/noted";
import type { Quote, ReadReport, ReportRole } from "../api/report";
import { a } from "../state/words";

/** What the form takes over at first: the likeliest failure mode named in words, the first time, and its end by the standstill. */
export function first_details(report: ReadReport, asset: string): NoteDetails {
  const mode = report.modes.find((each) => each.by === "name" && each.asset === asset);
  const time = report.times[0];
  const details: NoteDetails = mode ? { kind: say(mode.name) || mode.id } : {};
  if (!time) return details;
  const end_ms = time.to_ms > time.from_ms ? time.to_ms : report.standstill ? time.from_ms + report.standstill.hours * 3_600_000 : time.from_ms;
  const past_ms = Math.min(end_ms, now_ms.value);
  return { ...details, start: new Date(time.from_ms).toISOString(), end: new Date(Math.max(time.from_ms, past_ms)).toISOString() };
}

const roles: ReportRole[] = ["noticed", "cause", "done", "result", "other"];

function Row({ title, children }: { title: string; children: string[] }) {
  if (children.length === 0) return null;
  return (
    <>
      <dt>{title}</dt>
      {children.map((each) => (
        <dd key={each}>{each}</dd>
      ))}
    </>
  );
}

export function ReportParts({ report, details, take }: { report: ReadReport; details: NoteDetails; take: (details: NoteDetails) => void }) {
  const quoted = (words: string, { text }: Quote) => (words === text ? words : a("quoted", { words, quote: text }));
  const hours = (value: number) => a("report_hours", { hours: number_text(value, lang.value, value % 1 === 0 ? 0 : 1) });
  const kinds = [...new Set([...report.modes.map((each) => say(each.name) || each.id), ...(details.kind ? [details.kind] : [])])];
  const when = (iso: string) => moment_text(Date.parse(iso), now_ms.value, lang.value);
  return (
    <section class="report-parts" aria-label={a("report_read")} data-report={report.clauses.length}>
      <dl>
        {roles.map((role) => (
          <Row key={role} title={a(`role_${role}`)}>
            {report.clauses.filter((each) => each.role === role).map((each) => (each.by_model ? a("by_model", { text: each.quote.text }) : each.quote.text))}
          </Row>
        ))}
        <Row title={a("report_parts")}>{report.parts.map((each) => quoted(each.number, each.quote))}</Row>
        <Row title={a("report_standstill")}>{report.standstill ? [quoted(hours(report.standstill.hours), report.standstill.quote)] : []}</Row>
        <Row title={a("report_work")}>{report.work ? [quoted(hours(report.work.hours), report.work.quote)] : []}</Row>
      </dl>
      <label>
        <span>{a("report_kind")}</span>
        <input class="text-input" list="report-kinds" maxLength={64} value={details.kind ?? ""} onInput={(event) => take({ ...details, kind: event.currentTarget.value })} />
        <datalist id="report-kinds">
          {kinds.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </label>
      {report.modes.length > 0 && <p class="quiet">{a("report_modes", { list: report.modes.map((each) => quoted(say(each.name) || each.id, each.quote)).join("; ") })}</p>}
      {details.start && (
        <label class="report-tick">
          <input type="checkbox" checked onChange={() => take(details.kind ? { kind: details.kind } : {})} />
          <span>{a("report_when", { from: when(details.start), to: when(details.end ?? details.start) })}</span>
        </label>
      )}
    </section>
  );
}
