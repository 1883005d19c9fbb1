// The batches of a machine over the screen's time range, the latest first, with what is doubtful of
// each.
import { Icon } from "~/components/icon";
import type { Asset } from "~/lib/api_types";
import type { Batch, BatchList } from "~/lib/batch_types";
import { now_ms } from "~/lib/clock";
import { duration_text, moment_text } from "~/lib/format";
import { lang, say, say_title, t } from "~/lib/i18n/translate";
import "./batches_panel.css";

function count(value: number | null): string {
  return value === null ? "–" : value.toLocaleString(lang.value, { maximumFractionDigits: 0 });
}

function Row({ batch }: { batch: Batch }) {
  const language = lang.value;
  const end_ms = batch.end_ms ?? now_ms.value;
  return (
    <>
      <tr data-batch={batch.batch}>
        <th scope="row">{batch.batch}</th>
        <td>{say(batch.product_name) || batch.product || "–"}</td>
        <td class="nowrap">{moment_text(batch.start_ms, now_ms.value, language)}</td>
        <td class="nowrap">
          {batch.end_ms === null ? t("batches.running") : moment_text(batch.end_ms, now_ms.value, language)} <span class="quiet">{duration_text(end_ms - batch.start_ms, language)}</span>
        </td>
        <td class="batch-number">{count(batch.parts)}</td>
        <td class="batch-number">{count(batch.good)}</td>
        <td class="batch-number">{batch.oee === null ? "–" : `${(batch.oee * 100).toLocaleString(language, { maximumFractionDigits: 1 })} %`}</td>
      </tr>
      {(batch.doubts.length > 0 || batch.told_by !== "") && (
        <tr class="batch-notes">
          <td colSpan={7}>
            {batch.told_by !== "" && <span class="quiet">{t("batches.told_by", { name: batch.told_by })}</span>}
            {batch.doubts.map((doubt) => (
              <span key={doubt.code} class="batch-doubt">
                <Icon name="question" size={16} /> {say_title(doubt.text)}
              </span>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}

export function BatchesPanel({ asset, list }: { asset: Asset; list: BatchList }) {
  const latest_first = [...list.batches].reverse();
  return (
    <section class="panel batches-panel" aria-label={t("batches.label", { name: say(asset.name) })}>
      <h2>{t("batches.title")}</h2>
      <div class="batches-scroll">
        <table>
          <thead>
            <tr>
              {[t("batches.number"), t("batches.product"), t("batches.start"), t("batches.end"), t("batches.parts"), t("batches.good"), t("oee.title")].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {latest_first.map((batch) => (
              <Row key={`${batch.start_ms} ${batch.batch}`} batch={batch} />
            ))}
          </tbody>
        </table>
      </div>
      {list.cut && <p class="quiet">{t("batches.cut")}</p>}
    </section>
  );
}
