// A version's card: what it learned from, how it scored by each split, what it cannot say.
import { now_ms } from "~/lib/clock";
import { moment_text, number_text } from "~/lib/format";
import type { ContractScore, HealthCard, HealthVersion, Stretch } from "~/lib/health_types";
import { lang } from "~/lib/i18n/translate";
import { h, type Word } from "../state/words";
import { HealthTable } from "./health_table";
import { ScoreBar } from "./score_bar";
import { tag_title } from "./share_bar";

const time = (ms: number) => moment_text(ms, now_ms.value, lang.value);
const number = (value: number, decimals = 2) => number_text(value, lang.value, decimals);

function Data({ card }: { card: HealthCard }) {
  const row = (word: Word, part: Stretch) => (
    <tr>
      <td>{h(word)}</td>
      <td>{time(part.from_ms)}</td>
      <td>{time(part.to_ms)}</td>
    </tr>
  );
  return (
    <HealthTable label={h("data")} heads={[h("part"), h("from"), h("to")]}>
      {row("fit", card.fit)}
      {row("threshold_part", card.threshold_window)}
      {row("replay_part", card.replay_window)}
    </HealthTable>
  );
}

function Scores({ card, past }: { card: HealthCard; past: ContractScore | null }) {
  // A stretch of hours says little of days: its range alone must not press the other bar flat.
  const most = Math.max(2 * card.most_false, ...[card.replay_score, past].map((each) => each?.rate ?? 0));
  const row = (word: Word, score: ContractScore | null) => (
    <tr data-split={word}>
      <td>{h(word)}</td>
      {!score && <td colSpan={5}>{h("not_made")}</td>}
      {score && (
        <>
          <td>{number(score.days, 1)}</td>
          <td>{score.alarms}</td>
          <td>{`${number(score.rate, 1)} (${number(score.rate_low, 1)} – ${number(score.rate_high, 1)})`}</td>
          <td class="split-cell">
            <ScoreBar value={score.rate} low={score.rate_low} high={score.rate_high} most={most} promised={card.most_false} label={h("rate_bar", { rate: number(score.rate, 1), most: card.most_false })} />
          </td>
          <td class={score.kept ? "" : "health-over"}>{h(score.kept ? "kept" : "broken")}</td>
        </>
      )}
    </tr>
  );
  return (
    <HealthTable label={h("scores")} heads={[h("split_word"), h("days_word"), h("alarms"), h("rate", { days: card.days }), h("rate_scale", { most: number(most, 1) }), h("promise", { most: card.most_false })]}>
      {row("split_block", card.replay_score)}
      {row("split_past", past)}
    </HealthTable>
  );
}

export function ModelCard({ of }: { of: HealthVersion }) {
  const { card } = of;
  if (!card) return <p class="health-over">{h("no_card")}</p>;
  return (
    <details open={of.stage === "live" || of.stage === "shadow"}>
      <summary>{h("card")}</summary>
      <div class="health-list">
        <h3>{h("data")}</h3>
        <Data card={card} />
        <h3>{h("scores")}</h3>
        <Scores card={card} past={of.replay?.score ?? null} />
        <h3>{h("limits")}</h3>
        <ul class="health-limits">
          <li>{h("limit_what")}</li>
          <li>{h("limit_rests", { threshold: number(card.threshold), blocks: card.blocks, minutes: number(card.block_s / 60, 0), p: number(card.p_value, 3), step: card.step_s })}</li>
          {card.left_out.length > 0 && <li>{h("limit_left_out", { stretches: card.left_out.map((each) => `${time(each.from_ms)} – ${time(each.to_ms)}`).join("; ") })}</li>}
          {card.simulated && <li>{h("limit_simulated")}</li>}
          {card.flat_tags.length > 0 && <li>{h("flat", { tags: card.flat_tags.map(tag_title).join(", ") })}</li>}
          {card.unchecked_tags.length > 0 && <li>{h("unchecked", { tags: card.unchecked_tags.map(tag_title).join(", ") })}</li>}
          {card.rare_states.length > 0 && <li>{h("rare", { states: card.rare_states.join(", ") })}</li>}
        </ul>
      </div>
    </details>
  );
}
