// Models: what is on this machine, what it can do, and how to get more.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { t } from "~/lib/i18n/translate";
import { load_models, models } from "~/lib/live/system_store";
import { pull_model } from "../api/pull";
import { ModelPanel } from "./model_panel";
import "~/components/panel.css";

const default_model = "smollm2-135m-instruct";

export function ModelsPage() {
  const { data, error } = models.value;
  const [source, set_source] = useState("");
  const [started, set_started] = useState("");
  const [problem, set_problem] = useState<ApiError | null>(null);

  const pull = async (wanted: string) => {
    set_problem(null);
    set_started("");
    try {
      await pull_model(wanted);
      set_started(wanted);
      set_source("");
      await load_models();
    } catch (thrown) {
      set_problem(as_api_error(thrown));
    }
  };

  const list = data?.models ?? [];
  const here = list.filter((model) => model.upstream === null).length;
  return (
    <div class="models-page">
      <PageHead title={t("models.title")} summary={list.length > 0 && t("models.summary", { n: here })} />
      {!data && error && <ErrorNotice error={error} retry={() => void load_models()} />}
      {!data && !error && <Skeleton shapes={2} height="chart" />}
      {data && list.length === 0 && (
        <Notice icon="models" title={t("models.empty")} hint={t("models.empty_hint")}>
          <Button kind="strong" icon="download" onClick={() => void pull(default_model)}>
            {t("models.get_default")}
          </Button>
          <p class="quiet">{t("models.default_facts")}</p>
        </Notice>
      )}
      {list.map((model) => (
        <ModelPanel key={model.name} model={model} fetch_again={() => void pull(model.source || model.name)} />
      ))}
      {data && (
        <form
          class="panel pull-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (source.trim() !== "") void pull(source.trim());
          }}
        >
          <h2>
            <label for="pull-source">{t("models.pull")}</label>
          </h2>
          <div class="pull-row">
            <input
              id="pull-source"
              value={source}
              placeholder={default_model}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              aria-label={t("models.pull_label")}
              aria-describedby="pull-hint"
              onInput={(event) => set_source(event.currentTarget.value)}
            />
            <Button type="submit" icon="download" disabled={source.trim() === ""}>
              {t("models.pull_go")}
            </Button>
          </div>
          <p class="quiet" id="pull-hint">
            {t("models.pull_hint")}
          </p>
          <p role="status">{started !== "" && t("models.pull_started", { source: started })}</p>
          {problem && <ErrorNotice compact error={problem} />}
        </form>
      )}
    </div>
  );
}
