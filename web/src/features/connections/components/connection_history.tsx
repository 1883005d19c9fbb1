// How a connection did over the last day: its states as a strip, what came, what waited, its clock.
import { useEffect, useState } from "preact/hooks";
import { ErrorNotice } from "~/components/notice";
import { Sparkline } from "~/components/sparkline";
import type { ConnectorHistory, ConnectorPoint } from "~/lib/connector_types";
import type { ApiError } from "~/lib/fetch";
import { duration_text, number_text } from "~/lib/format";
import { lang, t } from "~/lib/i18n/translate";
import { read_history } from "../api/history";
import { line_of, type Stretch, stretches, time_in } from "../state/history";
import "./connection_history.css";

const day_ms = 86_400_000;
const again_ms = 60_000; // as often as a minute is over

const name_of = (state: Stretch["state"]) => t(state === "unseen" ? "connections.unseen" : `connector.state_${state}`);

function Strip({ all, from_ms, to_ms }: { all: Stretch[]; from_ms: number; to_ms: number }) {
  const not_well = (["failed", "silent", "connecting", "unseen"] as const).map((state) => [state, time_in(all, state)] as const).filter(([, ms]) => ms > 0);
  const text = not_well.map(([state, ms]) => `${name_of(state)} ${duration_text(ms, lang.value)}`).join(" · ");
  const at = (ms: number) => ((ms - from_ms) / (to_ms - from_ms)) * 100;
  return (
    <>
      <svg class="connection-strip" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {all.map((each) => (
          <rect key={each.from_ms} class={`strip-${each.state}`} x={at(each.from_ms)} width={at(each.to_ms) - at(each.from_ms)} height="1" />
        ))}
      </svg>
      <p class="quiet">{text || t("connections.always_well")}</p>
    </>
  );
}

function Line({ history, name, pick, of }: { history: ConnectorHistory; name: string; pick: (point: ConnectorPoint) => number | null; of: (values: number[]) => string }) {
  const points = line_of(history, pick);
  const values = points.flatMap(([, value]) => (value === null ? [] : [value]));
  if (values.length < 2) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Sparkline points={points} from_ms={history.to_ms - day_ms} to_ms={history.to_ms} /> {of(values)}
      </dd>
    </>
  );
}

export function ConnectionHistory({ of: name }: { of: string }) {
  const [history, set_history] = useState<ConnectorHistory | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  useEffect(() => {
    let gone = false;
    const load = () =>
      read_history(name, Date.now() - day_ms).then(
        (read) => {
          if (gone) return;
          set_history(read);
          set_error(null);
        },
        (problem: ApiError) => !gone && set_error(problem),
      );
    void load();
    const timer = setInterval(() => void load(), again_ms);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [name]);
  if (error && !history) return <ErrorNotice error={error} compact />;
  if (!history) return null;
  const from_ms = history.to_ms - day_ms;
  const most = (values: number[]) => t("connections.most", { n: number_text(Math.max(...values), lang.value, 0) });
  return (
    <div class="connection-history">
      <Strip all={stretches(history, from_ms, history.to_ms)} from_ms={from_ms} to_ms={history.to_ms} />
      <dl class="facts">
        <Line history={history} name={t("connector.samples")} pick={(point) => point.samples} of={most} />
        <Line history={history} name={t("connector.backlog")} pick={(point) => point.backlog} of={most} />
        <Line history={history} name={t("connections.skew")} pick={(point) => point.skew_ms} of={(values) => `±${duration_text(Math.max(...values.map(Math.abs)), lang.value)}`} />
      </dl>
    </div>
  );
}
