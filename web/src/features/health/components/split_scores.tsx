// A model's figures by random, time-block, asset-wise and load-wise splits beside each other: bars, a line from the least to the
// greatest of single folds, and why a split is refused.
import { number_text } from "~/lib/format";
import type { MaintenanceCard, SplitScore } from "~/lib/health_types";
import { lang, say } from "~/lib/i18n/translate";
import { h, type Word } from "../state/words";
import { HealthTable } from "./health_table";
import { ScoreBar } from "./score_bar";

const splits = ["random", "time_block", "asset_wise", "group_wise", "given_test"] as const;
type Split = (typeof splits)[number];
const words: Record<Split, Word> = { random: "by_random", time_block: "by_time_block", asset_wise: "by_asset", group_wise: "by_group", given_test: "by_given" };

const split_word = (split: string) => (split in words ? h(words[split as Split]) : split);
const figure = (value: number) => number_text(value, lang.value, value >= 10 ? 1 : value > 1 ? 2 : 3);

function Metric({ name, scores }: { name: string; scores: SplitScore[] }) {
  const most = Math.max(1e-12, ...scores.flatMap((each) => [each.value ?? 0, each.high ?? 0]));
  const scale = most <= 1 ? 1 : most;
  const ordered = [...scores].sort((a, b) => splits.indexOf(a.split as Split) - splits.indexOf(b.split as Split));
  return (
    <HealthTable label={name} heads={[name, h("split_value"), h("split_folds"), h("split_bars", { most: figure(scale) }), h("split_n")]}>
      {ordered.map((each) => (
        <tr key={`${each.split} ${each.n}`} data-metric={name} data-split={each.split}>
          <td>{split_word(each.split)}</td>
          <td>{each.value === null ? "–" : figure(each.value)}</td>
          <td>{each.low === null || each.high === null ? "–" : `${figure(each.low)} – ${figure(each.high)}`}</td>
          <td class="split-cell">
            {each.value === null ? (
              <span class="quiet">{h("split_no_value")}</span>
            ) : (
              <ScoreBar value={each.value} low={each.low} high={each.high} most={scale} pale={each.split === "random"} label={figure(each.value)} />
            )}
          </td>
          <td>{h("split_counted", { n: number_text(each.n, lang.value, 0), seeds: each.seeds })}</td>
        </tr>
      ))}
    </HealthTable>
  );
}

export function SplitScores({ of }: { of: MaintenanceCard }) {
  const metrics = [...new Set(of.scores.map((each) => each.metric))];
  return (
    <div class="health-list" data-splits={of.name}>
      {metrics.length === 0 && <p>{h("split_none")}</p>}
      {metrics.map((metric) => (
        <Metric key={metric} name={metric} scores={of.scores.filter((each) => each.metric === metric)} />
      ))}
      {of.scores.some((each) => each.split === "random") && <p class="quiet">{h("split_random_flatters")}</p>}
      {of.splits_refused.length > 0 && (
        <ul class="health-limits">
          {of.splits_refused.map((each) => (
            <li key={each.split} data-refused={each.split}>
              <b>{split_word(each.split)}</b>
              {`: ${h("split_refused", { why: say(each.why) })}`}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
