// Parts of the console that few open come in scripts of their own (ADR 0077, 0133), when they are looked at.
import type { ComponentType, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "~/lib/i18n/translate";
import { Button } from "./button";
import { Notice, Skeleton } from "./notice";

type Pages = typeof import("~/app/later_pages");
type PeoplePages = typeof import("~/app/later_people");
type SetupPages = typeof import("~/app/later_setup");
type HealthPages = typeof import("~/app/later_health");
type LifePages = typeof import("~/app/later_life");
type LearnPages = typeof import("~/app/later_learn");
type VibrationPages = typeof import("~/app/later_vibration");
type PropsOf<Part> = Part extends ComponentType<infer Props> ? Props : never;

/** A part by its name in a script, with what it takes. */
function part_of<Script>(fetch: () => Promise<Script>) {
  let loaded: Script | null = null;
  return function Part<N extends keyof Script>({ name, ...props }: { name: N } & PropsOf<Script[N]>) {
    const [there, set_there] = useState(loaded);
    const [failed, set_failed] = useState(false);
    useEffect(() => {
      if (there) return;
      fetch().then(
        (script) => {
          loaded = script;
          set_there(script);
        },
        () => set_failed(true),
      );
    }, []);
    if (there) {
      const Found = there[name] as FunctionComponent<object>;
      return <Found {...props} />;
    }
    return failed ? <Failed /> : <Skeleton shapes={4} height="row" />;
  };
}

export const LaterPart = part_of<Pages>(() => import("~/app/later_pages"));
export const PeoplePart = part_of<PeoplePages>(() => import("~/app/later_people"));
export const SetupPart = part_of<SetupPages>(() => import("~/app/later_setup"));
export const LifePart = part_of<LifePages>(() => import("~/app/later_life"));
export const LearnPart = part_of<LearnPages>(() => import("~/app/later_learn"));
export const VibrationPart = part_of<VibrationPages>(() => import("~/app/later_vibration"));
export const HealthPart = part_of<HealthPages>(() => import("~/app/later_health"));

/** A browser does not ask for a script again that failed; and after an update it has another name. */
function Failed() {
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
