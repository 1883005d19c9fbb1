// How much of what the machine has is in use, and of what exactly.
import type { SystemStatus } from "~/lib/api_types";
import { bytes_text, moment_text, number_text, percent_text } from "~/lib/format";
import { now_ms } from "~/lib/clock";
import { lang, t } from "~/lib/i18n/translate";
import { Meter } from "./meter";

/** "0 %" is nothing at all. */
function share_text(share: number | null): string {
  if (share === null) return number_text(null, lang.value);
  return share > 0 && share < 0.005 ? "< 1 %" : percent_text(share, lang.value);
}

function Share({ name, share, children }: { name: string; share: number | null; children: string[] }) {
  return (
    <div class="share">
      <dt>{name}</dt>
      <dd class="share-value">{share_text(share)}</dd>
      <dd>
        <Meter share={share} />
      </dd>
      {children.map((line) => (
        <dd class="stat-hint" key={line}>
          {line}
        </dd>
      ))}
    </div>
  );
}

function memory_lines({ machine, shares }: SystemStatus): string[] {
  if (!machine) return [t("system.unmeasured")];
  const language = lang.value;
  const rate = (gb_s: number | null) => number_text(gb_s, language, 1);
  return [
    t("system.bandwidth_hint", { rate: rate(shares.weights_gb_s), limit: rate(machine.memory_gb_s), time: moment_text(machine.measured_at_ms, now_ms.value, language) }),
    shares.memory !== null && shares.memory > 1 ? t("system.bandwidth_over") : t("system.bandwidth_note"),
    ...(machine.busy ? [t("system.measured_busy")] : []),
  ];
}

export function Shares({ status }: { status: SystemStatus }) {
  const { generator, shares } = status;
  const bytes = (value: number) => bytes_text(value, lang.value);
  const values = { used: bytes(generator.kv_bytes_used), all: bytes(generator.kv_bytes), cached: bytes(generator.kv_bytes_cached) };
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{t("system.shares")}</h2>
        <span class="quiet">{t("system.ten_seconds")}</span>
      </div>
      <dl class="shares">
        <Share name={t("system.bandwidth")} share={shares.memory}>
          {memory_lines(status)}
        </Share>
        <Share name={t("system.memory_kv")} share={shares.kv}>
          {[shares.kv === null ? t("system.kv_none") : t("system.kv_hint", values)]}
        </Share>
      </dl>
    </section>
  );
}
