// One machine of the plant: its state, three values that stand for it, and what is wrong, if
// anything is.
import { Icon } from "~/components/icon";
import { StatePill } from "~/components/state_pill";
import { LiveValue, QualityMark } from "~/components/value";
import type { Asset, Tag } from "~/lib/api_types";
import { now_ms } from "~/lib/clock";
import { moment_text } from "~/lib/format";
import { lang, say, say_title, t } from "~/lib/i18n/translate";
import { deaf, latest_of, severity, status_of, tells_state } from "~/lib/live/plant_store";
import { link } from "~/lib/router";
import { SparkCell } from "./spark_cell";
import "./machine_tile.css";

const most_values = 3;

function ValueRow({ asset, tag }: { asset: Asset; tag: Tag }) {
  const latest = latest_of(tag.id).value;
  return (
    <li>
      <a class="tile-value" href={link(`/plant/${asset.id}`, { tag: tag.id })}>
        <span class="tile-value-name">
          {say_title(tag.name)}
          <QualityMark latest={latest} />
        </span>
        {tag.kind === "number" ? <SparkCell tag={tag.id} /> : <span />}
        <LiveValue tag={tag} latest={latest} kind={asset.kind} />
      </a>
    </li>
  );
}

export function MachineTile({ asset }: { asset: Asset }) {
  const status = status_of(asset.id).value;
  const how = severity(asset);
  const key_tags = asset.tags.filter((tag) => tag.key && tag.kind !== "state");
  const tags = (key_tags.length > 0 ? key_tags : asset.tags.filter((tag) => tag.kind !== "state")).slice(0, most_values);
  const [first, ...more] = deaf.value ? [] : status.abnormal;
  return (
    <article class={`tile tile-${how}`} data-asset={asset.id}>
      <header class="tile-head">
        <h2>
          <a href={link(`/plant/${asset.id}`)}>{say(asset.name)}</a>
        </h2>
        <span class="tile-kind quiet">{say_title(asset.kind_name)}</span>
        <span class="tile-state">
          {tells_state(asset) && <StatePill state={status.state} name={status.state_name} />}
          {status.since_ms > 0 && (
            <span class="quiet tile-since">{t("state.since", { time: moment_text(status.since_ms, now_ms.peek(), lang.value).replace(/:\d\d$/, "") })}</span>
          )}
        </span>
      </header>
      {tags.length === 0 ? (
        <p class="quiet">{t("plant.no_key_values")}</p>
      ) : (
        <ul class="tile-values">
          {tags.map((tag) => (
            <ValueRow key={tag.id} asset={asset} tag={tag} />
          ))}
        </ul>
      )}
      {first && (
        <p class="tile-reason">
          <Icon name="warning" size={16} />
          <span>
            {say_title(first.reason)}
            {more.length > 0 && ` · ${t("plant.more_abnormal", { n: more.length })}`}
          </span>
        </p>
      )}
    </article>
  );
}
