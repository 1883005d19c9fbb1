/** The last whole sentence of a text that still grows: what a screen reader is told. */
export function whole_sentences(text: string): string {
  const plain = text.replace(/[*_`#>|]+/g, " ").replace(/\s+/g, " ");
  const ends = [...plain.matchAll(/[.!?](?=\s)|[。！？]/g)].map((match) => (match.index ?? 0) + match[0].length);
  const end = ends[ends.length - 1];
  if (end === undefined) return "";
  return plain.slice(ends[ends.length - 2] ?? 0, end).trim();
}
