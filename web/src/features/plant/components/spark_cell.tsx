import { range } from "~/lib/router";
import { Sparkline } from "~/components/sparkline";
import { useSeries } from "../hooks/use_series";

/** The shape of a signal over the screen's time range. */
export function SparkCell({ tag }: { tag: string }) {
  const { points, from_ms, to_ms } = useSeries(tag, range.value, 60);
  return <Sparkline points={points} from_ms={from_ms} to_ms={to_ms} />;
}
