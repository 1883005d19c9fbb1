// The one stretch of time that the whole screen shows; it lives in the URL.
import { useState } from "preact/hooks";
import { now_ms } from "~/lib/clock";
import { duration_text, window_text, zone_text } from "~/lib/format";
import { lang, t } from "~/lib/i18n/translate";
import { range, set_range } from "~/lib/router";
import { minutes_text, range_bounds, range_presets } from "~/lib/url_state";
import { Button } from "./button";
import "./range_picker.css";

/** For <input type=datetime-local>: the reader's own zone, whole seconds. */
function local_input(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19);
}

export function RangePicker() {
  const current = range.value;
  const [form, set_form] = useState<{ from: string; to: string } | null>(null);
  const language = lang.value;
  const minutes = range_presets as readonly number[];
  const shown = current.kind === "last" && !minutes.includes(current.minutes) ? [...minutes, current.minutes] : minutes;
  const value = form ? "form" : current.kind === "fixed" ? "fixed" : minutes_text(current.minutes);
  const invalid = form !== null && !(Date.parse(form.from) < Date.parse(form.to));

  const choose = (next: string) => {
    const preset = shown.find((candidate) => minutes_text(candidate) === next);
    if (preset !== undefined) {
      set_form(null);
      set_range({ kind: "last", minutes: preset });
    } else if (next === "form") {
      const { from_ms, to_ms } = range_bounds(current, now_ms.peek());
      set_form({ from: local_input(from_ms), to: local_input(to_ms) });
    }
  };
  const apply = (event: Event) => {
    event.preventDefault();
    if (!form || invalid) return;
    set_range({ kind: "fixed", from_ms: Date.parse(form.from), to_ms: Date.parse(form.to) });
    set_form(null);
  };

  return (
    <div class="range-picker">
      <select class="select" aria-label={t("range.label")} value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {shown.map((candidate) => (
          <option key={candidate} value={minutes_text(candidate)}>
            {t("range.last", { duration: duration_text(candidate * 60_000, language) })}
          </option>
        ))}
        {current.kind === "fixed" && <option value="fixed">{window_text(current.from_ms, current.to_ms, now_ms.peek(), language)}</option>}
        <option value="form">{t("range.fixed")}</option>
      </select>
      {form && (
        <form class="range-form" onSubmit={apply}>
          <label>
            {t("range.from")}
            <input type="datetime-local" step="1" value={form.from} onInput={(event) => set_form({ ...form, from: event.currentTarget.value })} />
          </label>
          <label>
            {t("range.to")}
            <input type="datetime-local" step="1" value={form.to} onInput={(event) => set_form({ ...form, to: event.currentTarget.value })} />
          </label>
          <p class="range-zone quiet">{invalid ? t("range.invalid") : t("range.zone", { zone: zone_text(now_ms.peek(), language) })}</p>
          <div class="range-buttons">
            <Button kind="quiet" onClick={() => set_form(null)}>
              {t("app.close")}
            </Button>
            <Button kind="strong" type="submit" disabled={invalid}>
              {t("range.apply")}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
