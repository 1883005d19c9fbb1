// The column beside the page; on a narrow screen it lies over it.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { AskPanel } from "~/features/ask/components/ask_panel";
import { EvidencePanel } from "~/features/ask/components/evidence_panel";
import { RequestPanel } from "~/features/system/components/request_panel";
import { aside, type Aside, back_from_evidence, close_aside, evidence_has_way_back } from "~/lib/aside";
import { useKey } from "~/lib/hooks";
import { t } from "~/lib/i18n/translate";

function Sheet({ label, children }: { label: string; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal(); // the browser keeps the focus inside and the page behind still
    return () => shown?.close();
  }, []);
  return (
    <dialog
      class="sheet"
      ref={dialog}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        close_aside();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close_aside();
      }}
    >
      <div class="sheet-body">{children}</div>
    </dialog>
  );
}

function label_of(shown: Aside): string {
  if (shown.kind === "request") return t("request.title");
  return shown.kind === "ask" ? t("ask.title") : t("ask.sources");
}

function content_of(shown: Aside): ComponentChildren {
  switch (shown.kind) {
    case "none":
      return null;
    case "ask":
      return <AskPanel />;
    case "evidence":
      return <EvidencePanel turn={shown.turn} evidence={shown.evidence} />;
    case "request":
      return <RequestPanel key={shown.id} id={shown.id} />;
  }
}

export function AsideColumn({ wide }: { wide: boolean }) {
  const shown = aside.value;
  useKey("Escape", (event) => {
    if (!wide || aside.value.kind === "none" || event.defaultPrevented) return;
    if (evidence_has_way_back()) back_from_evidence();
    else close_aside();
  });
  if (shown.kind === "none") return null;
  const label = label_of(shown);
  const content = content_of(shown);
  if (!wide) return <Sheet label={label}>{content}</Sheet>;
  return (
    <aside class="aside" aria-label={label}>
      {content}
    </aside>
  );
}
