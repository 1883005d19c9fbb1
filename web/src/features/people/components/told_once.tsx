// A secret that the server tells once: it stays until whoever reads it says that it is kept.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "~/components/button";
import { CopyButton } from "~/components/copy_button";
import { Icon } from "~/components/icon";
import { t } from "~/lib/i18n/translate";

export function ToldOnce({ title, secret, kept, children }: { title: string; secret: string; kept: () => void; children?: ComponentChildren }) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  return (
    <section class="panel told-once" ref={box} tabIndex={-1} aria-label={title}>
      <h2>
        <Icon name="key" /> {title}
      </h2>
      <p class="told-once-secret mono" data-secret>
        {secret}
      </p>
      {children}
      <p>{t("people.told_once")}</p>
      <div class="form-actions">
        <CopyButton text={() => secret} label={t("people.copy")} />
        <Button icon="check" onClick={kept}>
          {t("people.kept")}
        </Button>
      </div>
    </section>
  );
}
