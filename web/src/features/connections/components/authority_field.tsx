// The certificate of a private authority: pasted or out of a file, shown with its end, taken away again.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { CertificateEnd } from "~/components/connector_state";
import { Field } from "~/components/field";
import { t } from "~/lib/i18n/translate";
import type { Authority } from "~/lib/setup_types";

const most_bytes = 65_536; // as the server takes

/** Of whom it is and until when, with the year: authorities stand for long. */
export function AuthorityFacts({ list }: { list: Authority[] }) {
  return (
    <ul class="setup-review">
      {list.map((each) => (
        <li key={each.sha256}>
          {t("setup.ca_of", { subject: each.subject, day: new Date(each.expires_ms).toISOString().slice(0, 10) })} <CertificateEnd expires_ms={each.expires_ms} />
        </li>
      ))}
    </ul>
  );
}

interface AuthorityProps {
  value: string;
  kept: Authority[] | null; // what the server has, as long as it is that
  on_change: (pem: string) => void;
  problem: string | null;
}

export function AuthorityField({ value, kept, on_change, problem }: AuthorityProps) {
  const [refused, set_refused] = useState<string | null>(null);
  const take = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file) return;
    set_refused(file.size > most_bytes ? t("setup.ca_large") : null);
    if (file.size <= most_bytes) on_change(await file.text());
  };
  if (kept) {
    return (
      <div role="group" aria-label={t("setup.ca")}>
        <p class="setup-name">{t("setup.ca")}</p>
        <AuthorityFacts list={kept} />
        <Button icon="close" onClick={() => on_change("")}>
          {t("setup.ca_remove")}
        </Button>
      </div>
    );
  }
  return (
    <>
      <Field label={t("setup.ca")} hint={t("setup.ca_hint")} problem={problem}>
        {(input) => <textarea {...input} class="text-input setup-ca" rows={4} value={value} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => on_change(event.currentTarget.value)} />}
      </Field>
      <Field label={t("setup.ca_file")} problem={refused}>
        {(input) => <input {...input} type="file" class="file-input" accept=".pem,.crt,.cer,application/x-pem-file" onChange={(event) => void take(event.currentTarget)} />}
      </Field>
    </>
  );
}
