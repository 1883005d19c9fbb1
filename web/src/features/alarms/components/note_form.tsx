// Noting what happened at a machine, for the shift that comes next.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Field, problem_of } from "~/components/field";
import { FormActions, FormProblem } from "~/components/form_parts";
import { useOrder } from "~/lib/hooks";
import { note, type NoteDetails } from "../api/noted";
import { read_report, type ReadReport } from "../api/report";
import { a } from "../state/words";
import { first_details, ReportParts } from "./report_parts";

const most = 2000; // bytes, which the server counts (docs/formats/events.md)

interface OpenFormProps {
  asset: string;
  noted: () => Promise<void>;
  close: () => void;
}

function OpenForm({ asset, noted, close }: OpenFormProps) {
  const [text, set_text] = useState("");
  const [report, set_report] = useState<ReadReport | null>(null);
  const [details, set_details] = useState<NoteDetails>({});
  const { busy, problem, run } = useOrder();
  const first = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => first.current?.focus(), []); // before a key can go elsewhere
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === "") return;
        void run(async () => {
          await note(asset, text.trim(), details.kind ? details : { ...(details.start ? { start: details.start } : {}), ...(details.end ? { end: details.end } : {}) });
          close();
          await noted();
        });
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <Field label={a("note_text")} problem={problem_of(problem, "text")}>
        {(input) => <textarea {...input} class="text-input" ref={first} rows={3} maxLength={most} required value={text} onInput={(event) => {
              set_text(event.currentTarget.value);
              set_report(null); // of other words
              set_details({});
            }} />}
      </Field>
      {text.trim().length >= 20 && (
        <Button
          small
          disabled={busy}
          onClick={() =>
            void run(async () => {
              const found = await read_report(text.trim());
              set_report(found);
              set_details(first_details(found, asset));
            })
          }
        >
          {a("report_go")}
        </Button>
      )}
      {report && <ReportParts report={report} details={details} take={set_details} />}
      <FormProblem problem={problem} at_fields={["text"]} />
      <FormActions go={a("note_go")} busy={busy} cancel={close} />
    </form>
  );
}

export function NoteForm({ asset, noted }: { asset: string; noted: () => Promise<void> }) {
  const [open, set_open] = useState(false);
  if (open) return <OpenForm asset={asset} noted={noted} close={() => set_open(false)} />;
  return <Button onClick={() => set_open(true)}>{a("note")}</Button>;
}
