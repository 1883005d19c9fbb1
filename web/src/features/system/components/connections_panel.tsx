// Connections: every way in for samples, whether it works, since when, and what went wrong last.
import { CertificateEnd, ClockSkew, ConnectorState } from "~/components/connector_state";
import type { Connector } from "~/lib/api_types";
import { now_ms } from "~/lib/clock";
import { moment_text, number_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { connectors } from "~/lib/live/plant_store";
import { link } from "~/lib/router";
import "./connections_panel.css";

function Problem({ connector }: { connector: Connector }) {
  if (!connector.problem || connector.problem_ms === null) return null;
  const time = moment_text(connector.problem_ms, now_ms.value, lang.value);
  return (
    <p class={connector.state === "failed" ? "connector-problem" : "quiet"}>
      {t("connector.problem", { time, problem: say(connector.problem) })}
    </p>
  );
}

function Row({ connector }: { connector: Connector }) {
  const language = lang.value;
  return (
    <tr data-connector={connector.name}>
      <th scope="row">
        <b>{connector.name}</b>
        <span class="quiet">{`${t(`connector.kind_${connector.kind}`)} · ${connector.address}`}</span>
      </th>
      <td>
        <ConnectorState state={connector.state} />
        <span class="quiet">{t("connector.since", { time: moment_text(connector.since_ms, now_ms.value, language) })}</span>
      </td>
      <td class="connector-number">{number_text(connector.samples_s, language, connector.samples_s < 100 ? 1 : 0)}</td>
      <td class="connector-number connector-wide">{number_text(connector.samples, language, 0)}</td>
      <td class="connector-number connector-wide">{number_text(connector.refused, language, 0)}</td>
      <td class="connector-number connector-wide">{connector.backlog === null ? "–" : number_text(connector.backlog, language, 0)}</td>
      <td class="connector-wide">{connector.last_sample_ms === null ? "–" : moment_text(connector.last_sample_ms, now_ms.value, language)}</td>
      <td class="connector-problems">
        <Problem connector={connector} />
        <ClockSkew skew_ms={connector.skew_ms} />
        <CertificateEnd expires_ms={connector.certificate_expires_ms} />
      </td>
    </tr>
  );
}

export function ConnectionsPanel() {
  const list = connectors.value;
  return (
    <section class="panel system-row">
      <div class="panel-head">
        <h2 id="connections">
          <a href={link("/connections")}>{t("connector.title")}</a>
        </h2>
      </div>
      {list.length === 0 && <p class="quiet">{t("connector.none")}</p>}
      {list.length > 0 && (
        <div class="connectors-body">
          <table class="connectors" aria-labelledby="connections">
            <thead>
              <tr>
                <th scope="col">{t("connector.name")}</th>
                <th scope="col">{t("connector.state")}</th>
                <th scope="col" class="connector-number">
                  {t("system.samples_s")}
                </th>
                <th scope="col" class="connector-number connector-wide">
                  {t("connector.samples")}
                </th>
                <th scope="col" class="connector-number connector-wide">
                  {t("connector.refused")}
                </th>
                <th scope="col" class="connector-number connector-wide">
                  {t("connector.backlog")}
                </th>
                <th scope="col" class="connector-wide">
                  {t("connector.last_sample")}
                </th>
                <th scope="col">{t("connector.last_problem")}</th>
              </tr>
            </thead>
            <tbody>
              {list.map((connector) => (
                <Row key={connector.name} connector={connector} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
