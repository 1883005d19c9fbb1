// What a machine did over the time range: one strip, lined up with the trends below it.
import type { Asset, StateSpan } from "~/lib/api_types";
import { duration_text, window_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { state_name } from "~/lib/live/plant_store";
import { state_class } from "~/lib/state_class";
import "./state_strip.css";

interface StateStripProps {
  asset: Asset;
  spans: readonly StateSpan[];
  from_ms: number;
  to_ms: number;
  now_ms: number;
}

function name_of(asset: Asset, state: string): string {
  return state === "" ? t("state.unknown") : say(state_name(asset.kind, state));
}

export function StateStrip({ asset, spans, from_ms, to_ms, now_ms }: StateStripProps) {
  const language = lang.value;
  const whole = to_ms - from_ms;
  const inside = spans
    .map(([start, end, state]): StateSpan => [Math.max(start, from_ms), Math.min(end, to_ms), state])
    .filter(([start, end]) => end > start);
  const totals = new Map<string, number>();
  for (const [start, end, state] of inside) totals.set(state, (totals.get(state) ?? 0) + end - start);
  const ranked = [...totals].sort((a, b) => b[1] - a[1]);
  const words = ranked.map(([state, ms]) => `${name_of(asset, state)} ${duration_text(ms, language)}`);
  if (inside.length === 0) return <p class="quiet">{t("asset.no_states")}</p>;
  return (
    <div>
      <div class="state-strip" role="img" aria-label={t("asset.states_label", { name: say(asset.name), list: words.join(", ") })}>
        {inside.map(([start, end, state]) => {
          const share = ((end - start) / whole) * 100;
          const title = `${name_of(asset, state)} · ${window_text(start, end, now_ms, language)} · ${duration_text(end - start, language)}`;
          return (
            <div
              key={start}
              class={`state-span state-${state_class(state)}`}
              style={{ left: `${((start - from_ms) / whole) * 100}%`, width: `${share}%` }}
              title={title}
            >
              {share > 9 && <span>{name_of(asset, state)}</span>}
            </div>
          );
        })}
      </div>
      <ul class="state-totals" aria-hidden="true">
        {ranked.map(([state, ms]) => (
          <li key={state}>
            <span class={`state-swatch state-${state_class(state)}`} />
            {name_of(asset, state)} <b>{duration_text(ms, language)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
