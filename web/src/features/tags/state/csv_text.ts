// The bytes of a CSV file as text: UTF-8, or what spreadsheets on a Chinese machine write.
export interface CsvText {
  text: string;
  encoding: string;
}

const encodings = [
  ["utf-8", "UTF-8"],
  ["gb18030", "GB18030"],
] as const;

/** null where no encoding fits each byte: a guess would store wrong names. */
export function csv_text(bytes: ArrayBuffer | Uint8Array): CsvText | null {
  for (const [label, encoding] of encodings) {
    try {
      return { text: new TextDecoder(label, { fatal: true }).decode(bytes), encoding };
    } catch {
      // the next one
    }
  }
  return null;
}
