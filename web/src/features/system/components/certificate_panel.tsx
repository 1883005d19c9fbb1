// What the server proves itself with, and until when.
import { Notice } from "~/components/notice";
import type { Certificate } from "~/lib/api_types";
import { date_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import "~/components/panel.css";

/** 64 digits in groups, as a browser's own page about a certificate has them. */
function grouped(sha256: string): string {
  return sha256.match(/.{1,4}/g)?.join(" ") ?? sha256;
}

export function CertificatePanel({ certificate }: { certificate: Certificate }) {
  const { state, from_ms, until_ms } = certificate;
  const days = Math.floor((until_ms - Date.now()) / 86_400_000);
  return (
    <section class="panel" aria-labelledby="certificate">
      <div class="panel-head">
        <h2 id="certificate">{t("system.certificate")}</h2>
      </div>
      {state === "expires_soon" && (
        <div class="system-problem">
          <Notice compact tone="amber" icon="warning" title={t("system.certificate_soon", { n: days })} hint={t("system.certificate_renew")} />
        </div>
      )}
      {(state === "expired" || state === "not_yet_valid") && (
        <div role="alert" class="system-problem">
          <Notice compact tone="red" icon="alarm" title={t(state === "expired" ? "system.certificate_expired" : "system.certificate_early")} hint={t("system.certificate_renew")} />
        </div>
      )}
      {certificate.newer_refused && (
        <div role="alert" class="system-problem">
          <Notice compact tone="red" icon="warning" title={t("system.certificate_refused")} hint={say(certificate.newer_refused)} />
        </div>
      )}
      <dl class="facts">
        <dt>{t("system.certificate_subject")}</dt>
        <dd>{certificate.subject}</dd>
        <dt>{t("system.certificate_from")}</dt>
        <dd>{date_text(from_ms, lang.value)}</dd>
        <dt>{t("system.certificate_until")}</dt>
        <dd>{date_text(until_ms, lang.value)}</dd>
        <dt>SHA-256</dt>
        <dd class="mono">{grouped(certificate.sha256)}</dd>
      </dl>
    </section>
  );
}
