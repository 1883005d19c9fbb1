// Putting an alarm aside needs a reason and, where it is shelved, an end.
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { t } from "~/lib/i18n/translate";

const durations = [15, 60, 480, 1440] as const; // minutes

interface PutAsideFormProps {
  kind: "shelve" | "out_of_service";
  busy: boolean;
  go: (note: string, minutes: number) => void;
  cancel: () => void;
}

export function PutAsideForm({ kind, busy, go, cancel }: PutAsideFormProps) {
  const [note, set_note] = useState("");
  const [minutes, set_minutes] = useState<number>(60);
  const id = useId();
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []); // before a key can go elsewhere
  return (
    <form
      class="put-aside"
      onSubmit={(event) => {
        event.preventDefault();
        if (note.trim() !== "") go(note.trim(), minutes);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") cancel();
      }}
    >
      <label for={`${id}-why`}>{t("alarms.why")}</label>
      <input id={`${id}-why`} ref={first} value={note} maxLength={300} required onInput={(event) => set_note(event.currentTarget.value)} />
      {kind === "shelve" && (
        <>
          <label for={`${id}-for`}>{t("alarms.for")}</label>
          <select id={`${id}-for`} value={String(minutes)} onChange={(event) => set_minutes(Number(event.currentTarget.value))}>
            {durations.map((each) => (
              <option key={each} value={String(each)}>
                {each < 60 ? t("alarms.minutes", { n: each }) : t("alarms.hours", { n: each / 60 })}
              </option>
            ))}
          </select>
        </>
      )}
      <div class="alarm-actions">
        <Button type="submit" kind="strong" disabled={busy || note.trim() === ""}>
          {t(kind === "shelve" ? "alarms.shelve_go" : "alarms.out_of_service_go")}
        </Button>
        <Button onClick={cancel}>{t("alarms.cancel")}</Button>
      </div>
    </form>
  );
}
