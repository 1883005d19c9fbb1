// One's own password and second factor.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { CopyButton } from "~/components/copy_button";
import { Field, problem_of } from "~/components/field";
import { Notice } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { QrCode } from "~/components/qr_code";
import type { TotpOffer } from "~/lib/admin_types";
import { useOrder } from "~/lib/hooks";
import { t } from "~/lib/i18n/translate";
import { session } from "~/lib/session";
import { confirm_totp, offer_totp } from "../api/people";
import { OwnPasswordForm } from "./own_password_form";
import { OwnPasswordField } from "./password_fields";
import "~/components/field.css";
import { FormActions, FormProblem } from "~/components/form_parts";
import "~/components/panel.css";
import "./people.css";

/** Groups of four, as apps show and people read them. */
const grouped = (secret: string) => secret.replace(/(.{4})(?=.)/g, "$1 ");

function Offer({ offer, done, cancel }: { offer: TotpOffer; done: () => void; cancel: () => void }) {
  const [code, set_code] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form"
      aria-label={t("account.totp")}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await confirm_totp(code.replace(/\s/g, ""));
          done();
        });
      }}
    >
      <p>{t("account.totp_secret")}</p>
      <QrCode text={offer.uri} label={t("account.qr")} />
      <p class="told-once-secret mono" data-secret>
        {grouped(offer.secret)}
      </p>
      <p>
        <a class="button button-plain" href={offer.uri}>
          {t("account.totp_open")}
        </a>
      </p>
      <p>{t("account.recovery")}</p>
      <ol class="recovery mono">
        {offer.recovery_codes.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ol>
      <CopyButton text={() => offer.recovery_codes.join("\n")} label={t("account.copy_codes")} />
      <Field label={t("account.code")} hint={t("account.code_hint")} problem={problem_of(problem, "code")}>
        {(input) => <input {...input} class="text-input" value={code} inputMode="numeric" autocomplete="one-time-code" required maxLength={12} onInput={(event) => set_code(event.currentTarget.value)} />}
      </Field>
      <FormProblem problem={problem} at_fields={["code"]} />
      <FormActions go={t("account.totp_on")} busy={busy} cancel={cancel} />
    </form>
  );
}

function SecondFactor() {
  const [step, set_step] = useState<"" | "password" | "done">("");
  const [offer, set_offer] = useState<TotpOffer | null>(null);
  const [own, set_own] = useState("");
  const { busy, problem, run } = useOrder();
  const close = () => {
    set_step("");
    set_offer(null);
    set_own("");
  };
  if (offer) {
    return (
      <Offer
        offer={offer}
        cancel={close}
        done={() => {
          close();
          set_step("done");
        }}
      />
    );
  }
  if (step === "done") {
    return (
      <div role="status">
        <Notice compact icon="check_circle" title={t("account.totp_done")} />
      </div>
    );
  }
  if (step === "") {
    return (
      <>
        <p>{t("account.totp_hint")}</p>
        <div class="form-actions">
          <Button icon="key" onClick={() => set_step("password")}>
            {t("account.totp_begin")}
          </Button>
        </div>
      </>
    );
  }
  return (
    <form
      class="form"
      aria-label={t("account.totp")}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => set_offer(await offer_totp(own)));
      }}
    >
      <OwnPasswordField value={own} on_change={set_own} problem={problem} />
      <FormProblem problem={problem} at_fields={["own_password"]} />
      <FormActions go={t("account.totp_go_on")} busy={busy} cancel={close} />
    </form>
  );
}

export function AccountPage() {
  const [changed, set_changed] = useState(false);
  const who = session.value?.who;
  if (session.value?.state !== "in" || who?.kind !== "person" || who.name === "local") {
    return <Notice icon="key" title={t("account.nobody")} hint={t("account.nobody_hint")} />;
  }
  return (
    <div class="people-page">
      <PageHead title={t("account.title")} summary={t("who.menu", { name: who.name })} />
      <section class="panel form" aria-labelledby="account-password">
        <h2 id="account-password">{t("account.password")}</h2>
        {changed && (
          <div role="status">
            <Notice compact icon="check_circle" title={t("account.changed")} />
          </div>
        )}
        <OwnPasswordForm done={() => set_changed(true)} />
      </section>
      <section class="panel form" aria-labelledby="account-totp">
        <h2 id="account-totp">{t("account.totp")}</h2>
        <SecondFactor />
      </section>
    </div>
  );
}
