// A QR code (ISO/IEC 18004: byte mode, error correction L, versions 1 to 10) for what a telephone reads
// from the screen: up to 271 bytes, which an otpauth address never reaches. Drawn here, since nothing may
// be asked of anybody else about a secret.

/** Data and correction bytes: [correction bytes a block, blocks, data bytes a block, blocks with one more]. */
const blocks: readonly (readonly [number, number, number, number])[] = [
  [7, 1, 19, 0],
  [10, 1, 34, 0],
  [15, 1, 55, 0],
  [20, 1, 80, 0],
  [26, 1, 108, 0],
  [18, 2, 68, 0],
  [20, 2, 78, 0],
  [24, 2, 97, 0],
  [30, 2, 116, 0],
  [18, 2, 68, 2],
];
const alignment: readonly (readonly number[])[] = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

const exp = new Uint8Array(512);
const log = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i += 1) {
  exp[i] = exp[i + 255] = x;
  log[x] = i;
  x = (x << 1) ^ (x & 0x80 ? 0x11d : 0);
}
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : (exp[(log[a] ?? 0) + (log[b] ?? 0)] ?? 0));

/** Reed-Solomon: the remainder of the data by the generator of that degree. */
function correction(data: readonly number[], count: number): number[] {
  let generator = [1];
  for (let i = 0; i < count; i += 1) {
    const next = new Array<number>(generator.length + 1).fill(0);
    generator.forEach((each, at) => {
      next[at] = (next[at] ?? 0) ^ each;
      next[at + 1] = (next[at + 1] ?? 0) ^ times(each, exp[i] ?? 0);
    });
    generator = next;
  }
  const rest = [...data, ...new Array<number>(count).fill(0)];
  data.forEach((_, at) => {
    const factor = rest[at] ?? 0;
    generator.forEach((each, k) => (rest[at + k] = (rest[at + k] ?? 0) ^ times(each, factor)));
  });
  return rest.slice(data.length);
}

function codewords(bytes: Uint8Array, version: number): number[] {
  const [parity, few, size, more] = blocks[version - 1] ?? [0, 0, 0, 0];
  const capacity = few * size + more * (size + 1);
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i -= 1) bits.push((value >> i) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  put(0, Math.min(4, capacity * 8 - bits.length));
  while (bits.length % 8 !== 0) bits.push(0);
  const data: number[] = [];
  for (let i = 0; i < bits.length; i += 8) data.push(bits.slice(i, i + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  for (let pad = 0xec; data.length < capacity; pad ^= 0xec ^ 0x11) data.push(pad);
  const parts: number[][] = [];
  for (let i = 0, at = 0; i < few + more; i += 1) {
    const length = size + (i < few ? 0 : 1);
    parts.push(data.slice(at, at + length));
    at += length;
  }
  const all: number[] = [];
  const interleave = (lists: number[][], length: number) => {
    for (let i = 0; i < length; i += 1) for (const list of lists) if (i < list.length) all.push(list[i] ?? 0);
  };
  interleave(parts, size + 1);
  interleave(parts.map((part) => correction(part, parity)), parity);
  return all;
}

/** The remainder of a value shifted up by that polynomial, behind the value. */
function protected_bits(value: number, polynomial: number, degree: number): number {
  let rest = value << degree;
  for (let bit = 31 - Math.clz32(rest); bit >= degree; bit = 31 - Math.clz32(rest)) rest ^= polynomial << (bit - degree);
  return (value << degree) | rest;
}

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

type Matrix = (boolean | undefined)[][]; // [y][x]; undefined: not set yet

function draw_patterns(grid: Matrix, version: number): void {
  const size = grid.length;
  const set = (x: number, y: number, dark: boolean) => {
    const row = grid[y];
    if (row && x >= 0 && x < size) row[x] = dark;
  };
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) {
    for (let dy = -4; dy <= 4; dy += 1) {
      for (let dx = -4; dx <= 4; dx += 1) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        set(cx + dx, cy + dy, ring !== 2 && ring !== 4);
      }
    }
  }
  const centres = alignment[version - 1] ?? [];
  for (const cy of centres) {
    for (const cx of centres) {
      if (grid[cy]?.[cx] !== undefined) continue; // a corner has its own
      for (let dy = -2; dy <= 2; dy += 1) for (let dx = -2; dx <= 2; dx += 1) set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
    }
  }
  for (let i = 8; i < size - 8; i += 1) {
    if (grid[6]?.[i] === undefined) set(i, 6, i % 2 === 0);
    if (grid[i]?.[6] === undefined) set(6, i, i % 2 === 0);
  }
  if (version < 7) return;
  const bits = protected_bits(version, 0x1f25, 12);
  for (let i = 0; i < 18; i += 1) {
    const dark = ((bits >> i) & 1) === 1;
    set(size - 11 + (i % 3), Math.floor(i / 3), dark);
    set(Math.floor(i / 3), size - 11 + (i % 3), dark);
  }
}

function draw_format(grid: Matrix, mask: number): void {
  const size = grid.length;
  const bits = protected_bits((1 << 3) | mask, 0x537, 10) ^ 0x5412; // 01: level L
  const set = (x: number, y: number, i: number) => {
    const row = grid[y];
    if (row) row[x] = ((bits >> i) & 1) === 1;
  };
  for (let i = 0; i <= 5; i += 1) set(8, i, i);
  set(8, 7, 6);
  set(8, 8, 7);
  set(7, 8, 8);
  for (let i = 9; i < 15; i += 1) set(14 - i, 8, i);
  for (let i = 0; i < 8; i += 1) set(size - 1 - i, 8, i);
  for (let i = 8; i < 15; i += 1) set(8, size - 15 + i, i);
  const row = grid[size - 8];
  if (row) row[8] = true;
}

function draw_data(grid: Matrix, words: readonly number[], mask: number): void {
  const size = grid.length;
  const flips = masks[mask] ?? (() => false);
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const up = ((right + 1) & 2) === 0;
    for (let i = 0; i < size; i += 1) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        const row = grid[y];
        if (!row || row[x] !== undefined) continue;
        const bit = at < words.length * 8 && (((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 1;
        at += 1;
        row[x] = bit !== flips(x, y);
      }
    }
  }
}

/** How hard it is to read: long runs, squares, what looks like a corner, too dark or too light. */
function penalty(grid: boolean[][]): number {
  const size = grid.length;
  let sum = 0;
  let dark = 0;
  const lines = [...grid, ...grid.map((_, x) => grid.map((row) => row[x] ?? false))];
  for (const line of lines) {
    let run = 0;
    for (let i = 0; i < size; i += 1) {
      run = i > 0 && line[i] === line[i - 1] ? run + 1 : 1;
      if (run === 5) sum += 3;
      else if (run > 5) sum += 1;
    }
    const text = line.map((each) => (each ? "1" : "0")).join("");
    for (const look of ["10111010000", "00001011101"]) for (let i = text.indexOf(look); i >= 0; i = text.indexOf(look, i + 1)) sum += 40;
  }
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const here = grid[y]?.[x] ?? false;
      if (here) dark += 1;
      if (y > 0 && x > 0 && here === grid[y]?.[x - 1] && here === grid[y - 1]?.[x] && here === grid[y - 1]?.[x - 1]) sum += 3;
    }
  }
  return sum + 10 * Math.floor(Math.abs((dark * 20) / (size * size) - 10));
}

/** Dark modules by [y][x], without the quiet zone; null when the text is too long. */
export function qr_code(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text);
  const version = blocks.findIndex(([, few, size, more], at) => few * size + more * (size + 1) >= bytes.length + (at < 9 ? 2 : 3)) + 1;
  if (version === 0) return null;
  const words = codewords(bytes, version);
  let best: boolean[][] | null = null;
  let least = Infinity;
  for (let mask = 0; mask < masks.length; mask += 1) {
    const size = 17 + 4 * version;
    const grid: Matrix = Array.from({ length: size }, () => new Array<boolean | undefined>(size).fill(undefined));
    draw_patterns(grid, version);
    draw_format(grid, mask);
    draw_data(grid, words, mask);
    const drawn = grid as boolean[][];
    const cost = penalty(drawn);
    if (cost < least) {
      least = cost;
      best = drawn;
    }
  }
  return best;
}
