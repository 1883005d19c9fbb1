// Line icons on a 20 unit grid, drawn for this console. They never stand without a word or a label.
const paths = {
  ask: "M4 4.5h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H9.5L6 17.5v-3H4a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1Z",
  plant: "M3 17V9l4.5 2.5V9l4.5 2.5V4h3.5l1.5 13ZM3 17h14M6.5 14h.01M10 14h.01M13.5 14h.01",
  models: "M10 2.5 16.5 6v8L10 17.5 3.5 14V6ZM3.5 6 10 9.5 16.5 6M10 9.5v8",
  system: "M3.5 14a6.5 6.5 0 1 1 13 0M10 14l3-4.5M6 16.5h8",
  warning: "M10 3.2 17.6 16.5H2.4ZM10 8v4M10 14.2v.1",
  alarm: "M6.8 2.8h6.4l4 4v6.4l-4 4H6.8l-4-4V6.8ZM10 6.5v4.5M10 13.4v.1",
  health: "M2.5 10.5h3.5l2-5 4 9 2-4h3.5",
  bell: "M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1.5h-13ZM8.5 17h3",
  check: "m4.5 10.5 3.6 3.6 7.4-8",
  check_circle: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM6.8 10.2l2.3 2.3 4.2-4.6",
  question: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM8 8.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M10 13.6v.1",
  stop: "M5.5 5.5h9v9h-9Z",
  retry: "M15.8 8A6.2 6.2 0 1 0 16 12M16 4v4h-4",
  copy: "M7 7h9v9.5H7ZM13 7V3.5H4V13h3",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3L10 5.7M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3L10 14.3",
  close: "m5 5 10 10M15 5 5 15",
  back: "M12.5 4.5 7 10l5.5 5.5",
  next: "M7.5 4.5 13 10l-5.5 5.5",
  down: "m5 7.5 5 5 5-5",
  send: "M10 16.5v-13M4.8 8.7 10 3.5l5.2 5.2",
  download: "M10 3v9.5M5.8 8.6 10 12.8l4.2-4.2M4 16.5h12",
  play: "M6.5 4.5v11l9-5.5Z",
  pause: "M7 4.5v11M13 4.5v11",
  wrench: "M12.8 3.4a4 4 0 0 0-4.6 5.4l-5 5 2 2 5-5a4 4 0 0 0 5.4-4.6l-2.5 2.5-2.2-.6-.6-2.2Z",
  off: "M10 3v6.5M6 5.3a6 6 0 1 0 8 0",
  unplugged: "M4 4l12 12M7.5 3.5v3M12.5 3.5v4M5.5 7.5v2a4.5 4.5 0 0 0 7 3.7M14.3 10.3c.1-.3.2-.6.2-.9V7.5h-3M10 14v3",
  clock: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM10 6.2V10l2.6 1.8",
  info: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM10 9.2v4.3M10 6.5v.1",
  pen: "m4 16 .8-3.4L13.4 4l2.6 2.6-8.6 8.6ZM11.6 5.8l2.6 2.6",
  sun: "M10 6.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4ZM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4",
  moon: "M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8Z",
  auto: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM10 3v14M10 6h3.5M10 9h5M10 12h4.5M10 15h2",
  plus: "M10 4v12M4 10h12",
  up: "M10 16V4M5 9l5-5 5 5",
  history: "M4.2 8A6.2 6.2 0 1 1 4 12M4 4v4h4M10 7v3.2l2.3 1.6",
  expand: "M11.5 3.5h5v5M16.5 3.5l-6 6M8.5 16.5h-5v-5M3.5 16.5l6-6",
  key: "M12.5 3.5a4 4 0 1 1-3.3 6.3L4 15v2h2.5v-2H9v-2l1.3-1.3M13.5 6.6v.1",
  lock: "M5 9h10v8H5ZM7 9V6.5a3 3 0 0 1 6 0V9M10 12v2",
  unlock: "M5 9h10v8H5ZM7 9V6.5a3 3 0 0 1 5.8-1M10 12v2",
  people: "M7.5 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM2 16.5a5.5 5.5 0 0 1 11 0M13 4a3 3 0 0 1 0 5.5M15 11.5a5.5 5.5 0 0 1 3 5",
  audit: "M5 2.5h7l3.5 3.5v11.5H5ZM12 2.5V6h3.5M7.5 10h5M7.5 13h5",
  plug: "M7 2.5V6M13 2.5V6M5 6h10v3a5 5 0 0 1-10 0ZM10 14v3.5",
  tag: "M3 3h6.5l7.5 7.5-6.5 6.5L3 9.5ZM6.5 6.5v.1",
  more: "M3.5 10h1M9.5 10h1M15.5 10h1",
  search: "M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM13 13l4 4",
  shrink: "M16.5 8.5h-5v-5M11.5 8.5l5.5-5.5M3.5 11.5h5v5M8.5 11.5 3 17",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 20 }: { name: IconName; size?: 16 | 20 | 24 | 32 }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width={size >= 32 ? 1.2 : 1.6}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
