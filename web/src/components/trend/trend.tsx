// A trend of one signal. The canvas is uPlot's; what it shows is also said in words for those who
// do not see it, and the arrow keys walk along the line.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { moment_text, number_text, quantity_text, unit_text, window_text } from "~/lib/format";
import { useWidth } from "~/lib/hooks";
import { lang, t } from "~/lib/i18n/translate";
import { summary } from "~/lib/series_math";
import { theme_changed } from "~/lib/theme";
import { marks } from "./marks";
import { plot_data, plot_options, type Pointed, type TrendView } from "./trend_plot";
import "./trend.css";

interface TrendProps extends TrendView {
  name: string;
  height: number;
  sync?: string; // trends with the same key share their cursor
  on_zoom?: (from_ms: number, to_ms: number) => void;
}

export function Trend(props: TrendProps) {
  const { name, height, sync, on_zoom, unit, decimals, points, now_ms } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const view = useRef<TrendView>(props);
  const zoom = useRef(on_zoom);
  const [pointed, set_pointed] = useState<Pointed | null>(null);
  const width = useWidth(host);
  const language = lang.value;
  const look = theme_changed.value;
  view.current = props;
  zoom.current = on_zoom;

  useEffect(() => {
    const target = host.current;
    if (!target || width < 60) return undefined;
    const made = new uPlot(
      plot_options(width, height, {
        lang: language,
        sync: sync ?? null,
        view: () => view.current,
        on_point: set_pointed,
        on_zoom: on_zoom ? (from_ms, to_ms) => zoom.current?.(from_ms, to_ms) : null,
      }),
      plot_data(view.current.points),
      target,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
    // A new size, language or theme needs a new plot; data do not.
  }, [width > 0, height, language, look, sync, on_zoom === undefined]);

  useEffect(() => {
    const made = plot.current;
    if (made && width >= 60 && (made.width !== width || made.height !== height)) made.setSize({ width, height });
  }, [width, height]);

  useEffect(() => {
    plot.current?.setData(plot_data(points), true);
  }, [points, props.from_ms, props.to_ms, props.low, props.high]);

  const marked = marks.value;
  useEffect(() => plot.current?.redraw(false), [marked]);

  const all = summary(points);
  const when = window_text(props.from_ms, props.to_ms, now_ms, language);
  const number = (value: number) => number_text(value, language, decimals);
  const words = all
    ? t("trend.label", { name, unit: unit_text(unit), window: when, low: number(all.low), high: number(all.high), last: number(all.last) })
    : t("trend.label_empty", { name, window: when });

  const walk = (event: KeyboardEvent) => {
    const made = plot.current;
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 }[event.key];
    if (!made || step === undefined || points.length === 0) return;
    event.preventDefault();
    const at = Math.min(Math.max((made.cursor.idx ?? points.length - 1) + step, 0), points.length - 1);
    made.setCursor({ left: made.valToPos(points[at]?.[0] ?? 0, "x"), top: 10 });
  };

  return (
    <div class="trend" role="group" aria-label={words} tabIndex={0} onKeyDown={walk}>
      <div class="trend-readout" aria-live="polite">
        {pointed && (
          <>
            <span class="quiet">{moment_text(pointed.at_ms, now_ms, language)}</span> <b>{quantity_text(pointed.mean, unit, language, decimals)}</b>
            {pointed.max > pointed.min && <span class="quiet"> {`${number(pointed.min)} – ${number(pointed.max)}`}</span>}
          </>
        )}
      </div>
      <div class="trend-plot" ref={host} style={{ height: `${height}px` }} />
      {!all && <p class="trend-empty">{t("trend.empty")}</p>}
    </div>
  );
}
