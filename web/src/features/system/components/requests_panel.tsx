// The last finished requests as a table; a row opens the request's timeline beside the page, and
// its address can be sent to somebody.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Icon } from "~/components/icon";
import { ErrorNotice } from "~/components/notice";
import type { FinishedRequest } from "~/lib/api_types";
import { now_ms } from "~/lib/clock";
import { latency_text, moment_text, number_text } from "~/lib/format";
import { lang, t } from "~/lib/i18n/translate";
import { load_requests, requests } from "~/lib/live/request_store";
import { query } from "~/lib/router";
import { href } from "~/lib/url_state";
import { Ended } from "./ended";
import { RequestBar } from "./request_bar";
import "./requests_panel.css";

const shown_first = 12;

function Row({ request, open }: { request: FinishedRequest; open: boolean }) {
  const language = lang.value;
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    // The column beside the page makes the page narrower and longer: the row stays in view.
    const timer = setTimeout(() => row.current?.scrollIntoView({ block: "nearest" }), 50);
    return () => clearTimeout(timer);
  }, [open]);
  return (
    <tr ref={row} class={open ? "request-open" : ""} data-request-row={request.id}>
      <th scope="row">
        <a href={href("/system", { ...query.value, request: request.id })} aria-current={open ? "true" : undefined}>
          {moment_text(request.finished_ms, now_ms.value, language)}
        </a>
      </th>
      <td class="request-wide">{request.model}</td>
      <td class="request-wide">{request.client}</td>
      <td class="request-middle request-number">{number_text(request.prompt_tokens, language, 0)}</td>
      <td class="request-middle request-number">{number_text(request.generated_tokens, language, 0)}</td>
      <td class="request-middle request-number">{latency_text(request.first_token_ms, language)}</td>
      <td class="request-number">{latency_text(request.total_ms, language)}</td>
      <td class="request-bar-cell">
        <RequestBar small request={request} />
      </td>
      <td>
        <Ended request={request} />
      </td>
      <td class="request-door">
        <Icon name="next" size={16} />
      </td>
    </tr>
  );
}

/** What the parts of the small bars are. */
function Legend() {
  return (
    <p class="request-legend">
      <span>
        <span class="request-swatch request-queue" />
        {t("request.queue")}
      </span>
      <span>
        <span class="request-swatch request-prefill" />
        {t("request.prefill")}
      </span>
      <span>
        <span class="request-swatch request-decode" />
        {t("request.decode")}
      </span>
    </p>
  );
}

function Table({ list }: { list: FinishedRequest[] }) {
  const open = query.value.request;
  return (
    <table class="requests" aria-labelledby="requests">
      <thead>
        <tr>
          <th scope="col">{t("request.finished")}</th>
          <th scope="col" class="request-wide">
            {t("request.model")}
          </th>
          <th scope="col" class="request-wide">
            {t("request.client")}
          </th>
          <th scope="col" class="request-middle request-number">
            {t("request.prompt_tokens")}
          </th>
          <th scope="col" class="request-middle request-number">
            {t("request.written_tokens")}
          </th>
          <th scope="col" class="request-middle request-number">
            {t("request.first_token")}
          </th>
          <th scope="col" class="request-number">
            {t("request.total")}
          </th>
          <th scope="col" class="request-bar-cell">
            {t("request.times")}
          </th>
          <th scope="col">{t("request.ended")}</th>
          <td class="request-door" />
        </tr>
      </thead>
      <tbody>
        {list.map((request) => (
          <Row key={request.id} request={request} open={request.id === open} />
        ))}
      </tbody>
    </table>
  );
}

export function RequestsPanel() {
  const { data, error } = requests.value;
  const all = data?.requests ?? [];
  const body = useRef<HTMLDivElement>(null);
  // While somebody points at a row or stands on it, rows stay where they are.
  const [held, set_held] = useState<FinishedRequest[] | null>(null);
  const [whole, set_whole] = useState(false);
  useEffect(() => void load_requests(), []);

  const hold = () => set_held((before) => before ?? all);
  const release = (still_inside: boolean) => {
    if (!still_inside) set_held(null);
  };
  const list = held ?? all;
  const newer = held ? all.findIndex((request) => request.id === held[0]?.id) : 0;
  return (
    <section class="panel system-row">
      <div class="panel-head">
        <h2 id="requests">{t("request.list")}</h2>
        <span class="quiet" role="status">
          {newer > 0 ? t("request.newer", { n: newer }) : ""}
        </span>
      </div>
      <p class="quiet request-note">{t("request.list_hint")}</p>
      {error && all.length === 0 && <ErrorNotice compact error={error} retry={() => void load_requests()} />}
      {data && all.length === 0 && <p class="quiet">{t("request.none")}</p>}
      {list.length > 0 && (
        <div
          class="requests-body"
          ref={body}
          onPointerEnter={hold}
          onPointerLeave={() => release(body.current?.contains(document.activeElement) ?? false)}
          onFocusIn={hold}
          onFocusOut={(event) => release(body.current?.contains(event.relatedTarget as Node | null) || body.current?.matches(":hover") || false)}
        >
          <Legend />
          <Table list={whole ? list : list.slice(0, shown_first)} />
        </div>
      )}
      {list.length > shown_first && (
        <Button kind="quiet" small icon={whole ? "up" : "down"} onClick={() => set_whole(!whole)}>
          {whole ? t("request.fewer") : t("request.all", { n: list.length })}
        </Button>
      )}
    </section>
  );
}
