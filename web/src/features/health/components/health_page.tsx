// Which machines need somebody, worst first; one case of them, by ?case=N, and one model, by ?model=ASSET;
// the vibration of one, by ?vibration=ASSET; learning from history, by ?view=learn.
import { useEffect, useState } from "preact/hooks";
import { Icon, type IconName } from "~/components/icon";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { LearnPart, LifePart, VibrationPart } from "~/components/later";
import { PageHead } from "~/components/page_head";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text, number_text, percent_text } from "~/lib/format";
import type { MachineLife } from "~/lib/life_types";
import type { MachineHealth, MachineHealthList, MaintenanceCase, Verdict } from "~/lib/health_types";
import { lang, say } from "~/lib/i18n/translate";
import { now_ms } from "~/lib/clock";
import { find_asset } from "~/lib/live/plant_store";
import { link, query } from "~/lib/router";
import { read_cases, read_health } from "../api/health";
import { read_lives } from "../api/lives";
import { life_answer, life_title } from "../state/life_answer";
import { h } from "../state/words";
import { CardsPage } from "./cards_page";
import { CaseView } from "./case_view";
import { ModelView } from "./model_view";
import { ShareBar, tag_title } from "./share_bar";
import { TrainForm } from "./train_form";
import "~/components/panel.css";
import "./health.css";

const refresh_ms = 5_000;
const icons: Record<Verdict, IconName> = { healthy: "check", alarm: "warning", not_enough_evidence: "question", never_seen: "question", sensor_fault: "warning", not_trained: "question" };

export const asset_title = (id: string): string => say(find_asset(id)?.name) || id;

function Machine({ machine, life }: { machine: MachineHealth; life: MachineLife | undefined }) {
  const { card, budget } = machine;
  const bad = machine.verdict === "alarm";
  const odd = machine.verdict === "sensor_fault" || machine.verdict === "never_seen";
  const time = (ms: number) => moment_text(ms, now_ms.value, lang.value);
  return (
    <li class={`panel health-machine${bad ? " health-bad" : odd ? " health-odd" : ""}`} data-machine={machine.asset} data-verdict={machine.verdict}>
      <div class="health-head">
        <h2>{asset_title(machine.asset)}</h2>
        <span class="health-verdict">
          <Icon name={icons[machine.verdict]} size={16} />
          {h(machine.verdict)}
        </span>
        <span class="quiet">{say(machine.state_name)}</span>
        {machine.index !== null && <b class="health-index">{h("index", { value: number_text(machine.index, lang.value, 0) })}</b>}
      </div>
      {machine.sensor !== "" && <p>{say(machine.sensor_fault) ? `${tag_title(machine.sensor)}: ${say(machine.sensor_fault)}` : h("no_value", { tag: tag_title(machine.sensor) })}</p>}
      {bad && (
        <ul class="health-shares" aria-label={h("deviates")}>
          {[...machine.contributions].sort((a, b) => b.share - a.share).slice(0, 4).map((each) => (
            <ShareBar key={each.tag} tag={each.tag} share={each.share} />
          ))}
        </ul>
      )}
      <p class="health-facts">
        {machine.open_case > 0 && <a href={link("/maintenance", { case: String(machine.open_case) })}>{h("open_case", { number: machine.open_case })}</a>}
        {card && (
          <span class={budget.exceeded ? "health-over" : "quiet"} title={h("budget_rule")}>
            {h("budget", { days: card.days, spent: budget.spent, most: budget.most_false })}
            {budget.exceeded && ` (${h("exceeded")})`}
          </span>
        )}
        {card && <a href={link("/maintenance", { model: machine.asset })}>{h("model")}</a>}
        <a href={link("/maintenance", { life: machine.asset })}>{life_title()}</a>
        {life && <span data-life-line={machine.asset}>{life_answer(life)}</span>}
        <a href={link("/maintenance", { vibration: machine.asset })}>{h("vibration")}</a>
        {machine.shadow && <span class="quiet">{h("shadow_line", { version: machine.shadow.version, n: machine.shadow.would_alarms })}</span>}
      </p>
      {card && (
        <details class="quiet">
          <summary>{h("learned", { version: card.version, from: time(card.fit.from_ms), to: time(card.replay_window.to_ms), who: card.trained_by })}</summary>
          <p>{h("split", { replay: say(card.replay) })}</p>
          {card.flat_tags.length > 0 && <p>{h("flat", { tags: card.flat_tags.map(tag_title).join(", ") })}</p>}
          {card.unchecked_tags.length > 0 && <p>{h("unchecked", { tags: card.unchecked_tags.map(tag_title).join(", ") })}</p>}
          {card.rare_states.length > 0 && <p>{h("rare", { states: card.rare_states.join(", ") })}</p>}
        </details>
      )}
    </li>
  );
}

function Cases({ cases }: { cases: MaintenanceCase[] }) {
  return (
    <section class="panel">
      <h2>{h("cases")}</h2>
      {cases.length === 0 && <p class="quiet">{h("no_cases")}</p>}
      <ul class="health-cases">
        {cases.map((each) => (
          <li key={each.number} data-case={each.number}>
            <a href={link("/maintenance", { case: String(each.number) })}>{`${h("open_case", { number: each.number })} · ${asset_title(each.asset)}`}</a>
            <span class="quiet">{`${h("opened", { time: moment_text(each.opened_ms, now_ms.value, lang.value) })} · ${h(each.outcome)}`}</span>
            {each.evidence[0] && <span class="quiet">{`${tag_title(each.evidence[0].tag)} ${percent_text(each.evidence[0].share, lang.value)}`}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function HealthPage() {
  const [list, set_list] = useState<MachineHealthList | null>(null);
  const [cases, set_cases] = useState<MaintenanceCase[]>([]);
  const [lives, set_lives] = useState<MachineLife[]>([]);
  const [error, set_error] = useState<ApiError | null>(null);
  const [attempt, set_attempt] = useState(0);
  const chosen = Number(query.value.case ?? 0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const load = async () => {
      try {
        const [health, known, lasting] = await Promise.all([read_health(), read_cases(), read_lives().catch(() => ({ machines: [] }))]);
        if (gone) return;
        set_list(health);
        set_cases(known.cases);
        set_lives(lasting.machines);
        set_error(null);
      } catch (thrown) {
        if (!gone) set_error(as_api_error(thrown));
      }
      if (!gone) timer = setTimeout(() => void load(), refresh_ms);
    };
    void load();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [attempt]);
  if (chosen > 0) return <CaseView key={chosen} number={chosen} />;
  if (query.value.view === "cards") return <CardsPage />;
  if (query.value.view === "learn") return <LearnPart name="LearnView" />;
  if (query.value.vibration) return <VibrationPart name="VibrationView" key={query.value.vibration} asset={query.value.vibration} />;
  if (query.value.model) return <ModelView key={query.value.model} asset={query.value.model} />;
  if (query.value.life) {
    const asset = query.value.life;
    const may_follow = list?.machines.some((each) => each.asset === asset && each.may_train) ?? false;
    return list || error ? <LifePart name="LifeView" key={asset} asset={asset} may_follow={may_follow} /> : <Skeleton shapes={4} height="row" />;
  }
  const trainable = (list?.machines ?? []).filter((each) => each.may_train).map((each) => each.asset);
  return (
    <div class="health-page">
      <PageHead title={h("title")} summary={h("summary")}>
        <a class="button button-plain" href={link("/maintenance", { view: "cards" })}>
          {h("cards")}
        </a>
        {trainable.length > 0 && (
          <a class="button button-plain" href={link("/maintenance", { view: "learn" })}>
            {h("learn_history")}
          </a>
        )}
      </PageHead>
      {error && <ErrorNotice error={error} retry={() => set_attempt(attempt + 1)} />}
      {!list && !error && <Skeleton shapes={4} height="row" />}
      {list?.machines.length === 0 && <Notice icon="check" title={h("none")} />}
      <ul class="health-list">{list?.machines.map((machine) => <Machine key={machine.asset} machine={machine} life={lives.find((each) => each.asset === machine.asset)} />)}</ul>
      {list && <Cases cases={cases} />}
      {trainable.length > 0 && <TrainForm machines={trainable} done={() => set_attempt(attempt + 1)} />}
    </div>
  );
}
