import type { ComponentChild, VNode } from "preact";
import { describe, expect, it } from "vitest";
import { markdown_elements } from "./markdown";
import { parse_markdown, type Block } from "~/lib/markdown/blocks";
import { inline_text, parse_inline } from "~/lib/markdown/inline";

const allowed = new Set(["div", "p", "h3", "h4", "h5", "ul", "ol", "li", "blockquote", "pre", "code", "table", "thead", "tbody", "tr", "th", "td", "hr", "strong", "em", "del", "br"]);
const allowed_props = new Set(["children", "class", "start", "tabIndex"]);

/** The blocks as markup, and every element checked against the list. */
function html(node: unknown): string {
  if (node === null || node === undefined || typeof node === "boolean") return "";
  if (Array.isArray(node)) return node.map(html).join("");
  if (typeof node !== "object") return String(node).replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`);
  const { type, props } = node as VNode<{ children?: ComponentChild }>;
  expect(allowed).toContain(type);
  for (const name of Object.keys(props)) expect(allowed_props).toContain(name);
  return type === "br" || type === "hr" ? `<${type}>` : `<${String(type)}>${html(props.children)}</${String(type)}>`;
}

const render = (text: string) => html(markdown_elements(parse_markdown(text)));

describe("inline", () => {
  it("reads emphasis, code and escapes", () => {
    expect(render("a **b** *c* __d__ _e_ ~~f~~ `g*h*` \\*i\\*")).toBe(
      "<p>a <strong>b</strong> <em>c</em> <strong>d</strong> <em>e</em> <del>f</del> <code>g*h*</code> *i*</p>",
    );
  });
  it("nests, and leaves what does not close as it is", () => {
    expect(render("**a *b* c**")).toBe("<p><strong>a <em>b</em> c</strong></p>");
    expect(render("2 * 3 * 4 and snake_case_name and **open")).toBe("<p>2 * 3 * 4 and snake_case_name and **open</p>");
  });
  it("knows code with backticks inside and hard breaks", () => {
    expect(render("`` a`b `` c  \nd\ne")).toBe("<p><code>a`b</code> c<br>d e</p>");
  });
  it("works between Chinese characters", () => {
    expect(render("主轴**温度**升高")).toBe("<p>主轴<strong>温度</strong>升高</p>");
  });
  it("gives plain text for screen readers", () => {
    expect(inline_text(parse_inline("a **b `c`**"))).toBe("a b c");
  });
});

describe("blocks", () => {
  it("reads headings, rules, quotes and code", () => {
    expect(render("# A\n\n---\n> q\n> r\n\n```js\nx < 1\n```")).toBe(
      "<h3>A</h3><hr><blockquote><p>q r</p></blockquote><pre><code>x &#60; 1</code></pre>",
    );
  });
  it("reads lists in lists and where a list starts", () => {
    expect(render("- a\n- b\n  1. c\n  2. d\n- e")).toBe("<ul><li>a</li><li><p>b</p><ol><li>c</li><li>d</li></ol></li><li>e</li></ul>");
    expect(parse_markdown("3. x\n4. y")[0]).toMatchObject({ kind: "list", ordered: true, start: 3 });
  });
  it("reads tables and fills short rows", () => {
    expect(render("| a | b |\n| --- | :-: |\n| 1 | 2 |\n| `x\\|y` |")).toBe(
      "<div><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr><tr><td><code>x|y</code></td><td></td></tr></tbody></table></div>",
    );
  });
  it("shows half an answer while the rest is coming", () => {
    expect(render("```py\nprint(1)")).toBe("<pre><code>print(1)</code></pre>");
    expect(render("1. a\n2.")).toBe("<ol><li>a</li><li></li></ol>");
  });
});

describe("what a model must not be able to do", () => {
  it("stays text: markup, links, images, scripts", () => {
    const hostile = [
      "<img src=x onerror=alert(1)>",
      "<script>alert(1)</script>",
      "[click](javascript:alert(1))",
      "![pixel](https://evil.example/p.png)",
      "<https://evil.example>",
      '<a href="x" onclick="y">z</a>',
      "**<b onmouseover=alert(1)>x</b>**",
      "```html\n</code></pre><script>alert(1)</script>\n```",
    ];
    for (const text of hostile) {
      const shown = render(text);
      expect(shown, text).not.toMatch(/<(?!\/?(?:p|pre|code|strong|em|br)>)/);
    }
    expect(render("[click](javascript:alert(1))")).toBe("<p>[click](javascript:alert(1))</p>");
  });
  it("keeps to the list of elements on random text", () => {
    const parts = ["*", "**", "_", "`", "```", "\n", "\n\n", "> ", "- ", "1. ", "# ", "|", "---", "<b>", "a", " ", "\\", "~~", "    ", "[x](y)", "温"];
    let seed = 7;
    for (let round = 0; round < 400; round += 1) {
      let text = "";
      for (let n = 0; n < 60; n += 1) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        text += parts[(seed >>> 16) % parts.length];
      }
      render(text);
    }
  });
  it("takes time in proportion to the text, whatever it is", () => {
    const walls = ["*", "_", "`", "``` ", "~~", "> ", "- ", "|-", "\\", "[", "**a*", "` `` ", "1. ", "_a", "\n>"];
    for (const piece of walls) {
      const started = performance.now();
      parse_markdown(piece.repeat(20_000 / piece.length));
      expect(performance.now() - started, JSON.stringify(piece)).toBeLessThan(400);
    }
  });
  it("does not go deeper than it should", () => {
    const depth = (blocks: Block[]): number =>
      1 + Math.max(0, ...blocks.map((node) => (node.kind === "quote" ? depth(node.children) : node.kind === "list" ? Math.max(0, ...node.items.map(depth)) : 0)));
    expect(depth(parse_markdown("> ".repeat(500) + "x"))).toBeLessThan(12);
  });
});
