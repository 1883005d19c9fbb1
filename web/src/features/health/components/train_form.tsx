// What is normal for a machine, and how many false alarms are agreed.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { FormProblem } from "~/components/form_parts";
import { server_now } from "~/lib/clock";
import type { HealthCard } from "~/lib/health_types";
import { useOrder } from "~/lib/hooks";
import { say } from "~/lib/i18n/translate";
import { train_health } from "../api/health";
import { h, type Word } from "../state/words";
import { asset_title } from "./health_page";
import "~/components/field.css";

export function TrainForm({ machines, done }: { machines: string[]; done: () => void }) {
  const [asset, set_asset] = useState(machines[0] ?? "");
  const [numbers, set_numbers] = useState({ hours: 720, ended: 0, most: 1, days: 30 });
  const [card, set_card] = useState<HealthCard | null>(null);
  const { busy, problem, run } = useOrder();
  const learn = () =>
    run(async () => {
      const to_ms = Math.floor(server_now()) - numbers.ended * 3_600_000;
      set_card(await train_health({ asset, from_ms: to_ms - numbers.hours * 3_600_000, to_ms, most_false: numbers.most, days: numbers.days }));
      done();
    });
  const field = (name: keyof typeof numbers, word: Word, min = 1) => (
    <label>
      <span>{h(word)}</span>
      <input class="text-input" type="number" step="any" min={min} value={numbers[name]} onInput={(event) => set_numbers({ ...numbers, [name]: Number(event.currentTarget.value) })} />
    </label>
  );
  return (
    <section class="panel">
      <h2>{h("train")}</h2>
      <form
        class="health-form"
        onSubmit={(event) => {
          event.preventDefault();
          void learn();
        }}
      >
        <label>
          <span>{h("train_machine")}</span>
          <select class="select" value={asset} onChange={(event) => set_asset(event.currentTarget.value)}>
            {machines.map((id) => (
              <option key={id} value={id}>
                {asset_title(id)}
              </option>
            ))}
          </select>
        </label>
        {field("hours", "train_hours")}
        {field("ended", "train_ended", 0)}
        {field("most", "train_most")}
        {field("days", "train_days")}
        <Button disabled={busy} type="submit">
          {h("learn")}
        </Button>
      </form>
      <FormProblem problem={problem} />
      {card && <p role="status">{h(card.in_shadow ? "learned_shadow" : "learned_now", { version: card.version, replay: say(card.replay) })}</p>}
    </section>
  );
}
