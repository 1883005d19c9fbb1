// The fields of the setup: a text, a password, a choice.
import { Field } from "~/components/field";

export type Found = { field: string; row: number | null; text: string } | null;

interface InputProps {
  label: string;
  hint?: string | undefined;
  value: string;
  on_input: (value: string) => void;
  problem?: string | null;
  numeric?: boolean;
  required?: boolean;
}

const shared = { class: "text-input", autocapitalize: "none", spellcheck: false } as const;
const hint_of = (hint: string | undefined) => (hint ? { hint } : {});

export function Input({ label, hint, value, on_input, problem = null, numeric = false, required = false }: InputProps) {
  return (
    <Field label={label} {...hint_of(hint)} problem={problem}>
      {(input) => <input {...input} {...shared} value={value} required={required} inputMode={numeric ? "decimal" : "text"} autocomplete="off" onInput={(event) => on_input(event.currentTarget.value)} />}
    </Field>
  );
}

export function PasswordInput({ label, hint, value, on_input, problem = null }: InputProps) {
  return (
    <Field label={label} {...hint_of(hint)} problem={problem}>
      {(input) => <input {...input} {...shared} type="password" value={value} autocomplete="new-password" onInput={(event) => on_input(event.currentTarget.value)} />}
    </Field>
  );
}

interface ChoiceProps {
  label: string;
  hint?: string;
  value: string;
  options: readonly (string | readonly [value: string, text: string])[];
  on_choose: (value: string) => void;
  problem?: string | null;
}

export function Choice({ label, hint, value, options, on_choose, problem = null }: ChoiceProps) {
  return (
    <Field label={label} {...hint_of(hint)} problem={problem}>
      {(input) => (
        <select {...input} class="select" value={value} onChange={(event) => on_choose(event.currentTarget.value)}>
          {options.map((each) => {
            const [name, text] = typeof each === "string" ? [each, each] : each;
            return (
              <option key={name} value={name}>
                {text}
              </option>
            );
          })}
        </select>
      )}
    </Field>
  );
}
