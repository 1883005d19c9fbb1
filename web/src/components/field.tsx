// One question of a form: its label, what to know before answering, and what was wrong with the answer.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { error_text } from "~/lib/error_text";
import type { ApiError } from "~/lib/fetch";
import { Icon } from "./icon";
import "./field.css";

export interface FieldInput {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

/** The words of the mistake, where it was made in one of these fields. */
export function problem_of(problem: ApiError | null, ...params: string[]): string | null {
  return problem?.param && params.includes(problem.param) ? error_text(problem) : null;
}

export function Field({ label, hint, problem, children }: { label: string; hint?: string; problem?: string | null; children: (input: FieldInput) => ComponentChildren }) {
  const id = useId();
  const notes = [hint ? `${id}-hint` : "", problem ? `${id}-problem` : ""].filter((each) => each !== "").join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, ...(notes ? { "aria-describedby": notes } : {}), ...(problem ? { "aria-invalid": true as const } : {}) })}
      {hint && (
        <p class="quiet" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p class="field-problem" id={`${id}-problem`} role="alert">
          <Icon name="warning" size={16} />
          {problem}
        </p>
      )}
    </div>
  );
}

/** A box to tick, with a target as large as its words. */
export function Tick({ label, checked, on_change, disabled = false }: { label: string; checked: boolean; on_change: (checked: boolean) => void; disabled?: boolean }) {
  return (
    <label class="tick">
      <input type="checkbox" checked={checked} disabled={disabled} onChange={(event) => on_change(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
