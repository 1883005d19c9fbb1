// Writes what fits the filters into a file on the reader's machine.
import { useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice } from "~/components/notice";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { lang, t } from "~/lib/i18n/translate";
import { number_text } from "~/lib/format";
import { export_records, most_exported, type AuditFilter } from "../api/audit";

function save(lines: string[]): void {
  const url = URL.createObjectURL(new Blob([lines.map((line) => `${line}\n`).join("")], { type: "application/x-ndjson" }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = `millwright-audit-${new Date().toISOString().slice(0, 10)}.jsonl`;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function ExportButton({ filter }: { filter: AuditFilter }) {
  const running = useRef<AbortController | null>(null);
  const [words, set_words] = useState("");
  const [busy, set_busy] = useState(false);
  const [problem, set_problem] = useState<ApiError | null>(null);
  const go = async () => {
    const control = new AbortController();
    running.current = control;
    set_busy(true);
    set_problem(null);
    const count = (n: number) => number_text(n, lang.value, 0);
    try {
      const { lines, complete } = await export_records(filter, control.signal, (n) => set_words(t("audit.exporting", { n: count(n) })));
      save(lines);
      set_words(t(complete ? "audit.exported" : "audit.export_cut", { n: count(complete ? lines.length : most_exported) }));
    } catch (thrown) {
      set_words("");
      if (!control.signal.aborted) set_problem(as_api_error(thrown));
    } finally {
      set_busy(false);
    }
  };
  return (
    <>
      {busy ? (
        <Button icon="stop" onClick={() => running.current?.abort()}>
          {t("audit.export_stop")}
        </Button>
      ) : (
        <Button icon="download" onClick={() => void go()}>
          {t("audit.export")}
        </Button>
      )}
      <span class="quiet" role="status">
        {words}
      </span>
      {problem && <ErrorNotice compact error={problem} />}
    </>
  );
}
