// The headers of a file none of whose columns the server knows yet, so that they can be mapped.
const times = /^(time|timestamp|ts|date|datetime|时间)$/i;

export function unmapped_headers(text: string): string[] {
  const line = (text.replace(/^\ufeff/, "").match(/^[^\r\n]*/)?.[0] ?? "").trim();
  const separator = [";", "\t", ","].find((each) => line.includes(each)) ?? ",";
  return line
    .split(separator)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"))
    .filter((cell) => cell !== "" && !times.test(cell));
}
