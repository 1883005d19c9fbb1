// Numbers, units, times and sizes as people read them. Pure: language and "now" are passed in.

export type Lang = "en" | "zh";

const unknown = "–";

const units: Record<string, string> = {
  degC: "°C",
  Cel: "°C",
  degF: "°F",
  um: "µm",
  m3: "m³",
  m2: "m²",
  mm2: "mm²",
  Ohm: "Ω",
  deg: "°",
};

/** The unit as shown beside a value; what stands over a "/" is a unit of its own ("degC/min"). */
export function unit_text(unit: string): string {
  const [over = "", ...under] = unit.split("/");
  return [units[over] ?? over, ...under].join("/");
}

const formatters = new Map<string, Intl.NumberFormat>();

function number_format(lang: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = lang + JSON.stringify(options);
  let format = formatters.get(key);
  if (!format) {
    format = new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en-GB", options);
    formatters.set(key, format);
  }
  return format;
}

/** Digits after the point that keep about three significant ones, at most three. */
export function decimals_for(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= 1000) return 0;
  if (size >= 20) return 1;
  if (size >= 1) return 2;
  return 3;
}

/** A value without its unit. Unknown is a dash, never 0. */
export function number_text(value: number | null | undefined, lang: Lang, decimals?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return unknown;
  const digits = decimals ?? decimals_for(value);
  const text = number_format(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  return /^-[0.,]+$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

/** A value with its unit: "61.2 °C", "93 %". */
export function quantity_text(value: number | null | undefined, unit: string, lang: Lang, decimals?: number): string {
  const number = number_text(value, lang, decimals);
  const shown = unit_text(unit);
  return shown === "" || number === unknown ? number : `${number} ${shown}`;
}

export function percent_text(share: number, lang: Lang): string {
  const percent = share * 100;
  // 99.97 % is not "100 %": what is not complete must not look so.
  const shown = percent < 100 && percent > 99 ? Math.floor(percent * 10) / 10 : percent;
  return number_format(lang, { maximumFractionDigits: percent > 99 && percent < 100 ? 1 : 0 }).format(shown) + " %";
}

const sizes = ["B", "kB", "MB", "GB", "TB"];

/** Decimal units, as disks and downloads are labelled. */
export function bytes_text(bytes: number | null | undefined, lang: Lang): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return unknown;
  let size = Math.abs(bytes);
  let step = 0;
  while (size >= 999.5 && step < sizes.length - 1) {
    size /= 1000;
    step += 1;
  }
  const digits = step === 0 || size >= 99.95 ? 0 : 1;
  return `${number_text(size, lang, digits)} ${sizes[step]}`;
}

const duration_words = {
  en: { d: "d", h: "h", min: "min", s: "s", join: " " },
  zh: { d: "天", h: "小时", min: "分钟", s: "秒", join: "" },
};

/** The two largest parts of a duration: "3 h 5 min", "3小时5分钟", "8 s". */
export function duration_text(milliseconds: number, lang: Lang): string {
  if (!Number.isFinite(milliseconds)) return unknown;
  const words = duration_words[lang];
  const total = Math.max(0, Math.round(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), words.d],
    [Math.floor(total / 3_600) % 24, words.h],
    [Math.floor(total / 60) % 60, words.min],
    [total % 60, words.s],
  ];
  let first = parts.findIndex(([count]) => count > 0);
  if (first < 0) first = 3;
  const space = lang === "en" ? " " : "";
  return parts
    .slice(first, first + 2)
    .filter(([count], index) => count > 0 || index === 0)
    .map(([count, word]) => `${count}${space}${word}`)
    .join(words.join);
}

/** Milliseconds of a latency: "0.8 ms", "42 ms", "1.3 s". */
export function latency_text(milliseconds: number | null | undefined, lang: Lang): string {
  if (milliseconds === null || milliseconds === undefined || !Number.isFinite(milliseconds)) return unknown;
  if (milliseconds >= 1000) return `${number_text(milliseconds / 1000, lang, 1)} s`;
  return `${number_text(milliseconds, lang, milliseconds < 10 ? 1 : 0)} ms`;
}

const time_formats = new Map<string, Intl.DateTimeFormat>();

function time_format(lang: Lang, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = lang + key;
  let format = time_formats.get(name);
  if (!format) {
    format = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { hourCycle: "h23", ...options });
    time_formats.set(name, format);
  }
  return format;
}

/** "14:02:11" */
export function clock_text(ms: number, lang: Lang): string {
  return time_format(lang, "clock", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms);
}

/** "14:02" */
export function minute_text(ms: number, lang: Lang): string {
  return time_format(lang, "minute", { hour: "2-digit", minute: "2-digit" }).format(ms);
}

/** "24 Nov", "11月24日" */
export function day_text(ms: number, lang: Lang): string {
  return time_format(lang, "day", { day: "numeric", month: "short" }).format(ms);
}

/** "24 Nov 2026", "2026年11月24日" */
export function date_text(ms: number, lang: Lang): string {
  return time_format(lang, "date", { day: "numeric", month: "short", year: "numeric" }).format(ms);
}

/** The shortest form that is not ambiguous today: the time, with the day when it is another one. */
export function moment_text(ms: number, now_ms: number, lang: Lang): string {
  const same_day = new Date(ms).toDateString() === new Date(now_ms).toDateString();
  return same_day ? clock_text(ms, lang) : `${day_text(ms, lang)} ${clock_text(ms, lang)}`;
}

/** "14:02:11 – 14:12:11", with the day where it is not today. */
export function window_text(start_ms: number, end_ms: number, now_ms: number, lang: Lang): string {
  const one_day = new Date(start_ms).toDateString() === new Date(end_ms).toDateString();
  const end = one_day ? clock_text(end_ms, lang) : moment_text(end_ms, now_ms, lang);
  return `${moment_text(start_ms, now_ms, lang)} – ${end}`;
}

/** The zone as people call it: "CET", "GMT+8". */
export function zone_text(ms: number, lang: Lang): string {
  const parts = time_format(lang, "zone", { timeZoneName: "short" }).formatToParts(ms);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}
