// One model: its state, how far a download is, where it comes from, and what it was measured to do.
import { Button } from "~/components/button";
import { Icon, type IconName } from "~/components/icon";
import { Progress } from "~/components/progress";
import type { Model, ModelState } from "~/lib/api_types";
import { bytes_text, duration_text, number_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { card_rows, type CardValue } from "~/lib/model_card";
import { href } from "~/lib/url_state";
import "./models.css";

const icons: Record<ModelState, IconName> = {
  absent: "close",
  fetching: "download",
  loading: "clock",
  ready: "check",
  failed: "warning",
};

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

function card_text(value: CardValue, name: string): string {
  if (typeof value === "boolean") return t(value ? "app.yes" : "app.no");
  if (typeof value === "string") return value;
  if (/bytes$/.test(name)) return bytes_text(value, lang.value);
  if (Number.isInteger(value)) return number_text(value, lang.value, 0);
  return number_text(value, lang.value);
}

function Card({ model }: { model: Model }) {
  const rows = card_rows(model.card);
  if (rows.length === 0) return model.state === "ready" ? <p class="quiet">{t("models.no_card")}</p> : null;
  return (
    <section class="model-card">
      <h3>{t("models.card")}</h3>
      <dl>
        {rows.map(({ name, value }) => (
          <div key={name.join(".")}>
            <dt>{name.map((part) => part.replaceAll("_", " ")).join(" · ")}</dt>
            <dd>
              {typeof value === "boolean" && <Icon name={value ? "check" : "close"} size={16} />}
              {card_text(value, name[name.length - 1] ?? "")}
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
          {t(`models.state_${model.state}`)}
        </span>
      </header>
      {model.state === "fetching" && <Fetching model={model} />}
      {model.state === "loading" && (
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
      <Card model={model} />
      {(model.state === "failed" || model.state === "absent") && (
        <Button icon={model.state === "failed" ? "retry" : "download"} onClick={fetch_again}>
          {model.state === "failed" ? t("app.retry") : t("models.fetch")}
        </Button>
      )}
      {model.state === "ready" && (
        <a class="button" href={href("/ask", { mode: "chat" })}>
          <Icon name="ask" />
          <span>{t("models.chat")}</span>
        </a>
      )}
    </article>
  );
}
