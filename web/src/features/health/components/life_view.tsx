// How long one machine lasts, how that was told as its life went on, and what it is followed by.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { FormProblem } from "~/components/form_parts";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { duration_text, number_text, percent_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, say } from "~/lib/i18n/translate";
import { find_asset } from "~/lib/live/plant_store";
import type { LifeOrder, MachineLife } from "~/lib/life_types";
import { link } from "~/lib/router";
import { end_life, follow_life, read_life } from "../api/lives";
import { w } from "../state/life_words";
import { life_answer, life_moment } from "../state/life_answer";
import { FanChart } from "./fan_chart";
import { FollowForm } from "./follow_form";

const asset_name = (id: string) => say(find_asset(id)?.name) || id;
const number = (value: number) => number_text(value, lang.value, Math.abs(value) < 10 ? 1 : 0);

function Facts({ of }: { of: MachineLife }) {
  const { scores } = of.model.card;
  const held = scores.find((each) => each.metric === "interval_coverage" && each.split === "asset_wise");
  const rmse = scores.find((each) => each.metric === "rmse" && each.split === "asset_wise");
  const { following } = of;
  return (
    <ul class="health-limits">
      {held && <li>{w("held", { share: percent_text(held.value, lang.value), n: held.n })}</li>}
      {rmse && <li>{w("rmse", { value: number(rmse.value), time: of.model.time })}</li>}
      {following.states.length > 0 && <li>{w("duty", { share: percent_text(of.wear_share, lang.value) })}</li>}
      {of.unknown_state_s > 0 && <li>{w("unknown_state", { time: duration_text(1000 * of.unknown_state_s, lang.value) })}</li>}
      <li>{`${w("began", { time: life_moment(of.began_ms) })} ${of.by_event ? w("by_event") : ""}`}</li>
      <li>{w("set", { model: following.model, time: life_moment(following.set_ms), who: following.set_by, until: of.row_ms === null ? "–" : life_moment(of.row_ms) })}</li>
      <li>{say(of.model.card.limits)}</li>
    </ul>
  );
}

function Reasons({ of }: { of: MachineLife }) {
  const reasons = (of.answer?.reasons ?? []).filter((each) => Math.abs(each.added) >= 0.05).slice(0, 4);
  if (reasons.length === 0 || of.answer?.kind === "unseen_regime") return null;
  const name = (column: string) => (column === "age" ? w("age_column") : column);
  return (
    <section>
      <h3>{w("why")}</h3>
      <ul class="health-limits">
        {reasons.map((each) => (
          <li key={each.column}>{w(each.added < 0 ? "shortens" : "lengthens", { column: name(each.column), value: `${number(Math.abs(each.added))} ${of.model.time}` })}</li>
        ))}
      </ul>
    </section>
  );
}

function Ending({ asset, ended }: { asset: string; ended: () => void }) {
  const [asked, set_asked] = useState(false);
  const { busy, problem, run } = useOrder();
  if (!asked) {
    return (
      <div class="life-end">
        <Button small onClick={() => set_asked(true)}>
          {w("end")}
        </Button>
      </div>
    );
  }
  return (
    <div role="group" aria-label={w("end")}>
      <p>{w("end_what")}</p>
      <div class="form-actions">
        <Button small kind="strong" disabled={busy} onClick={() => void run(async () => { await end_life(asset); ended(); })}>
          {w("end")}
        </Button>
        <Button small onClick={() => set_asked(false)}>
          {w("keep")}
        </Button>
      </div>
      <FormProblem problem={problem} />
    </div>
  );
}

export function LifeView({ asset, may_follow }: { asset: string; may_follow: boolean }) {
  const [life, set_life] = useState<MachineLife | null>(null);
  const [absent, set_absent] = useState(false);
  const [said, set_said] = useState("");
  const [error, set_error] = useState<ApiError | null>(null);
  useEffect(() => {
    read_life(asset).then(set_life, (thrown) => {
      const problem = as_api_error(thrown);
      if (problem.status === 404) set_absent(true);
      else set_error(problem);
    });
  }, [asset]);
  const follow = async (order: LifeOrder) => {
    set_life(await follow_life(asset, order));
    set_absent(false);
    set_said(w("done"));
  };
  const may_change = life?.may_change ?? may_follow;
  return (
    <div class="health-page" data-life-page={asset}>
      <PageHead title={w("life_of", { asset: asset_name(asset) })} summary={w("summary")}>
        <a class="button button-plain" href={link("/maintenance")}>
          {w("back")}
        </a>
      </PageHead>
      {error && <ErrorNotice error={error} />}
      {!life && !error && !absent && <Skeleton shapes={4} height="row" />}
      <p role="status">{said}</p>
      {absent && <Notice icon="question" title={w("none")} />}
      {life && (
        <section class="panel health-machine" data-life={life.answer?.kind ?? "nothing"}>
          <h2>{life_answer(life)}</h2>
          {life.likeliest_ms !== null && <p>{w("likeliest", { time: life_moment(life.likeliest_ms) })}</p>}
          <FanChart of={life} />
          <Reasons of={life} />
          <Facts of={life} />
          {life.may_change && (
            <Ending
              asset={asset}
              ended={() => {
                set_life(null);
                set_absent(true);
                set_said(w("done"));
              }}
            />
          )}
        </section>
      )}
      {may_change && (life || absent) && <FollowForm asset={asset} now={life?.following ?? null} follow={follow} />}
    </div>
  );
}
