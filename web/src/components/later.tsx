// Parts of the console that few open come in a second script (ADR 0077), when they are looked at.
import type { ComponentProps, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "~/lib/i18n/translate";
import { Button } from "./button";
import { Notice, Skeleton } from "./notice";

type Later = typeof import("~/app/later_pages");

let loaded: Later | null = null;

/** A part by its name in that script, with what it takes. */
export function LaterPart<N extends keyof Later>({ name, ...props }: { name: N } & ComponentProps<Later[N]>) {
  const [there, set_there] = useState(loaded);
  const [failed, set_failed] = useState(false);
  useEffect(() => {
    if (there) return;
    import("~/app/later_pages").then(
      (script) => {
        loaded = script;
        set_there(script);
      },
      () => set_failed(true),
    );
  }, []);
  if (there) {
    const Part = there[name] as FunctionComponent<object>;
    return <Part {...props} />;
  }
  if (!failed) return <Skeleton shapes={4} height="row" />;
  // A browser does not ask for a script again that failed; and after an update it has another name.
  return (
    <div role="alert">
      <Notice icon="warning" tone="amber" title={t("error.title")} hint={t("error.script")}>
        <Button icon="retry" onClick={() => location.reload()}>
          {t("app.reload")}
        </Button>
      </Notice>
    </div>
  );
}
