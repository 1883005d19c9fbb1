// What the models do now: tokens a second, batch, queue, cache and guesses.
import type { SystemStatus } from "~/lib/api_types";
import { number_text, percent_text } from "~/lib/format";
import { lang, t } from "~/lib/i18n/translate";
import { HistoryTrend } from "./history_trend";
import { Stat } from "./stat";

const count = (value: number) => number_text(value, lang.value, 0);

function Rate({ name, rate, hint }: { name: string; rate: number; hint: string }) {
  if (rate <= 0) return <Stat name={name} value={t("system.idle")} hint={hint} />;
  return <Stat name={name} value={number_text(rate, lang.value, rate < 100 ? 1 : 0)} unit={t("system.tok_s")} hint={hint} />;
}

function Share({ name, share, hint, none }: { name: string; share: number | null; hint: string; none: string }) {
  if (share === null) return <Stat name={name} value={number_text(null, lang.value)} hint={none} />;
  return <Stat name={name} value={percent_text(share, lang.value)} hint={hint} />;
}

export function Speed({ status }: { status: SystemStatus }) {
  const { generator, history } = status;
  const { mean_step_rows } = generator;
  const mean = mean_step_rows === null ? t("system.batch_idle") : t("system.batch_hint", { mean: number_text(mean_step_rows, lang.value, 1) });
  return (
    <section class="panel system-wide">
      <div class="panel-head">
        <h2>{t("system.speed")}</h2>
        <span class="quiet">{t("system.history")}</span>
      </div>
      <dl class="stats">
        <Rate name={t("system.decode")} rate={generator.decode_tok_s} hint={t("system.decode_hint", { n: count(generator.generated_tokens) })} />
        <Rate name={t("system.prefill")} rate={generator.prefill_tok_s} hint={t("system.prefill_hint", { n: count(generator.prompt_tokens) })} />
        <Stat name={t("system.batch")} value={count(generator.step_rows)} unit={t("system.rows", { n: generator.step_rows })} hint={mean} />
        <Stat name={t("system.waiting")} value={count(generator.waiting)} unit={t("system.requests", { n: generator.waiting })} hint={t("system.running", { n: count(generator.running) })} />
        <Share name={t("system.cached")} share={generator.cached_share} hint={t("system.cached_hint")} none={t("system.cached_none")} />
        <Share
          name={t("system.guessed")}
          share={generator.guessed_right_share}
          hint={t("system.guessed_hint", { n: count(generator.guessed_tokens) })}
          none={t("system.guessed_none")}
        />
      </dl>
      {generator.preempted > 0 && <p class="quiet">{t("system.preempted", { n: generator.preempted })}</p>}
      <HistoryTrend history={history} pick={(entry) => entry.decode_tok_s} name={t("system.decode")} unit={t("system.tok_s")} decimals={1} />
    </section>
  );
}
