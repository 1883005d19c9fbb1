// The certificates of those whom we talk to: whose ends soon stands first.
import { CertificateEnd } from "~/components/connector_state";
import type { WatchedCertificate } from "~/lib/api_types";
import { date_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import "~/components/panel.css";
import "./connections_panel.css";

function State({ of }: { of: WatchedCertificate }) {
  return (
    <>
      {of.state === "not_yet_valid" && t("system.certificate_not_yet")}
      {of.until_ms === null ? t("system.certificate_unseen") : <CertificateEnd expires_ms={of.until_ms} well={date_text(of.until_ms, lang.value)} />}
      {of.problem && <span class="quiet">{say(of.problem)}</span>}
    </>
  );
}

export function WatchedPanel({ certificates }: { certificates: WatchedCertificate[] }) {
  const first = [...certificates].sort((a, b) => (a.until_ms ?? Infinity) - (b.until_ms ?? Infinity));
  return (
    <section class="panel" aria-labelledby="certificates">
      <div class="panel-head">
        <h2 id="certificates">{t("system.certificates")}</h2>
      </div>
      <table class="connectors" aria-labelledby="certificates">
        <tbody>
          {first.map((each) => (
            <tr key={`${each.kind}/${each.name}/${each.address}`} data-certificate={each.name} data-state={each.state}>
              <th scope="row">
                <b>{`${t(`system.met_${each.kind}`)} · ${each.name}`}</b>
                <span class="quiet">{each.subject ? `${each.address} · ${each.subject}` : each.address}</span>
              </th>
              <td class="connector-problems">
                <State of={each} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
