// Inline part of the small Markdown that model answers are shown with. The result is plain data; it
// has no node for markup, links or images: those stay text, so that nothing a model writes can
// load, run or lead anywhere.

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "break" }
  | { kind: "strong" | "em" | "del"; children: Inline[] };

interface Opener {
  marker: string;
  at: number; // its text node in `nodes`
}

const deepest = 12;
const escapable = /[!-/:-@[-`{-~]/;
const space = /\s|^$/;
const word = /[\p{L}\p{N}]/u;

export function parse_inline(source: string): Inline[] {
  const nodes: Inline[] = [];
  let openers: Opener[] = [];
  let text = "";
  // Where no closing run of backticks of that length lies further on: each length is searched once.
  const no_close_after = new Map<number, number>();
  const flush = () => {
    if (text !== "") nodes.push({ kind: "text", text });
    text = "";
  };

  for (let i = 0; i < source.length; ) {
    const c = source.charAt(i);
    if (c === "\\" && escapable.test(source.charAt(i + 1))) {
      text += source.charAt(i + 1);
      i += 2;
    } else if (c === "\n") {
      const hard = /(?: {2,}|\\)$/.test(text);
      text = text.replace(/[ \\]+$/, "");
      flush();
      nodes.push(hard ? { kind: "break" } : { kind: "text", text: " " });
      i += 1;
    } else if (c === "`") {
      let run = 1;
      while (source.charAt(i + run) === "`") run += 1;
      const end = (no_close_after.get(run) ?? Infinity) <= i ? -1 : find_ticks(source, i + run, run);
      if (end < 0) {
        no_close_after.set(run, Math.min(no_close_after.get(run) ?? Infinity, i));
        text += "`".repeat(run);
        i += run;
      } else {
        flush();
        const inside = source.slice(i + run, end).replaceAll("\n", " ");
        const padded = inside.length > 2 && inside.startsWith(" ") && inside.endsWith(" ");
        nodes.push({ kind: "code", text: padded ? inside.slice(1, -1) : inside });
        i = end + run;
      }
    } else if (c === "*" || c === "_" || (c === "~" && source.charAt(i + 1) === "~")) {
      const double = source.charAt(i + 1) === c;
      const marker = double ? c + c : c;
      const before = source.charAt(i - 1);
      const after = source.charAt(i + marker.length);
      const inside_word = c === "_" && word.test(before) && word.test(after);
      const can_open = !space.test(after) && !inside_word;
      const can_close = !space.test(before) && !inside_word;
      flush();
      const opener = can_close ? openers.findLastIndex((candidate) => candidate.marker === marker) : -1;
      const open = openers[opener];
      if (open && nodes.length > open.at + 1) {
        const children = nodes.splice(open.at).slice(1);
        nodes.push({ kind: marker === "~~" ? "del" : double ? "strong" : "em", children });
        openers = openers.slice(0, opener);
      } else {
        if (can_open && openers.length < deepest) openers.push({ marker, at: nodes.length });
        nodes.push({ kind: "text", text: marker });
      }
      i += marker.length;
    } else {
      text += c;
      i += 1;
    }
  }
  flush();
  return merge(nodes);
}

function find_ticks(source: string, from: number, run: number): number {
  for (let at = source.indexOf("`", from); at >= 0; ) {
    let length = 1;
    while (source.charAt(at + length) === "`") length += 1;
    if (length === run) return at;
    at = source.indexOf("`", at + length);
  }
  return -1;
}

function merge(nodes: Inline[]): Inline[] {
  const merged: Inline[] = [];
  for (const node of nodes) {
    const last = merged[merged.length - 1];
    if (node.kind === "text" && last?.kind === "text") merged[merged.length - 1] = { kind: "text", text: last.text + node.text };
    else if ("children" in node) merged.push({ ...node, children: merge(node.children) });
    else merged.push(node);
  }
  return merged;
}

/** The text alone, for live regions and labels. */
export function inline_text(nodes: readonly Inline[]): string {
  return nodes.map((node) => ("children" in node ? inline_text(node.children) : node.kind === "break" ? "\n" : node.text)).join("");
}
