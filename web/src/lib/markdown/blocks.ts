// Block part of the small Markdown: what language models write. Safe on any input, and on the half
// of an answer that has come so far.
import { parse_inline, type Inline } from "./inline";

export type Block =
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "heading"; level: number; children: Inline[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "quote"; children: Block[] }
  | { kind: "list"; ordered: boolean; start: number; items: Block[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };

const deepest = 8;
const fence_line = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const heading_line = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const rule_line = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const item_line = /^( {0,3})([-*+]|\d{1,9}[.)])(?:([ \t]+)(.*)|$)/;
const table_rule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

export function parse_markdown(source: string): Block[] {
  return parse_blocks(source.replaceAll("\r\n", "\n").replaceAll("\r", "\n").replaceAll("\t", "    ").split("\n"), 0);
}

function begins_block(line: string): boolean {
  return fence_line.test(line) || heading_line.test(line) || rule_line.test(line) || /^ {0,3}>/.test(line) || item_line.test(line);
}

function parse_blocks(lines: string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let i = 0;
  const line = (at: number) => lines[at] ?? "";
  while (i < lines.length) {
    const now = line(i);
    const fence = fence_line.exec(now);
    const heading = heading_line.exec(now);
    if (now.trim() === "") {
      i += 1;
    } else if (fence) {
      const mark = fence[1] ?? "```";
      const close = new RegExp(`^ {0,3}\\${mark.charAt(0)}{${mark.length},} *$`);
      const body: string[] = [];
      for (i += 1; i < lines.length && !close.test(line(i)); i += 1) body.push(line(i));
      i += 1; // an answer that is still coming has no closing fence yet
      blocks.push({ kind: "code", language: fence[2] ?? "", text: body.join("\n") });
    } else if (heading) {
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, children: parse_inline(heading[2] ?? "") });
      i += 1;
    } else if (rule_line.test(now)) {
      blocks.push({ kind: "rule" });
      i += 1;
    } else if (/^ {0,3}>/.test(now) && depth < deepest) {
      const inner: string[] = [];
      for (; i < lines.length && /^ {0,3}>/.test(line(i)); i += 1) inner.push(line(i).replace(/^ {0,3}> ?/, ""));
      blocks.push({ kind: "quote", children: parse_blocks(inner, depth + 1) });
    } else if (item_line.test(now) && depth < deepest) {
      const [list, next] = parse_list(lines, i, depth);
      blocks.push(list);
      i = next;
    } else if (now.includes("|") && table_rule.test(line(i + 1)) && line(i + 1).includes("-") && cells(now).length === cells(line(i + 1)).length) {
      const head = cells(now).map(parse_inline);
      const rows: Inline[][][] = [];
      for (i += 2; i < lines.length && line(i).includes("|"); i += 1) {
        const row = cells(line(i)).map(parse_inline);
        rows.push(head.map((_, column) => row[column] ?? []));
      }
      blocks.push({ kind: "table", head, rows });
    } else {
      const text: string[] = [now.replace(/^ +/, "")];
      for (i += 1; i < lines.length && line(i).trim() !== "" && !begins_block(line(i)); i += 1) text.push(line(i).replace(/^ +/, ""));
      blocks.push({ kind: "paragraph", children: parse_inline(text.join("\n").trimEnd()) });
    }
  }
  return blocks;
}

function parse_list(lines: string[], start: number, depth: number): [Block, number] {
  const first = item_line.exec(lines[start] ?? "");
  const mark = first?.[2] ?? "-";
  const ordered = /\d/.test(mark);
  const same = (candidate: string) => (ordered ? candidate.endsWith(mark.slice(-1)) && /\d/.test(candidate) : candidate === mark);
  const items: Block[][] = [];
  let i = start;
  while (i < lines.length) {
    const match = item_line.exec(lines[i] ?? "");
    if (!match || !same(match[2] ?? "") || rule_line.test(lines[i] ?? "")) break;
    const content = match[4] ?? "";
    const gap = match[3]?.length ?? 1;
    const indent = (match[1]?.length ?? 0) + (match[2]?.length ?? 1) + (gap > 4 || content === "" ? 1 : gap);
    const inner = [content];
    let blank = false;
    for (i += 1; i < lines.length; i += 1) {
      const next = lines[i] ?? "";
      if (next.trim() === "") {
        blank = true;
        inner.push("");
      } else if (next.search(/\S/) >= indent) {
        blank = false;
        inner.push(next.slice(indent));
      } else if (!blank && !begins_block(next)) {
        inner.push(next.trimStart()); // a paragraph that goes on without its indent
      } else {
        break;
      }
    }
    items.push(parse_blocks(inner, depth + 1));
  }
  return [{ kind: "list", ordered, start: ordered ? Number.parseInt(mark, 10) : 1, items }, i];
}

/** The cells of a table row; "\|" is no border. */
function cells(line: string): string[] {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}
