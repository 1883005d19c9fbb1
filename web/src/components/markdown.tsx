// Blocks as elements of a fixed list: p h3-h5 ul ol li blockquote pre code table hr strong em del br.
// Text becomes text nodes; there is no path from a string to markup.
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { parse_markdown, type Block } from "~/lib/markdown/blocks";
import type { Inline } from "~/lib/markdown/inline";
import "./markdown.css";

function inline(nodes: readonly Inline[]): ComponentChildren {
  return nodes.map((node, index) => {
    switch (node.kind) {
      case "text":
        return node.text;
      case "break":
        return <br key={index} />;
      case "code":
        return <code key={index}>{node.text}</code>;
      case "strong":
        return <strong key={index}>{inline(node.children)}</strong>;
      case "em":
        return <em key={index}>{inline(node.children)}</em>;
      case "del":
        return <del key={index}>{inline(node.children)}</del>;
    }
  });
}

function block(node: Block, key: number): ComponentChildren {
  switch (node.kind) {
    case "paragraph":
      return <p key={key}>{inline(node.children)}</p>;
    case "heading": {
      // The page's own headings are h1 and h2.
      const Heading = `h${Math.min(node.level + 2, 5)}` as "h3" | "h4" | "h5";
      return <Heading key={key}>{inline(node.children)}</Heading>;
    }
    case "code":
      return (
        <pre key={key} tabIndex={0}>
          <code>{node.text}</code>
        </pre>
      );
    case "quote":
      return <blockquote key={key}>{node.children.map(block)}</blockquote>;
    case "list": {
      const items = node.items.map((item, index) => {
        const [only] = item;
        return <li key={index}>{item.length === 1 && only?.kind === "paragraph" ? inline(only.children) : item.map(block)}</li>;
      });
      return node.ordered ? (
        <ol key={key} start={node.start}>
          {items}
        </ol>
      ) : (
        <ul key={key}>{items}</ul>
      );
    }
    case "table":
      return (
        <div key={key} class="markdown-table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {node.head.map((cell, index) => (
                  <th key={index}>{inline(cell)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {node.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={column}>{inline(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    case "rule":
      return <hr key={key} />;
  }
}

/** Pure, so that tests can look at every element it makes. */
export function markdown_elements(blocks: readonly Block[]): ComponentChildren {
  return blocks.map(block);
}

export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => parse_markdown(text), [text]);
  return <div class="markdown">{markdown_elements(blocks)}</div>;
}
