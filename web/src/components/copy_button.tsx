// Copies a text and says whether that worked.
import { useEffect, useState } from "preact/hooks";
import { copy_text } from "~/lib/copy";
import { t } from "~/lib/i18n/translate";
import { Button } from "./button";
import type { IconName } from "./icon";

export function CopyButton({ text, label, icon = "copy" }: { text: () => string; label: string; icon?: IconName }) {
  const [result, set_result] = useState<"" | "done" | "failed">("");
  useEffect(() => {
    if (result === "") return undefined;
    const timer = setTimeout(() => set_result(""), 2000);
    return () => clearTimeout(timer);
  }, [result]);
  return (
    <Button
      kind="quiet"
      small
      icon={result === "done" ? "check" : icon}
      onClick={() => void copy_text(text()).then((done) => set_result(done ? "done" : "failed"))}
    >
      <span aria-live="polite">{result === "" ? label : t(result === "done" ? "app.copied" : "app.copy_failed")}</span>
    </Button>
  );
}
