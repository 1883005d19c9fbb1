// One request in full, beside the page: where its time went, what it read and wrote, how it ended.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "~/components/button";
import { CopyButton } from "~/components/copy_button";
import { ErrorNotice, Skeleton } from "~/components/notice";
import type { FinishedRequest } from "~/lib/api_types";
import { close_aside } from "~/lib/aside";
import { now_ms } from "~/lib/clock";
import { as_api_error, get_json, type ApiError } from "~/lib/fetch";
import { latency_text, moment_text, number_text, quantity_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { find_request } from "~/lib/live/request_store";
import { href } from "~/lib/url_state";
import { timeline_of } from "../state/timeline";
import { Ended } from "./ended";
import { PromptBar, RequestBar } from "./request_bar";
import "~/components/aside_panel.css";
import "~/components/panel.css";
import "./request_panel.css";

function prediction_text({ predicted_first_token_ms }: FinishedRequest, on_bar: boolean): string {
  if (predicted_first_token_ms === null) return t("request.not_predicted");
  const time = latency_text(predicted_first_token_ms, lang.value);
  return on_bar ? t("request.predicted", { time }) : t("request.predicted_late", { time });
}

function Times({ request }: { request: FinishedRequest }) {
  const language = lang.value;
  const names = { queue: t("request.queue"), prefill: t("request.prefill"), decode: t("request.decode") };
  const hints = {
    queue: t("request.queue_hint"),
    prefill: t("request.prefill_hint"),
    decode: request.decode_tok_s === null ? t("request.decode_hint") : t("request.decode_rate", { rate: number_text(request.decode_tok_s, language, 1) }),
  };
  const timeline = timeline_of(request);
  return (
    <section>
      <h3>{t("request.times")}</h3>
      <RequestBar request={request} />
      <dl class="request-parts">
        {timeline.parts.map(({ key, ms }) => (
          <div key={key}>
            <dt>
              <span class={`request-swatch request-${key}`} />
              {names[key]}
            </dt>
            <dd>{latency_text(ms, language)}</dd>
            <dd class="quiet">{hints[key]}</dd>
          </div>
        ))}
        <div>
          <dt>
            <span class={`request-swatch${timeline.predicted === null ? "" : " request-swatch-predicted"}`} />
            {t("request.first_token")}
          </dt>
          <dd>{request.first_token_ms === null ? t("request.no_token") : latency_text(request.first_token_ms, language)}</dd>
          <dd class="quiet">{prediction_text(request, timeline.predicted !== null)}</dd>
        </div>
      </dl>
      {request.answers > 1 && <p class="quiet">{t("request.answers", { n: request.answers })}</p>}
    </section>
  );
}

function Tokens({ request }: { request: FinishedRequest }) {
  const language = lang.value;
  const count = (tokens: number) => quantity_text(tokens, t("request.tokens"), language, 0);
  return (
    <section>
      <h3>{t("request.prompt")}</h3>
      <PromptBar request={request} />
      <dl class="request-parts">
        <div>
          <dt>{t("request.prompt_all")}</dt>
          <dd>{count(request.prompt_tokens)}</dd>
        </div>
        <div>
          <dt>
            <span class="request-swatch request-cached" />
            {t("request.cached")}
          </dt>
          <dd>{count(request.cached_prompt_tokens)}</dd>
          <dd class="quiet">{t("request.cached_hint")}</dd>
        </div>
        <div>
          <dt>{t("request.written")}</dt>
          <dd>{count(request.generated_tokens)}</dd>
        </div>
      </dl>
    </section>
  );
}

function Facts({ request }: { request: FinishedRequest }) {
  const language = lang.value;
  return (
    <dl class="facts">
      <dt>{t("request.ended")}</dt>
      <dd>
        <Ended request={request} />
        {request.problem && <p>{say(request.problem)}</p>}
      </dd>
      <dt>{t("request.received")}</dt>
      <dd>{moment_text(request.received_ms, now_ms.value, language)}</dd>
      <dt>{t("request.finished")}</dt>
      <dd>{moment_text(request.finished_ms, now_ms.value, language)}</dd>
      <dt>{t("request.total")}</dt>
      <dd>{latency_text(request.total_ms, language)}</dd>
      <dt>{t("request.model")}</dt>
      <dd>{request.model}</dd>
      <dt>{t("request.client")}</dt>
      <dd>{request.client}</dd>
      <dt>{t("request.priority")}</dt>
      <dd>{t(`request.priority_${request.priority}`)}</dd>
      <dt>{t("request.id")}</dt>
      <dd class="mono">{request.id}</dd>
    </dl>
  );
}

/** The request, from what is known already or from the server. */
function useRequest(id: string) {
  const known = find_request(id);
  const [fetched, set_fetched] = useState<FinishedRequest | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  const [attempt, set_attempt] = useState(0);
  useEffect(() => {
    if (known || fetched) return undefined;
    const stop = new AbortController();
    set_error(null);
    get_json<FinishedRequest>(`/api/requests/${encodeURIComponent(id)}`, { signal: stop.signal }).then(set_fetched, (thrown) => {
      if (!stop.signal.aborted) set_error(as_api_error(thrown));
    });
    return () => stop.abort();
  }, [id, attempt, known === undefined]);
  return { request: known ?? fetched, error, retry: () => set_attempt(attempt + 1) };
}

export function RequestPanel({ id }: { id: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { request, error, retry } = useRequest(id);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), [id]);
  return (
    <div class="request-panel" data-request={id}>
      <header class="aside-head">
        <h2 ref={heading} tabIndex={-1}>
          {t("request.title")}
        </h2>
        <span class="topbar-space" />
        <IconButton icon="close" label={t("app.close")} onClick={() => close_aside()} />
      </header>
      <div class="aside-body">
        {request && (
          <>
            <Times request={request} />
            <Tokens request={request} />
            <Facts request={request} />
            <div>
              <CopyButton icon="link" label={t("request.copy_link")} text={() => location.origin + href("/system", { request: id })} />
            </div>
            <p class="quiet">{t("request.privacy")}</p>
          </>
        )}
        {!request && error && <ErrorNotice error={error} {...(error.status === 404 ? { title: t("request.unknown") } : { retry })} />}
        {!request && !error && <Skeleton shapes={2} height="chart" />}
      </div>
    </div>
  );
}
