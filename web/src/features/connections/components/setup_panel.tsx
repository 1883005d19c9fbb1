// For administrators: what the plant is connected to, and adding to it. The server says what is wrong, at its field.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import type { ApiError } from "~/lib/fetch";
import { as_api_error } from "~/lib/fetch";
import { useOrder } from "~/lib/hooks";
import { has_message, say, t } from "~/lib/i18n/translate";
import type { Setup, SetupView } from "~/lib/setup_types";
import { read_setup, replace_setup } from "../api/setup";
import { broker_name, console_kinds, draft_of, empty_setup, without, type Draft } from "../state/draft";
import { AuthorityFacts } from "./authority_field";
import { SetupForm } from "./setup_form";
import "./setup.css";

/** Asks until the plant runs with what was saved, or the server says why it does not. */
async function until_started(): Promise<SetupView> {
  for (let attempt = 0; ; attempt += 1) {
    await new Promise((done) => setTimeout(done, attempt < 10 ? 500 : 2000));
    try {
      const now = await read_setup();
      if (now.running || now.problem) return now;
    } catch (thrown) {
      const problem = as_api_error(thrown); // while it starts anew, nobody answers
      if (problem.status !== 0 || attempt >= 60) throw problem;
    }
  }
}

interface Listed {
  name: string;
  kind: string;
  address: string;
}

function listed(setup: Setup | null): Listed[] {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const list = (setup?.connectors ?? []).map((each) => ({ name: each.name, kind: each.kind, address: text(each.address) || text(each.endpoint) || text(each.broker) }));
  return setup?.broker ? [...list, { name: broker_name, kind: "mqtt", address: setup.broker.address }] : list;
}

function kind_text(kind: string): string {
  const key = `connector.kind_${kind}`;
  return has_message(key) ? t(key) : kind;
}

export function SetupPanel() {
  const [view, set_view] = useState<SetupView | null>(null);
  const [failed, set_failed] = useState<ApiError | null>(null);
  const [open, set_open] = useState<Draft | "new" | null>(null);
  const [removing, set_removing] = useState<string | null>(null);
  const [told, set_told] = useState<"saved" | "starting" | null>(null);
  const remove = useOrder();
  const load = () =>
    read_setup().then(
      (now) => {
        set_view(now);
        set_failed(null);
      },
      (thrown: unknown) => set_failed(as_api_error(thrown)),
    );
  useEffect(() => void load(), []);
  if (failed) return <ErrorNotice compact error={failed} retry={() => void load()} />;
  if (!view) return <Skeleton shapes={1} height="row" />;
  const base = view.setup ?? empty_setup(t("setup.first_line_en"), t("setup.first_line_zh"));

  const save = async (next: Setup) => {
    await replace_setup(next, view.version);
    set_open(null);
    set_removing(null);
    set_told("starting");
    try {
      const now = await until_started();
      set_view(now);
      set_told(now.problem ? null : "saved");
    } catch (thrown) {
      set_told(null);
      set_failed(as_api_error(thrown));
    }
  };

  const list = listed(view.setup);
  return (
    <section class="panel setup" aria-label={t("setup.title")}>
      <h2>{t("setup.title")}</h2>
      {view.why && <p class="quiet">{say(view.why)}</p>}
      {view.problem && <Notice compact icon="warning" tone="amber" title={t("setup.problem")} hint={say(view.problem)} />}
      <p role="status" class="setup-status">
        {told === "starting" ? t("setup.starting") : told === "saved" ? t("setup.saved") : ""}
      </p>
      {view.editable && told !== "starting" && (
        <>
          <ul class="setup-list">
            {list.map((each) => (
              <li key={each.name} data-setup={each.name}>
                <span class="setup-name">{each.name}</span>
                <span class="quiet">{`${kind_text(each.kind)} · ${each.address}`}</span>
                {view.authorities[each.name] && <AuthorityFacts list={view.authorities[each.name] ?? []} />}
                {console_kinds.some((known) => known === each.kind) && (
                  <Button small icon="pen" aria-label={t("setup.change_of", { name: each.name })} onClick={() => set_open(draft_of(base, each.name))}>
                    {t("setup.change")}
                  </Button>
                )}
                <Button small icon="close" aria-label={t("setup.remove_of", { name: each.name })} onClick={() => set_removing(each.name)}>
                  {t("setup.remove")}
                </Button>
              </li>
            ))}
          </ul>
          {removing !== null && (
            <form
              class="form form-sunken"
              aria-label={t("setup.remove_of", { name: removing })}
              onSubmit={(event) => {
                event.preventDefault();
                void remove.run(() => save(without(base, removing)));
              }}
            >
              <p>{t("setup.remove_what", { name: removing })}</p>
              {remove.problem && <ErrorNotice compact error={remove.problem} />}
              <div class="form-actions">
                <Button type="submit" kind="strong" disabled={remove.busy}>
                  {t("setup.remove")}
                </Button>
                <Button onClick={() => set_removing(null)}>{t("people.cancel")}</Button>
              </div>
            </form>
          )}
          {open === null ? (
            <Button
              icon="plus"
              kind="strong"
              onClick={() => {
                set_told(null);
                set_open("new");
              }}
            >
              {t("setup.add")}
            </Button>
          ) : (
            <SetupForm key={open === "new" ? "" : open.name} view={view} base={base} from={open === "new" ? null : open} save={save} cancel={() => set_open(null)} />
          )}
        </>
      )}
    </section>
  );
}
