import type { SystemStatus } from "~/lib/api_types";
import { bytes_text } from "~/lib/format";
import { lang, t } from "~/lib/i18n/translate";

/** What the memory is used for, as parts of one bar with their names beside it. */
export function MemoryBar({ memory, kv_used }: { memory: SystemStatus["memory"]; kv_used: number }) {
  const { rss_bytes, model_bytes } = memory;
  const rest = Math.max(0, rss_bytes - model_bytes - kv_used);
  const whole = Math.max(rss_bytes, model_bytes + kv_used, 1);
  const parts = [
    { key: "model", name: t("system.memory_model"), bytes: model_bytes },
    { key: "kv", name: t("system.memory_kv"), bytes: kv_used },
    { key: "rest", name: t("system.memory_rest"), bytes: rest },
  ];
  return (
    <div>
      <div class="memory-bar" aria-hidden="true">
        {parts.map((part) => (
          <div key={part.key} class={`memory-${part.key}`} style={{ width: `${(part.bytes / whole) * 100}%` }} />
        ))}
      </div>
      <dl class="memory-parts">
        {parts.map((part) => (
          <div key={part.key}>
            <dt>
              <span class={`memory-swatch memory-${part.key}`} />
              {part.name}
            </dt>
            <dd>{bytes_text(part.bytes, lang.value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
