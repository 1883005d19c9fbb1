import { useRef } from "preact/hooks";
import { Sparkline } from "~/components/sparkline";
import { useSeen } from "~/lib/hooks";
import { range } from "~/lib/router";
import { useSeries } from "../hooks/use_series";

function LiveSparkline({ tag }: { tag: string }) {
  const { points, from_ms, to_ms } = useSeries(tag, range.value, 60);
  return <Sparkline points={points} from_ms={from_ms} to_ms={to_ms} />;
}

/** The shape of a signal over the screen's time range. */
export function SparkCell({ tag }: { tag: string }) {
  const place = useRef<HTMLSpanElement>(null);
  const seen = useSeen(place);
  return (
    <span class="tile-value-spark" ref={place}>
      {seen && <LiveSparkline tag={tag} />}
    </span>
  );
}
