// Cards of models that were trained from files: what they learned from, how they score by every split, what they are not for.
import { useEffect, useState } from "preact/hooks";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text, number_text } from "~/lib/format";
import type { MachineHealth, MaintenanceCard } from "~/lib/health_types";
import { lang, say } from "~/lib/i18n/translate";
import { link } from "~/lib/router";
import { read_cards, read_health } from "../api/health";
import { h } from "../state/words";
import { asset_title } from "./health_page";
import { HealthTable } from "./health_table";
import { SplitScores } from "./split_scores";

const count = (value: number) => number_text(value, lang.value, 0);

function Findings({ of }: { of: MaintenanceCard }) {
  if (of.findings.length === 0) return <p class="quiet">{h("card_no_findings")}</p>;
  return (
    <ul class="health-limits">
      {of.findings.map((each) => (
        <li key={`${each.finding} ${each.column}`} class={each.handling === "refused" ? "health-over" : ""}>
          {each.column && <b>{each.column}: </b>}
          {say(each.text)}
        </li>
      ))}
    </ul>
  );
}

/** What a model is: its data, its scores by every split, its limits. */
export function Card({ of }: { of: MaintenanceCard }) {
  return (
    <li class="panel health-machine" data-card={of.name} data-kind={of.problem ? "broken" : of.kind}>
      <div class="health-head">
        <h2>{of.name}</h2>
        {!of.problem && <span class="chip">{h(of.kind === "remaining_life" ? "card_life" : "card_failure")}</span>}
        {!of.problem && <span class="quiet">{h("card_trained", { time: moment_text(Date.parse(of.trained_at), now_ms.value, lang.value), file: of.file })}</span>}
      </div>
      {of.problem && <p class="health-over">{say(of.problem)}</p>}
      {!of.problem && (
        <>
          <h3>{h("scores_by_split")}</h3>
          <SplitScores of={of} />
          <details>
            <summary>{h("data")}</summary>
            <div class="health-list">
              <HealthTable label={h("data")} heads={[h("card_rows"), h("card_assets"), h("card_columns"), h("card_failures"), h("card_lines")]}>
                <tr>
                  <td>{count(of.rows)}</td>
                  <td>{count(of.assets)}</td>
                  <td>{count(of.columns)}</td>
                  <td>{count(of.failures)}</td>
                  <td>{of.lines.join(", ") || h("card_no_lines")}</td>
                </tr>
              </HealthTable>
              <Findings of={of} />
              <p class="quiet health-hash">{`SHA-256 ${of.sha256}`}</p>
            </div>
          </details>
          <h3>{h("limits")}</h3>
          <p>{say(of.limits)}</p>
        </>
      )}
    </li>
  );
}

function Watched({ machines }: { machines: MachineHealth[] }) {
  if (machines.length === 0) return null;
  return (
    <section class="panel">
      <h2>{h("card_health")}</h2>
      <ul class="health-cases">
        {machines.map((each) => (
          <li key={each.asset} data-health-card={each.asset}>
            <a href={link("/maintenance", { model: each.asset })}>{h("model_of", { asset: asset_title(each.asset) })}</a>
            <span class="quiet">{each.card && say(each.card.replay)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function CardsPage() {
  const [cards, set_cards] = useState<MaintenanceCard[] | null>(null);
  const [watched, set_watched] = useState<MachineHealth[]>([]);
  const [error, set_error] = useState<ApiError | null>(null);
  useEffect(() => {
    const failed = (thrown: unknown) => set_error(as_api_error(thrown));
    read_cards().then((known) => set_cards(known.cards), failed);
    read_health().then((known) => set_watched(known.machines.filter((each) => each.card)), failed);
  }, []);
  return (
    <div class="health-page" data-cards-page>
      <PageHead title={h("cards")} summary={h("cards_summary")}>
        <a class="button button-plain" href={link("/maintenance")}>
          {h("back")}
        </a>
      </PageHead>
      {error && <ErrorNotice error={error} />}
      {!cards && !error && <Skeleton shapes={3} height="row" />}
      {cards?.length === 0 && <Notice icon="question" title={h("cards_none")} />}
      <ul class="health-list">{cards?.map((each) => <Card key={each.name} of={each} />)}</ul>
      <Watched machines={watched} />
    </div>
  );
}
