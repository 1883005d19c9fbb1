// The OEE of a machine: the three factors as bars, the losses by time, and what is missing where
// there is not enough evidence.
import { ErrorNotice } from "~/components/notice";
import { Icon } from "~/components/icon";
import type { Asset } from "~/lib/api_types";
import { duration_text } from "~/lib/format";
import { lang, say, say_title, t } from "~/lib/i18n/translate";
import type { Oee } from "~/lib/oee_types";
import { range } from "~/lib/router";
import { get_oee } from "../api/oee";
import { useRefreshed } from "../hooks/use_refreshed";
import "./oee_panel.css";

function percent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toLocaleString(lang.value, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} %`;
}

/** A share with its bar; above 100 % the bar is full, and the number says more. */
function Factor({ name, share, how }: { name: string; share: number | null; how: string }) {
  return (
    <li class="oee-factor">
      <span class="oee-name">{name}</span>
      <span class={`oee-bar${share === null ? " hatched" : ""}`} aria-hidden="true">
        {share !== null && <span style={{ width: `${Math.min(100, share * 100)}%` }} />}
      </span>
      <b class="oee-share">{share === null ? t("oee.no_evidence") : percent(share)}</b>
      <span class="quiet oee-how">{how}</span>
    </li>
  );
}

interface Loss {
  key: string;
  name: string;
  seconds: number;
}

/** Time lost, largest first: stops and setups by state, slow running, rejected parts. */
function losses_of(oee: Oee): Loss[] {
  const stops = oee.states
    .filter((each) => each.time === "setup" || each.time === "unplanned_stop")
    .map((each) => ({ key: each.state, name: say_title(each.name), seconds: each.duration_s }));
  const others = [
    { key: "speed", name: t("oee.speed_loss"), seconds: oee.speed_loss_s ?? 0 },
    { key: "quality", name: t("oee.quality_loss"), seconds: oee.quality_loss_s ?? 0 },
  ];
  return [...stops, ...others].filter((loss) => loss.seconds >= 1).sort((a, b) => b.seconds - a.seconds);
}

function Losses({ oee }: { oee: Oee }) {
  const losses = losses_of(oee);
  const [first] = losses;
  if (!first) return null;
  return (
    <>
      <h3>{t("oee.losses")}</h3>
      <ul class="oee-losses">
        {losses.map((loss) => (
          <li key={loss.key}>
            <span class="oee-name">{loss.name}</span>
            <span class="oee-bar" aria-hidden="true">
              <span style={{ width: `${(loss.seconds / first.seconds) * 100}%` }} />
            </span>
            <b class="oee-share">{duration_text(loss.seconds * 1000, lang.value)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}

function how_of(oee: Oee): { availability: string; performance: string; quality: string } {
  const { inputs } = oee;
  const language = lang.value;
  const number = (value: number) => value.toLocaleString(language, { maximumFractionDigits: 2 });
  return {
    availability: t("oee.how_availability", { production: duration_text(inputs.production_s * 1000, language), busy: duration_text(inputs.busy_s * 1000, language) }),
    performance: inputs.products.length > 0 ? inputs.products.map((each) => `${say(each.name) || each.product || t("state.unknown")} ${number(each.parts)}`).join(", ") : inputs.total === null || inputs.ideal_cycle_s === null ? "" : t("oee.how_performance", { parts: number(inputs.total), cycle: number(inputs.ideal_cycle_s) }),
    quality: inputs.total === null || inputs.reject === null ? "" : t("oee.how_quality", { rejects: number(inputs.reject), parts: number(inputs.total) }),
  };
}

function Figures({ oee }: { oee: Oee }) {
  const how = how_of(oee);
  return (
    <>
      <p class="oee-whole">
        <b>{oee.oee === null ? t("oee.no_evidence") : percent(oee.oee)}</b>
        <span class="quiet">
          {t("oee.scheduled", { time: duration_text(oee.inputs.scheduled_s * 1000, lang.value) })} · {t("oee.evidence", { share: percent(oee.inputs.state_share) })}
        </span>
      </p>
      <ul class="oee-factors">
        <Factor name={t("oee.availability")} share={oee.availability} how={oee.availability === null ? "" : how.availability} />
        <Factor name={t("oee.performance")} share={oee.performance} how={oee.performance === null ? "" : how.performance} />
        <Factor name={t("oee.quality")} share={oee.quality} how={oee.quality === null ? "" : how.quality} />
      </ul>
      {oee.remarks.length > 0 && (
        <ul class="oee-remarks">
          {oee.remarks.map((remark) => (
            <li key={remark.code}>
              <Icon name="info" size={16} /> <span>{say_title(remark.text)}</span>
            </li>
          ))}
        </ul>
      )}
      <Losses oee={oee} />
    </>
  );
}

export function OeePanel({ asset }: { asset: Asset }) {
  const { data: oee, error, reload } = useRefreshed(asset.id, range.value, (from_ms, to_ms, signal) => get_oee(asset.id, from_ms, to_ms, signal));
  // A machine whose description says nothing of production has no OEE to show.
  if (oee && oee.inputs.total === null && oee.remarks.some((remark) => remark.code === "no_states")) return null;
  return (
    <section class="panel oee-panel" aria-label={t("oee.label", { name: say(asset.name) })}>
      <h2>{t("oee.title")}</h2>
      {oee ? <Figures oee={oee} /> : error ? <ErrorNotice compact error={error} title={t("oee.failed")} retry={reload} /> : <div class="oee-waiting" />}
    </section>
  );
}
