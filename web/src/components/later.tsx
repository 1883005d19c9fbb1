// Parts of the console that few open come in a second script (ADR 0077), when they are looked at.
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "~/lib/i18n/translate";
import { Button } from "./button";
import { Notice, Skeleton } from "./notice";

type Parts = Record<string, FunctionComponent<never>>;
type PropsOf<Part> = Part extends FunctionComponent<infer Props> ? Props : never;

/** A component that shows a part of a script by its name in it, with what the part takes. */
function part_of<Script extends Parts>(load: () => Promise<Script>) {
  let loaded: Script | null = null;
  return function Part<N extends keyof Script>({ name, ...props }: { name: N } & PropsOf<Script[N]>) {
    const [there, set_there] = useState(loaded);
    const [failed, set_failed] = useState(false);
    useEffect(() => {
      if (there) return;
      load().then(
        (script) => {
          loaded = script;
          set_there(script);
        },
        () => set_failed(true),
      );
    }, []);
    return <Loaded part={there && (there[name] as unknown as FunctionComponent<object>)} failed={failed} props={props} />;
  };
}

function Loaded({ part: Part, failed, props }: { part: FunctionComponent<object> | null; failed: boolean; props: object }) {
  if (Part) return <Part {...props} />;
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

export const LaterPart = part_of(() => import("~/app/later_pages"));
/** Health has a script of its own (ADR 0135). */
export const HealthPart = part_of(() => import("~/app/health_pages"));
