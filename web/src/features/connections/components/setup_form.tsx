// A connection in three steps: where it is, what of it, and what will be saved.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Tick } from "~/components/field";
import { ErrorNotice, Notice } from "~/components/notice";
import { error_text } from "~/lib/error_text";
import type { ApiError } from "~/lib/fetch";
import { useOrder } from "~/lib/hooks";
import { t } from "~/lib/i18n/translate";
import type { Authority, Setup, SetupSight, SetupView } from "~/lib/setup_types";
import { look_at } from "../api/setup";
import { console_kinds, draft_of, look_of, new_draft, place_of, register_row, rows_seen, speaks_tls, unit_undecided, with_draft, type Draft, type Kind } from "../state/draft";
import { AuthorityField } from "./authority_field";
import { Choice, Input, PasswordInput, type Found } from "./setup_inputs";
import { RegisterRows, ValueRows } from "./setup_rows";

type Change = (changes: Partial<Draft>) => void;

interface StepProps {
  draft: Draft;
  change: Change;
  found: Found;
}

const at_field = (found: Found, ...fields: string[]) => (found?.row === null && fields.includes(found.field) ? found.text : null);

const address_hints = { modbus_tcp: "setup.address_modbus", opcua: "setup.address_opcua", mqtt: "setup.address_mqtt", sparkplug: "setup.address_mqtt", kafka: "setup.address_kafka" } as const;

function SparkplugFields({ draft, change, found }: StepProps) {
  return (
    <>
      <Input label={t("setup.groups")} hint={t("setup.groups_hint")} value={draft.groups} on_input={(groups) => change({ groups })} problem={at_field(found, "groups")} />
      <Tick label={t("setup.rebirth")} checked={draft.rebirth} on_change={(rebirth) => change({ rebirth })} />
      <p class="quiet">{t("setup.rebirth_hint")}</p>
      <Input label={t("setup.host_id")} hint={t("setup.host_id_hint")} value={draft.host_id} on_input={(host_id) => change({ host_id })} problem={at_field(found, "host_id")} />
    </>
  );
}

function KafkaFields({ draft, change, found }: StepProps) {
  return (
    <>
      <Tick label={t("setup.tls")} checked={draft.tls} on_change={(tls) => change({ tls })} />
      <Choice label={t("setup.sasl")} hint={t("setup.sasl_hint")} value={draft.sasl} options={[["", t("setup.security_none")], "scram_sha256", "scram_sha512", "plain"]} on_choose={(sasl) => change({ sasl })} problem={at_field(found, "sasl")} />
    </>
  );
}

function LogInFields({ draft, change, found }: StepProps) {
  const kafka = draft.kind === "kafka";
  if (kafka && draft.sasl === "") return null;
  return (
    <>
      <Input label={t("setup.user")} hint={kafka ? undefined : t("setup.user_hint")} value={draft.user} on_input={(user) => change({ user })} problem={at_field(found, "user")} />
      {draft.user !== "" && <PasswordInput label={t("setup.password")} hint={draft.kept ? t("setup.password_kept") : undefined} value={draft.password} on_input={(password) => change({ password })} problem={at_field(found, "password", "password_file")} />}
    </>
  );
}

/** What the server told of the certificates that it has, unless they are changed here. */
function kept_authority(view: SetupView, draft: Draft): Authority[] | null {
  if (draft.original === null || draft.ca === "" || !view.setup || draft_of(view.setup, draft.original)?.ca !== draft.ca) return null;
  return view.authorities[draft.original] ?? null;
}

function WhereStep({ view, choose_kind, ...step }: StepProps & { view: SetupView; choose_kind: (kind: Kind) => void }) {
  const { draft, change, found } = step;
  const { kind } = draft;
  return (
    <>
      {draft.original === null && <Choice label={t("setup.kind")} value={kind} options={console_kinds.map((each) => [each, t(`connector.kind_${each}`)] as const)} on_choose={(chosen) => choose_kind(chosen as Kind)} problem={kind === "opcua" && !view.opcua ? t("setup.no_opcua") : null} />}
      {kind !== "mqtt" && <Input label={t("setup.name")} hint={t("setup.name_hint")} value={draft.name} required on_input={(name) => change({ name })} problem={at_field(found, "name")} />}
      <Input label={t("setup.address")} hint={t(address_hints[kind])} value={draft.address} required on_input={(address) => change({ address })} problem={at_field(found, "address")} />
      {kind === "modbus_tcp" && (
        <>
          <Input label={t("setup.modbus_unit")} hint={t("setup.modbus_unit_hint")} value={draft.unit} numeric on_input={(unit) => change({ unit })} problem={at_field(found, "unit")} />
          <RegisterRows draft={draft} on_rows={(rows) => change({ rows })} found={found} />
        </>
      )}
      {kind === "opcua" && (
        <Choice
          label={t("setup.security")}
          hint={t("setup.security_hint")}
          value={draft.security}
          options={[
            ["sign_and_encrypt", t("setup.security_both")],
            ["sign", t("setup.security_sign")],
            ["none", t("setup.security_none")],
          ]}
          on_choose={(security) => change({ security })}
          problem={at_field(found, "security")}
        />
      )}
      {kind === "sparkplug" && <SparkplugFields {...step} />}
      {kind === "kafka" && <KafkaFields {...step} />}
      {speaks_tls(draft) && <AuthorityField value={draft.ca} kept={kept_authority(view, draft)} on_change={(ca) => change({ ca })} problem={at_field(found, "ca")} />}
      {kind !== "modbus_tcp" && <LogInFields {...step} />}
    </>
  );
}

function MachineFields({ draft, change, found, base }: StepProps & { base: Setup }) {
  const lines = base.description.lines ?? [];
  return (
    <fieldset class="setup-machine">
      <legend>{t("setup.machine")}</legend>
      <Input label={t("setup.id")} hint={t("setup.machine_hint")} value={draft.machine} required on_input={(machine) => change({ machine })} problem={at_field(found, "machine")} />
      <Input label={t("setup.name_en")} value={draft.machine_en} on_input={(machine_en) => change({ machine_en })} />
      <Input label={t("setup.name_zh")} value={draft.machine_zh} on_input={(machine_zh) => change({ machine_zh })} />
      <Input label={t("setup.watchdog")} hint={t("setup.watchdog_hint")} numeric value={draft.watchdog_s} on_input={(watchdog_s) => change({ watchdog_s })} />
      {lines.length > 1 && (
        <Choice label={t("people.lines")} value={draft.line} options={lines.map((each) => each.id)} on_choose={(line) => change({ line })} />
      )}
    </fieldset>
  );
}

function ReviewStep({ draft, view }: { draft: Draft; view: SetupView }) {
  const chosen = draft.rows.filter((each) => each.chosen);
  return (
    <>
      {view.demo && <Notice compact icon="warning" tone="amber" title={t("setup.leaves_demo")} hint={t("setup.leaves_demo_hint")} />}
      <p>{t("setup.review", { n: chosen.length, name: draft.name, address: draft.address })}</p>
      <ul class="setup-review">
        {chosen.map((each, index) => (
          <li key={index}>
            {`${each.asset || draft.machine}/${each.tag} ${each.unit}`} <span class="quiet">{each.label}</span>
          </li>
        ))}
      </ul>
      <p class="quiet">{t("setup.restart_hint")}</p>
    </>
  );
}

type Step = "where" | "what" | "review";

export function SetupForm({ view, base, from, save, cancel }: { view: SetupView; base: Setup; from: Draft | null; save: (next: Setup) => Promise<void>; cancel: () => void }) {
  const [draft, set_draft] = useState<Draft>(from ?? { ...new_draft("modbus_tcp", base), rows: [register_row()] });
  const [step, set_step] = useState<Step>("where");
  const [cut, set_cut] = useState(false);
  const { busy, problem, run } = useOrder();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), [step]);
  const change: Change = (changes) => set_draft((now) => ({ ...now, ...changes }));
  const found = found_of(problem, draft, base);
  const look = () =>
    run(async () => {
      const sight: SetupSight = await look_at(look_of(draft));
      set_cut(sight.cut);
      change({ rows: rows_seen(draft, sight) });
      set_step("what");
    });
  const choose_kind = (kind: Kind) => set_draft(kind === "mqtt" && view.setup?.broker ? { ...new_draft(kind, base), address: view.setup.broker.address } : { ...new_draft(kind, base), name: kind === "mqtt" ? new_draft(kind, base).name : draft.name, rows: kind === "modbus_tcp" ? [register_row()] : [] });
  const second_broker = draft.kind === "mqtt" && draft.original === null && Boolean(view.setup?.broker);
  return (
    <form
      class="form form-sunken setup-form"
      aria-label={t("setup.add")}
      onSubmit={(event) => {
        event.preventDefault();
        if (step === "where") void look();
        else if (step === "what") set_step("review");
        else void run(() => save(with_draft(base, draft)));
      }}
    >
      <h3 ref={heading} tabIndex={-1}>
        {step === "where" ? t("setup.step_where") : step === "what" ? t("setup.step_what") : t("setup.step_review")}
      </h3>
      {step === "where" && <WhereStep draft={draft} change={change} found={found} view={view} choose_kind={choose_kind} />}
      {step === "where" && second_broker && <Notice compact icon="info" title={t("setup.one_broker")} />}
      {step === "what" && (
        <>
          <MachineFields draft={draft} change={change} found={found} base={base} />
          {cut && <p class="quiet">{t("setup.cut")}</p>}
          <ValueRows draft={draft} base={base} on_rows={(rows) => change({ rows })} found={found} />
        </>
      )}
      {step === "review" && <ReviewStep draft={draft} view={view} />}
      {problem && (step === "review" || !found || (found.row === null && found.field === "")) && <ErrorNotice compact error={problem} />}
      <div class="form-actions">
        <Button type="submit" kind="strong" disabled={busy || second_broker || (step === "what" && (!draft.rows.some((each) => each.chosen) || draft.rows.some(unit_undecided)))}>
          {busy ? t(step === "where" ? "setup.looking" : "people.busy") : step === "where" ? t("setup.look") : step === "what" ? t("setup.to_review") : t("setup.save")}
        </Button>
        {step === "where" && draft.rows.length > 0 && draft.original !== null && <Button onClick={() => set_step("what")}>{t("setup.without_look")}</Button>}
        {step !== "where" && <Button onClick={() => set_step(step === "review" ? "what" : "where")}>{t("setup.back")}</Button>}
        <Button onClick={cancel}>{t("people.cancel")}</Button>
      </div>
    </form>
  );
}

function found_of(problem: ApiError | null, draft: Draft, base: Setup): Found {
  if (!problem?.param?.startsWith("/")) return null;
  return { ...place_of(problem.param, draft, with_draft(base, draft)), text: error_text(problem) };
}
