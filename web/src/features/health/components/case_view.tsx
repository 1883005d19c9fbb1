// One case: what deviates, what it is like, what to do, and what was found.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "~/components/icon";
import { ErrorNotice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text, number_text, percent_text, quantity_text } from "~/lib/format";
import type { CaseEvidence, MaintenanceCase } from "~/lib/health_types";
import { lang, say, t } from "~/lib/i18n/translate";
import { link } from "~/lib/router";
import { read_case } from "../api/health";
import { h } from "../state/words";
import { Recording } from "./case_recording";
import { asset_title } from "./health_page";
import { HealthTable } from "./health_table";
import { OutcomeForm } from "./outcome_form";
import { tag_title } from "./share_bar";
import { WorkOrderPanel } from "./work_order";

function EvidenceRow({ of, since }: { of: CaseEvidence; since?: string }) {
  return (
    <tr>
      <td>
        {tag_title(of.tag)}
        {since !== undefined && <span class="quiet"> {h("also_since", { time: since })}</span>}
      </td>
      <td>{quantity_text(of.value, of.unit, lang.value)}</td>
      <td>{`${quantity_text(of.normal_low, "", lang.value)} – ${quantity_text(of.normal_high, of.unit, lang.value)}`}</td>
      <td>{percent_text(of.share, lang.value)}</td>
    </tr>
  );
}

function Evidence({ of }: { of: MaintenanceCase }) {
  return (
    <section class="panel health-list">
      <h2>{h("evidence")}</h2>
      <p class="quiet">{h("scored", { score: number_text(of.score, lang.value, 2), threshold: number_text(of.threshold, lang.value, 2), version: of.model_version })}</p>
      <HealthTable label={h("evidence")} heads={[h("tag"), h("measured"), h("normal"), h("share")]}>
        {of.evidence.map((each) => (
          <EvidenceRow key={each.tag} of={each} />
        ))}
      </HealthTable>
      {of.also.length > 0 && (
        <div data-case-also>
          <h3>{h("also")}</h3>
          <p class="quiet">{h("also_rule")}</p>
          <HealthTable label={h("also")} heads={[h("tag"), h("measured"), h("normal"), h("share")]}>
            {of.also.map((each) => (
              <EvidenceRow key={each.tag} of={each} since={moment_text(each.since_ms, now_ms.value, lang.value)} />
            ))}
          </HealthTable>
        </div>
      )}
    </section>
  );
}

function Nearest({ of }: { of: MaintenanceCase }) {
  const past = of.nearest;
  return (
    <section class="panel">
      <h2>{h("nearest")}</h2>
      {!past && <p class="quiet">{h("no_nearest")}</p>}
      {past && (
        <p>
          <a href={link("/maintenance", { case: String(past.number) })}>{h("alike", { number: past.number, asset: asset_title(past.asset), percent: percent_text(past.similarity, lang.value) })}</a>
          {` · ${h(past.outcome)}`}
          {past.work && ` · ${h("work_past", { title: say(past.work) })}`}
          {past.note && `: ${past.note}`}
        </p>
      )}
    </section>
  );
}

export function CaseView({ number }: { number: number }) {
  const [one, set_one] = useState<MaintenanceCase | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  useEffect(() => {
    read_case(number).then(set_one, (thrown) => set_error(as_api_error(thrown)));
  }, [number]);
  if (error) return <ErrorNotice error={error} />;
  if (!one) return <Skeleton shapes={4} height="row" />;
  const time = moment_text(one.opened_ms, now_ms.value, lang.value);
  return (
    <div class="health-page" data-case-page={one.number}>
      <PageHead title={`${h("open_case", { number: one.number })} · ${asset_title(one.asset)}`} summary={[h("opened", { time }), say(one.state_name), one.simulated ? t("app.simulated") : ""].filter((each) => each !== "").join(" · ")}>
        <a class="button button-plain" href={link("/maintenance")}>
          {h("back")}
        </a>
      </PageHead>
      <Evidence of={one} />
      <Recording of={one} />
      <Nearest of={one} />
      {(one.work_order || one.accepted_work) && <WorkOrderPanel of={one} />}
      <section class="panel">
        <h2>{h("outcome")}</h2>
        {one.outcome === "open" && one.may_decide && <OutcomeForm number={one.number} done={set_one} />}
        {one.outcome === "open" && !one.may_decide && <p>{h("open")}</p>}
        {one.outcome !== "open" && (
          <p>
            <Icon name="check" size={16} /> {h("decided", { outcome: h(one.outcome), who: one.decided_by })}
            {one.note && `: ${one.note}`}
          </p>
        )}
      </section>
    </div>
  );
}
