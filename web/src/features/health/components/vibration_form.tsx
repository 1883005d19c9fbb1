// A recording to keep: the file, where it was taken, and what is known of the machine.
import { useState } from "preact/hooks";
import { Field, problem_of } from "~/components/field";
import { FormActions, FormProblem } from "~/components/form_parts";
import { useOrder } from "~/lib/hooks";
import { say } from "~/lib/i18n/translate";
import type { DescribedPoint, VibrationRecording } from "~/lib/vibration_types";
import { add_recording } from "../api/vibration";
import { v, type VibrationWord } from "../state/vibration_words";

const groups = ["large-rigid", "large-flexible", "medium-rigid", "medium-flexible"] as const;
const at_fields = ["point", "file", "signal", "acceleration", "channel", "rate_hz", "rpm", "bearing", "elements", "pitch_diameter", "orders", "group", "ts_ms", "shaft_hz"];

/** What was said of the last recording is mostly true of the next. */
export function said_before(last: VibrationRecording | undefined): Record<string, string> {
  const bearing = last?.bearing;
  const orders = last?.orders;
  return {
    point: last?.point ?? "",
    channel: "",
    rate_hz: last ? String(last.rate_hz) : "",
    unit: last?.unit ?? "g",
    rpm: last?.rpm && !last.rpm_tag ? String(last.rpm) : "",
    bearing: bearing && last.bearing_from !== "plant" ? [bearing.elements, bearing.element_diameter, bearing.pitch_diameter, bearing.contact_angle_deg].join(",") : "",
    orders: orders && last.bearing_from !== "plant" ? [orders.bpfo, orders.bpfi, orders.bsf, orders.ftf].join(",") : "",
    group: last?.group ?? "",
    when: "",
  };
}

/** What the plant description gives at a point is left to it. */
export function left_to_plant(about: Record<string, string>, described: readonly DescribedPoint[]): Record<string, string> {
  const of = described.find((each) => each.point === about.point);
  const bearing = of?.bearing || of?.orders;
  return { ...about, ...(bearing && { bearing: "", orders: "" }), ...(of?.speed_tag && { rpm: "" }) };
}

/** What the plant description gives, so that nobody types it again. */
function Described({ of }: { of: DescribedPoint | undefined }) {
  if (!of?.bearing && !of?.orders && !of?.speed_tag) return null;
  const bearing = of.bearing || of.orders ? v("described_bearing", { name: of.bearing_name || v("unnamed") }) : "";
  const speed = of.speed_tag ? v("described_speed", { tag: of.speed_tag }) : "";
  return <p data-described>{[bearing, speed, v("described_rule")].filter(Boolean).join(" ")}</p>;
}

export function VibrationForm({ asset, last, described, done }: { asset: string; last: VibrationRecording | undefined; described: DescribedPoint[]; done: (recording: VibrationRecording, said: string) => void }) {
  const [about, set_about] = useState(() => left_to_plant(said_before(last), described));
  const [file, set_file] = useState<File | null>(null);
  const [missing, set_missing] = useState(false);
  const { busy, problem, run } = useOrder();
  const keep = () => {
    set_missing(!file);
    if (!file) return;
    const { when = "", ...rest } = about;
    const ts_ms = when === "" ? "" : String(new Date(when).getTime());
    void run(async () => {
      const { recording, removed, note } = await add_recording({ asset, file: file.name, ts_ms, ...rest }, file);
      set_about({ ...about, when: "" });
      done(recording, [v("kept"), removed.length > 0 ? v("removed_old", { n: removed.length }) : "", note ? `${say(note)}.` : ""].filter(Boolean).join(" "));
    });
  };
  const text = (name: string, word: VibrationWord, hint?: VibrationWord, params: string[] = [name]) => (
    <Field label={v(word)} problem={problem_of(problem, ...params)} {...(hint ? { hint: v(hint) } : {})}>
      {(input) => <input {...input} class="text-input" maxLength={64} value={about[name] ?? ""} onInput={(event) => set_about({ ...about, [name]: event.currentTarget.value })} />}
    </Field>
  );
  const choice = (name: string, word: VibrationWord, options: [string, string][]) => (
    <Field label={v(word)} problem={problem_of(problem, name)}>
      {(input) => (
        <select {...input} class="select" value={about[name]} onChange={(event) => set_about({ ...about, [name]: event.currentTarget.value })}>
          {options.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <section class="panel" data-vibration-form>
      <h2>{v("add")}</h2>
      <form
        class="vibration-form"
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
      >
        <Field label={v("file")} hint={v("file_hint")} problem={missing ? v("no_file") : problem_of(problem, "file", "signal", "acceleration")}>
          {(input) => <input {...input} class="text-input" type="file" accept=".mat,.csv,.txt,.dat" onChange={(event) => set_file(event.currentTarget.files?.[0] ?? null)} />}
        </Field>
        <Field label={v("point")} problem={problem_of(problem, "point")}>
          {(input) => <input {...input} class="text-input" maxLength={64} list="described_points" value={about.point ?? ""} onInput={(event) => set_about(left_to_plant({ ...about, point: event.currentTarget.value }, described))} />}
        </Field>
        <datalist id="described_points">
          {described.map((each) => (
            <option key={each.point} value={each.point} />
          ))}
        </datalist>
        {text("rate_hz", "rate", undefined, ["rate_hz"])}
        {choice("unit", "unit", [["g", "g"], ["m/s2", "m/s²"]])}
        {text("channel", "channel", "channel_hint")}
        <Described of={described.find((each) => each.point === about.point)} />
        {text("rpm", "rpm", "rpm_hint", ["rpm", "shaft_hz"])}
        {text("bearing", "bearing", "bearing_hint", ["bearing", "elements", "pitch_diameter"])}
        {text("orders", "orders", "orders_hint")}
        {choice("group", "group", [["", v("group_none")], ...groups.map((each): [string, string] => [each, v(each)])])}
        <Field label={v("when")} hint={v("when_hint")} problem={problem_of(problem, "ts_ms")}>
          {(input) => <input {...input} class="text-input" type="datetime-local" value={about.when ?? ""} onInput={(event) => set_about({ ...about, when: event.currentTarget.value })} />}
        </Field>
        <FormActions go={busy ? v("keeping") : v("keep")} busy={busy} />
      </form>
      <FormProblem problem={problem} at_fields={at_fields} />
    </section>
  );
}
