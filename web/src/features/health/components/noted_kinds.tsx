// Kinds of events that exist already, offered where one is asked for; nothing is offered where they cannot be read.
import { useEffect, useState } from "preact/hooks";
import { server_now } from "~/lib/clock";
import { read_noted_kinds } from "../api/noted_kinds";

export function useNotedKinds(assets: string[]): string[] {
  const [kinds, set_kinds] = useState<string[]>([]);
  const of = assets.join(" ");
  useEffect(() => {
    let current = true;
    const take = (found: string[]) => current && set_kinds(found);
    if (assets.length === 0) take([]);
    else read_noted_kinds(assets, server_now()).then(take, () => take([]));
    return () => {
      current = false;
    };
  }, [of]);
  return kinds;
}

export function NotedKinds({ id, kinds }: { id: string; kinds: string[] }) {
  return (
    <datalist id={id}>
      {kinds.map((each) => (
        <option key={each} value={each} />
      ))}
    </datalist>
  );
}
