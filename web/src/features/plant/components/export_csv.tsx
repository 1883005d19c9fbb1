// The samples of the signals that are shown, as a file that import takes back.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice, Notice } from "~/components/notice";
import type { Tag } from "~/lib/api_types";
import { now_ms, server_now } from "~/lib/clock";
import { moment_text, number_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang } from "~/lib/i18n/translate";
import { range } from "~/lib/router";
import { range_bounds } from "~/lib/url_state";
import { export_csv, type SampleFile } from "../api/export";
import { p } from "../state/words";
import "./export_csv.css";

function save({ name, bytes }: SampleFile): void {
  const url = URL.createObjectURL(bytes);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the browser reads it after the click
}

function Outcome({ file }: { file: SampleFile }) {
  const thinned = file.thinned_until_ms === null ? null : p("export_thinned", { time: moment_text(file.thinned_until_ms, now_ms.peek(), lang.value) });
  const title = file.samples === 0 ? p("export_none") : p("exported", { n: file.samples === 1 ? 1 : number_text(file.samples, lang.value, 0), name: file.name });
  return <Notice compact icon={file.samples === 0 ? "info" : "check_circle"} title={title} {...(thinned === null ? {} : { hint: thinned })} />;
}

/** Over the screen's time range, or over `bounds`. */
export function ExportCsv({ tags, bounds }: { tags: readonly Tag[]; bounds?: { from_ms: number; to_ms: number } }) {
  const { busy, problem, run } = useOrder();
  const [file, set_file] = useState<SampleFile | null>(null);
  const go = () =>
    run(async (newest) => {
      set_file(null);
      const { from_ms, to_ms } = bounds ?? range_bounds(range.peek(), server_now());
      const made = await export_csv(tags.map((tag) => tag.id), from_ms, to_ms);
      if (!newest()) return;
      if (made.samples > 0) save(made);
      set_file(made);
    });
  return (
    <div class="trend-export" data-export={file ? "done" : busy ? "busy" : ""}>
      <Button disabled={busy} title={p("export_hint")} onClick={() => void go()}>
        {p("export")}
      </Button>
      <div role="status">
        {busy && <p class="quiet">{p("exporting")}</p>}
        {file && <Outcome file={file} />}
      </div>
      {problem && <ErrorNotice compact error={problem} title={p("export_failed")} retry={() => void go()} />}
    </div>
  );
}
