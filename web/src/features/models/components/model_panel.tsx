// One model: its state, how far a download is, where it comes from, and what it was measured to do.
import { Button } from "~/components/button";
import { Icon, type IconName } from "~/components/icon";
import { Progress } from "~/components/progress";
import type { Model, ModelState } from "~/lib/api_types";
import { bytes_text, duration_text, number_text } from "~/lib/format";
import { has_message, lang, say, t } from "~/lib/i18n/translate";
import { choose_model } from "~/lib/live/system_store";
import { card_rows, type CardRow } from "~/lib/model_card";
import { href } from "~/lib/url_state";
import "./models.css";

const icons: Record<ModelState, IconName> = {
  absent: "close",
  fetching: "download",
  loading: "clock",
  ready: "check",
  failed: "warning",
};

function upstream_health(model: Model): "up" | "down" | "unknown" {
  return model.state === "ready" ? "up" : model.state === "failed" ? "down" : "unknown";
}

function remaining_text(model: Model): string {
  const left = model.bytes - model.bytes_done;
  if (model.bytes_s <= 0 || left <= 0) return "";
  return t("models.remaining", { duration: duration_text((left / model.bytes_s) * 1000, lang.value) });
}

function Fetching({ model }: { model: Model }) {
  const known = model.bytes > 0;
  const parts = [
    known ? t("models.progress", { done: bytes_text(model.bytes_done, lang.value), all: bytes_text(model.bytes, lang.value) }) : bytes_text(model.bytes_done, lang.value),
    model.bytes_s > 0 ? t("models.rate", { rate: bytes_text(model.bytes_s, lang.value) }) : "",
    remaining_text(model),
  ];
  return (
    <div class="model-progress">
      <Progress share={known ? model.progress : null} label={t("models.state_fetching")} />
      <p>{parts.filter((part) => part !== "").join(" · ")}</p>
    </div>
  );
}

/** The servers that answer with a model of an upstream, the preferred first. */
function Replicas({ model }: { model: Model }) {
  return (
    <section class="model-card">
      <h3>{t("models.replicas", { upstream: model.upstream ?? "" })}</h3>
      <dl>
        {model.replicas.map((replica) => (
          <div key={replica.address} data-health={replica.health}>
            <dt class="mono">{replica.address}</dt>
            <dd>
              <Icon name={replica.health === "up" ? "check" : replica.health === "down" ? "warning" : "clock"} size={16} />
              {t(`models.health_${replica.health}`)}
              {replica.resting && ` · ${t("models.resting")}`}
            </dd>
            {replica.problem && <dd class="quiet">{say(replica.problem)}</dd>}
          </div>
        ))}
      </dl>
    </section>
  );
}

function Adapters({ model }: { model: Model }) {
  if (model.adapters.length === 0) return null;
  return (
    <section class="model-card">
      <h3>{t("models.adapters")}</h3>
      <dl>
        {model.adapters.map((adapter) => (
          <div key={adapter.name} data-adapter={adapter.name}>
            <dt class="mono">{`${model.name}:${adapter.name}`}</dt>
            <dd>
              <Icon name={icons[adapter.state]} size={16} />
              {t(`models.state_${adapter.state}`)}
              {adapter.state === "ready" && ` · ${t("models.adapter_rank", { rank: adapter.rank })} · ${bytes_text(adapter.bytes, lang.value)}`}
            </dd>
            {adapter.problem && <dd class="quiet">{say(adapter.problem)}</dd>}
          </div>
        ))}
      </dl>
    </section>
  );
}

function card_name(key: string): string {
  const known = `card.${key}`;
  return has_message(known) ? t(known) : key.replaceAll(".", " · ").replaceAll("_", " ");
}

function card_value(row: CardRow): string {
  if (row.right !== null && row.of !== null) return t("card.right_of", { right: row.right, of: row.of });
  if (row.passed !== null) return t(row.passed ? "app.yes" : "app.no");
  if (typeof row.value === "string") return row.value;
  const value = row.value ?? 0;
  if (/bytes$/.test(row.key)) return bytes_text(value, lang.value);
  const number = number_text(value, lang.value, Number.isInteger(value) || value >= 100 ? 0 : 1);
  return /tok_s$/.test(row.key) ? `${number} ${t("system.tok_s")}` : number;
}

function Card({ model }: { model: Model }) {
  const rows = card_rows(model.card);
  if (rows.length === 0) return model.state === "ready" ? <p class="quiet">{t("models.no_card")}</p> : null;
  return (
    <section class="model-card">
      <h3>{t("models.card")}</h3>
      <dl>
        {rows.map((row) => (
          <div key={row.key}>
            <dt>{card_name(row.key)}</dt>
            <dd class={row.passed === false ? "quiet" : ""}>
              {row.passed !== null && <Icon name={row.passed ? "check" : "close"} size={16} />}
              {card_value(row)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function ModelPanel({ model, fetch_again }: { model: Model; fetch_again: () => void }) {
  return (
    <article class="panel model" data-model={model.name} data-state={model.state}>
      <header class="panel-head">
        <h2 class="model-name">{model.name}</h2>
        <span class={`state-pill model-${model.state}`}>
          <Icon name={icons[model.state]} size={16} />
          {model.upstream === null ? t(`models.state_${model.state}`) : t(`models.health_${upstream_health(model)}`)}
        </span>
      </header>
      {model.state === "fetching" && <Fetching model={model} />}
      {model.state === "loading" && model.upstream === null && (
        <div class="model-progress">
          <Progress share={model.progress > 0 ? model.progress : null} label={t("models.state_loading")} />
        </div>
      )}
      {model.state === "failed" && (
        <p class="model-problem">
          <Icon name="warning" size={16} />
          <span>{say(model.problem)}</span>
        </p>
      )}
      <dl class="facts">
        {model.bytes > 0 && (
          <>
            <dt>{t("models.size")}</dt>
            <dd>{bytes_text(model.bytes, lang.value)}</dd>
          </>
        )}
        {model.licence !== "" && (
          <>
            <dt>{t("models.licence")}</dt>
            <dd>{model.licence}</dd>
          </>
        )}
        {model.source !== "" && (
          <>
            <dt>{t("models.source")}</dt>
            <dd class="mono">{model.source}</dd>
          </>
        )}
      </dl>
      {model.upstream === null ? <Card model={model} /> : <Replicas model={model} />}
      <Adapters model={model} />
      {model.upstream === null && (model.state === "failed" || model.state === "absent") && (
        <Button icon={model.state === "failed" ? "retry" : "download"} onClick={fetch_again}>
          {model.state === "failed" ? t("app.retry") : t("models.fetch")}
        </Button>
      )}
      {model.state === "ready" && (
        <a class="button" href={href("/ask", { mode: "chat" })} onClick={() => choose_model(model.name)}>
          <Icon name="ask" />
          <span>{t("models.chat")}</span>
        </a>
      )}
    </article>
  );
}
