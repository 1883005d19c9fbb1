// What an engineer does with a version: replay it, put it live, reject it, go back. Each asks again.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { FormProblem } from "~/components/form_parts";
import type { HealthReplayJob, HealthVersion, HealthVersions } from "~/lib/health_types";
import { useOrder } from "~/lib/hooks";
import { say } from "~/lib/i18n/translate";
import { decide_version, start_replay, type VersionDecision } from "../api/health";
import { h } from "../state/words";
import { ReplayJobView } from "./replay_job";

interface Actions {
  all: HealthVersions;
  of: HealthVersion;
  changed: (all: HealthVersions, said: string) => void;
  replays: (job: HealthReplayJob) => void;
}

function Confirm({ decision, what, go, cancel, busy }: { decision: VersionDecision; what: string; go: () => void; cancel: () => void; busy: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => box.current?.querySelector("button")?.focus(), []); // before a key can go elsewhere
  return (
    <div class="health-facts" role="group" aria-label={h(decision)} ref={box} onKeyDown={(event) => event.key === "Escape" && cancel()}>
      <p>{what}</p>
      <Button kind="strong" disabled={busy} onClick={go}>
        {h(decision)}
      </Button>
      <Button onClick={cancel}>{h("keep")}</Button>
    </div>
  );
}

export function VersionActions({ all, of, changed, replays }: Actions) {
  const [asked, set_asked] = useState<VersionDecision | null>(null);
  const [left, set_left] = useState<VersionDecision | null>(null); // gets the focus back
  const { busy, problem, run } = useOrder();
  const live = all.versions.find((each) => each.stage === "live")?.version ?? 0;
  const shadow = of.stage === "shadow";
  const may_go_back = of.stage === "live" && all.before > 0;
  const replaying = all.replay_job.state === "running";
  const values = { version: of.version, live, before: all.before };
  const decide = (decision: VersionDecision) =>
    run(async () => {
      changed(await decide_version(all.asset, of.version, decision), h("decided_now"));
      set_asked(null);
    });
  const replay = () =>
    run(async () => {
      replays(await start_replay(all.asset, of.version));
    });
  const cancel = () => {
    set_left(asked);
    set_asked(null);
  };
  const ask = (decision: VersionDecision) => (
    <Button autofocus={left === decision} disabled={busy || (decision === "promote" && of.shut.length > 0)} onClick={() => set_asked(decision)}>
      {h(decision)}
    </Button>
  );
  return (
    <div class="health-list">
      {all.replay_job.version === of.version && <ReplayJobView asset={all.asset} job={all.replay_job} may_cancel={all.may_decide} changed={replays} />}
      {of.shut.length > 0 && (
        <div>
          <p>{h("shut")}</p>
          <ul class="health-limits">
            {of.shut.map((why) => (
              <li key={why.en}>{say(why)}</li>
            ))}
          </ul>
        </div>
      )}
      {all.may_decide && of.card && !asked && (
        <div class="health-facts">
          {(shadow || of.stage === "live") && (
            <Button disabled={busy || replaying} onClick={() => void replay()}>
              {h(replaying && all.replay_job.version === of.version ? "replaying" : "replay_go")}
            </Button>
          )}
          {shadow && ask("promote")}
          {shadow && ask("reject")}
          {may_go_back && ask("rollback")}
        </div>
      )}
      {asked && <Confirm decision={asked} what={h(`${asked}_what`, values)} busy={busy} go={() => void decide(asked)} cancel={cancel} />}
      <FormProblem problem={problem} />
    </div>
  );
}
