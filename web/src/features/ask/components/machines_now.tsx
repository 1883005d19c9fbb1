// The machines at a glance, under an empty question box.
import { StatePill } from "~/components/state_pill";
import { Icon } from "~/components/icon";
import type { Asset } from "~/lib/api_types";
import { say, say_title, t } from "~/lib/i18n/translate";
import { attention, deaf, severity, status_of, tells_state } from "~/lib/live/plant_store";
import { link } from "~/lib/router";
import "./machines_now.css";

function Machine({ asset }: { asset: Asset }) {
  const status = status_of(asset.id).value;
  const how = severity(asset);
  const [first] = deaf.value ? [] : status.abnormal;
  return (
    <a class={`machine machine-${how}`} href={link(`/plant/${asset.id}`)}>
      <span class="machine-name">{say(asset.name)}</span>
      {tells_state(asset) && <StatePill state={status.state} name={status.state_name} />}
      {first && (
        <span class="machine-reason">
          <Icon name="warning" size={16} />
          <span>{say_title(first.reason)}</span>
        </span>
      )}
    </a>
  );
}

const most_shown = 12;

export function MachinesNow({ assets }: { assets: readonly Asset[] }) {
  // All of a small line; of a large plant those that need somebody.
  const all = assets.length <= most_shown;
  const shown = all ? assets : attention.value.slice(0, most_shown);
  return (
    <section aria-label={t("ask.machines_now")}>
      <h2 class="machines-title quiet">{t("ask.machines_now")}</h2>
      <div class="machines">
        {shown.map((asset) => (
          <Machine key={asset.id} asset={asset} />
        ))}
        {!all && (
          <a class="machine" href={link("/plant")}>
            {t("ask.all_machines", { n: assets.length })}
          </a>
        )}
      </div>
    </section>
  );
}
