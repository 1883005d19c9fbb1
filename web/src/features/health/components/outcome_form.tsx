import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { FormProblem } from "~/components/form_parts";
import type { MaintenanceCase, Outcome } from "~/lib/health_types";
import { useOrder } from "~/lib/hooks";
import { decide_case } from "../api/health";
import { h } from "../state/words";
import "~/components/field.css";

const outcomes: Outcome[] = ["confirmed", "nothing_found", "other"];

export function OutcomeForm({ number, done }: { number: number; done: (one: MaintenanceCase) => void }) {
  const [note, set_note] = useState("");
  const { busy, problem, run } = useOrder();
  const decide = (outcome: Outcome) =>
    run(async () => {
      done(await decide_case(number, outcome, note));
    });
  return (
    <form class="health-form" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span>{h("note")}</span>
        <input class="text-input" maxLength={300} value={note} onInput={(event) => set_note(event.currentTarget.value)} />
      </label>
      {outcomes.map((outcome) => (
        <Button key={outcome} disabled={busy} onClick={() => void decide(outcome)}>
          {h(outcome)}
        </Button>
      ))}
      <FormProblem problem={problem} />
    </form>
  );
}
