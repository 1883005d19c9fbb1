// What a page marks on its trends, drawn over their lines. The page that knows it comes later than
// the trends (ADR 0077) and puts its drawing here while it is shown.
import { signal } from "@preact/signals";
import type uPlot from "uplot";

/** Draws over the trend of a tag. */
export const marks = signal<((plot: uPlot, tag: string) => void) | null>(null);
