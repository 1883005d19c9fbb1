// Does the log still hold? A check in the background, how far it is, and what it found.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { CopyButton } from "~/components/copy_button";
import { Field, problem_of } from "~/components/field";
import { ErrorNotice, Notice } from "~/components/notice";
import { Progress } from "~/components/progress";
import type { AuditCheck, AuditReport } from "~/lib/admin_types";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text, number_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, say, t } from "~/lib/i18n/translate";
import { start_check, tell_check } from "../api/audit";

const look_again_ms = 400;
const after_failure_ms = 2_000;

function Found({ report, ended_ms }: { report: AuditReport; ended_ms: number }) {
  const time = (ms: number | null) => (ms === null ? "–" : moment_text(ms, now_ms.value, lang.value));
  const { broken } = report;
  return (
    <div class="chain-found" role="status" data-chain={broken ? "broken" : "intact"}>
      {broken ? (
        <Notice compact icon="alarm" tone="red" title={t("audit.broken", { n: broken.seq })} hint={t("audit.broken_where", { what: say(broken.what), segment: broken.segment || "–", offset: broken.offset })} />
      ) : (
        <Notice
          compact
          icon="check_circle"
          title={t("audit.intact", { n: number_text(report.records, lang.value, 0) })}
          hint={t("audit.intact_hint", { n: report.segments, from: time(report.first_ms), to: time(report.last_ms), time: time(ended_ms) })}
        />
      )}
      {broken && <p>{t("audit.broken_next", { n: broken.seq })}</p>}
      {report.torn_bytes > 0 && <p class="quiet">{t("audit.torn", { n: report.torn_bytes })}</p>}
      {report.root !== null && (
        <dl class="facts">
          <dt>{t("audit.key")}</dt>
          <dd class="mono">{report.key}</dd>
          <dt>{t("audit.root", { n: report.records })}</dt>
          <dd>
            <code class="chain-root mono">{report.root}</code>
            <p class="quiet">{t("audit.root_hint")}</p>
            <CopyButton text={() => report.root ?? ""} label={t("audit.root_copy")} />
          </dd>
        </dl>
      )}
    </div>
  );
}

export function ChainPanel() {
  const [check, set_check] = useState<AuditCheck | null>(null);
  const [root, set_root] = useState("");
  const [lost, set_lost] = useState<ApiError | null>(null); // why the last look at a running check failed: it is tried again
  const { busy, problem, run } = useOrder();
  useEffect(() => void run(async () => set_check(await tell_check())), []);
  const running = check?.state === "running";
  useEffect(() => {
    if (!running) return undefined;
    const look = () => tell_check().then(
      (told) => {
        set_check(told);
        set_lost(null);
      },
      (thrown) => set_lost(as_api_error(thrown)),
    );
    const timer = setTimeout(() => void look(), lost ? after_failure_ms : look_again_ms);
    return () => clearTimeout(timer);
  }, [check, lost]);
  return (
    <section class="panel form" aria-labelledby="audit-chain">
      <h2 id="audit-chain">{t("audit.check")}</h2>
      <p class="quiet">{t("audit.check_hint")}</p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => set_check(await start_check(root.trim())));
        }}
      >
        <details>
          <summary class="chain-kept">{t("audit.kept_root")}</summary>
          <Field label={t("audit.kept_root")} hint={t("audit.kept_root_hint")} problem={problem_of(problem, "root")}>
            {(input) => <textarea {...input} class="text-input mono" rows={3} value={root} spellcheck={false} onInput={(event) => set_root(event.currentTarget.value)} />}
          </Field>
        </details>
        <div class="form-actions">
          <Button type="submit" kind="strong" icon="check" disabled={running || (busy && check === null)}>
            {t("audit.check_now")}
          </Button>
        </div>
      </form>
      {running && (
        <div role="status">
          <p>{t("audit.checking", { n: number_text(check.records, lang.value, 0), of: number_text(check.of, lang.value, 0) })}</p>
          <Progress share={check.of > 0 ? check.records / check.of : null} label={t("audit.check")} />
        </div>
      )}
      {lost && <ErrorNotice compact error={lost} />}
      {problem && problem.param !== "root" && <ErrorNotice compact error={problem} />}
      {check?.state === "failed" && <Notice compact icon="warning" tone="amber" title={t("audit.failed")} hint={say(check.problem)} />}
      {check?.state === "done" && check.report && <Found report={check.report} ended_ms={check.ended_ms ?? 0} />}
    </section>
  );
}
