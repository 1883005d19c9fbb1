// The work order of a case: a failure mode, a window with its calculation, and that somebody accepts it.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { FormProblem } from "~/components/form_parts";
import { percent_text } from "~/lib/format";
import type { AcceptedWork, MaintenanceCase, WorkOrder, WorkWindow } from "~/lib/health_types";
import { useOrder } from "~/lib/hooks";
import { lang, say } from "~/lib/i18n/translate";
import { accept_work, read_work, type WorkLimit } from "../api/health";
import { h } from "../state/words";
import { HealthTable } from "./health_table";
import { Accepted, Latest, WorkBody } from "./work_view";
import { Calculation, cost_of, kind_of, when } from "./work_window";
import "~/components/field.css";

const few = 6; // windows, the cheapest of those compared first

interface Row {
  window: WorkWindow;
  i: number; // in the order
}

function shown(order: WorkOrder, all: boolean): Row[] {
  const rows = order.windows.map((window, i) => ({ window, i }));
  if (all) return rows;
  const cost = ({ window, i }: Row) => (i === order.proposed ? -1 : window.compared ? window.known : Infinity);
  return rows
    .filter((each) => !each.window.shut)
    .sort((a, b) => (cost(a) === cost(b) ? a.i - b.i : cost(a) - cost(b)))
    .slice(0, few);
}

function Windows({ order, picked, pick }: { order: WorkOrder; picked: number; pick: (i: number) => void }) {
  const [all, set_all] = useState(false);
  if (order.windows.length === 0) {
    return (
      <>
        <Latest of={order} until_ms={order.ahead.to_ms} />
        <p class="quiet">{h("work_no_window")}</p>
      </>
    );
  }
  const rows = shown(order, all);
  return (
    <div>
      <h3>{h("work_windows")}</h3>
      <Latest of={order} until_ms={order.ahead.to_ms} />
      {order.proposed === null && <p>{h("work_none_proposed")}</p>}
      <HealthTable label={h("work_windows")} heads={[h("work_begins"), h("work_kind"), h("work_cost")]}>
        {rows.map(({ window, i }) => (
          <tr key={window.from_ms}>
            <td>
              <label class="work-pick">
                <input type="radio" name="work_window" checked={i === picked} onChange={() => pick(i)} />
                {when(window.from_ms)}
              </label>
            </td>
            <td>{window.shut ? `${kind_of(window)}: ${say(window.shut)}` : kind_of(window)}</td>
            <td>{cost_of(window, order.currency) + (i === order.proposed ? ` · ${h(order.late ? "work_first" : "work_proposed")}` : "")}</td>
          </tr>
        ))}
      </HealthTable>
      {rows.length < order.windows.length && !all && <Button onClick={() => set_all(true)}>{h("work_more", { n: order.windows.length })}</Button>}
    </div>
  );
}

function Accept({ order, window, go, busy }: { order: WorkOrder; window: WorkWindow; go: (note: string) => void; busy: boolean }) {
  const [asked, set_asked] = useState(false);
  const [left, set_left] = useState(false); // the button gets the focus back
  const [note, set_note] = useState("");
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (asked) box.current?.querySelector("input")?.focus(); // before a key can go elsewhere
  }, [asked]);
  const cancel = () => {
    set_left(true);
    set_asked(false);
  };
  if (!asked) {
    return (
      <div>
        <Button autofocus={left} onClick={() => set_asked(true)}>
          {h("work_accept")}
        </Button>
      </div>
    );
  }
  return (
    <div class="health-form" role="group" aria-label={h("work_accept")} ref={box} onKeyDown={(event) => event.key === "Escape" && cancel()}>
      <p>{h("work_accept_what", { title: say(order.title), time: when(window.from_ms) })}</p>
      <label>
        <span>{h("note")}</span>
        <input class="text-input" maxLength={300} value={note} onInput={(event) => set_note(event.currentTarget.value)} />
      </label>
      <Button kind="strong" disabled={busy} onClick={() => go(note)}>
        {h("work_accept")}
      </Button>
      <Button onClick={cancel}>{h("keep")}</Button>
    </div>
  );
}

export function WorkOrderPanel({ of }: { of: MaintenanceCase }) {
  const [order, set_order] = useState<WorkOrder | null>(of.work_order ?? null);
  const [accepted, set_accepted] = useState<AcceptedWork | null>(of.accepted_work ?? null);
  const [limit, set_limit] = useState<WorkLimit>({ before_ms: 0, by_life: true });
  const [picked, set_picked] = useState(order?.proposed ?? 0);
  const { busy, problem, run } = useOrder();
  const ask = (mode: string, wanted: WorkLimit) => {
    set_limit(wanted); // at once: a checkbox shows what was clicked
    return run(async () => {
      try {
        const next = await read_work(of.number, mode, wanted);
        set_order(next);
        set_picked(next.proposed ?? 0);
      } catch (thrown) {
        set_limit(limit); // of the order that is shown
        throw thrown;
      }
    });
  };
  const window = order?.windows[picked];
  const accept = (note: string) =>
    run(async () => {
      if (!order || !window?.check) return;
      set_accepted(await accept_work(of.number, { mode: order.mode, ...(limit.before_ms > 0 && { before_ms: limit.before_ms }), by_life: limit.by_life, start_ms: window.from_ms, check: window.check, note }));
    });
  const open = of.outcome === "open";
  return (
    <section class="panel health-list" data-work-order>
      <h2>{h("work")}</h2>
      {accepted && <Accepted of={accepted} />}
      {order && open && !accepted && (
        <>
          <p class="quiet">{h("work_rule")}</p>
          <div class="health-form">
            {order.modes.length > 0 && (
              <label>
                <span>{h("work_mode")}</span>
                <select class="text-input" value={order.mode} disabled={busy} onChange={(event) => void ask(event.currentTarget.value, limit)}>
                  {order.mode === "" && <option value="">{h("work_no_mode")}</option>}
                  {order.modes.map((mode) => (
                    <option key={mode.id} value={mode.id}>
                      {h("work_fit", { name: say(mode.name), percent: percent_text(mode.fit, lang.value) })}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <label>
              <span>{h("work_before")}</span>
              <input
                class="text-input"
                type="datetime-local"
                onChange={(event) => void ask(order.mode, { ...limit, before_ms: new Date(event.currentTarget.value).getTime() || 0 })}
              />
            </label>
          </div>
          {order.life.before_ms !== null && !order.before_given && (
            <label class="work-pick">
              <input type="checkbox" checked={limit.by_life} disabled={busy} onChange={(event) => void ask(order.mode, { ...limit, by_life: event.currentTarget.checked })} />
              {h("work_by_life")}
            </label>
          )}
          <WorkBody of={order} />
          <Windows order={order} picked={picked} pick={set_picked} />
          {window && <Calculation of={window} currency={order.currency} />}
          {window && of.may_accept && <Accept order={order} window={window} go={(note) => void accept(note)} busy={busy} />}
        </>
      )}
      {order && !open && !accepted && <p class="quiet">{say(order.title)}</p>}
      <FormProblem problem={problem} />
    </section>
  );
}
