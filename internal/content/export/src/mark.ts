// Marking, by the rules of package item: right or not, all points or none. A test
// holds the two to the same answers.
import type { Item } from "./words";

/** An answer. Options, things and pairs are named by their place in the item. */
export interface Response {
  chosen?: number[];
  /** For each thing of the right order, the place given to it, or -1. */
  order?: number[];
  /** For each left side, the pair whose right side was put beside it, or -1. */
  match?: number[];
  written?: string;
}

/** Reports whether nothing was answered. */
export function empty(r: Response): boolean {
  const none = (xs?: number[]) => !(xs ?? []).some((x) => x >= 0);
  return none(r.chosen) && none(r.order) && none(r.match) && !(r.written ?? "").trim();
}

/** Reports whether r is the right answer. */
export function mark(it: Item, r: Response): boolean {
  switch (it.kind) {
    case "single":
    case "multiple":
    case "true-false": {
      const chosen = new Set(r.chosen ?? []);
      return (it.options ?? []).every((o, i) => chosen.has(i) === !!o.correct) && [...chosen].every((i) => it.options?.[i]);
    }
    case "order": {
      const n = it.sequence?.length ?? 0;
      return n > 0 && r.order?.length === n && r.order.every((place, i) => place === i);
    }
    case "match": {
      const pairs = it.pairs ?? [];
      return pairs.length > 0 && r.match?.length === pairs.length && r.match.every((j, i) => j === i || (!!pairs[j] && same(pairs[i]!.right, pairs[j]!.right)));
    }
    case "number": {
      const got = decimal(r.written ?? "");
      const bounds = range(it);
      return !!got && !!bounds && compare(got, bounds[0]) >= 0 && compare(got, bounds[1]) <= 0;
    }
    case "short": {
      const said = fold(r.written ?? "");
      return said !== "" && (it.accept ?? []).some((a) => fold(a) === said);
    }
  }
}

/** Two lefts may share a right: what reads the same in every language is the same. */
function same(a: Record<string, string>, b: Record<string, string>): boolean {
  const tags = Object.keys(a);
  return tags.length === Object.keys(b).length && tags.every((l) => a[l] === b[l]);
}

/** A decimal number without loss: sign and digits, the last `places` of them
 * behind the point. */
export interface Decimal {
  negative: boolean;
  digits: string;
  places: number;
}

const nd = /\p{Nd}/u;

/** The value of a digit of any script: each script's ten stand together in Unicode. */
function digit(sign: string): string {
  const code = sign.codePointAt(0)!;
  let first = code;
  while (first > 0 && nd.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}

/** Reads a number as people type it: digits of any script, groups of three, a
 * decimal point or comma, a per cent sign at the end. */
export function decimal(typed: string): Decimal | undefined {
  let t = "";
  for (const sign of typed.trim().normalize("NFKC").trim().replace(/[%٪]+$/, "").trim()) {
    if (nd.test(sign)) t += digit(sign);
    else if (sign === "٫") t += ".";
    else if (sign === "٬" || sign === ",") t += ",";
    else if (sign === "−") t += "-";
    else if (sign === "-" || sign === "+" || sign === ".") t += sign;
    else if (sign !== " " && sign !== "\u202f") return undefined;
  }
  const comma = t.lastIndexOf(",");
  if (comma >= 0) {
    if (t.split(",").length === 2 && !t.includes(".") && t.length - comma - 1 !== 3) t = t.replace(",", ".");
    t = t.split(",").join("");
  }
  const parts = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))$/.exec(t);
  if (t.length > 40 || !parts) return undefined;
  const behind = parts[3] ?? parts[4] ?? "";
  return { negative: parts[1] === "-", digits: (parts[2] ?? "") + behind, places: behind.length };
}

/** The number as a plain text: 12.5. */
export function plain(d: Decimal): string {
  const digits = d.digits.padStart(d.places + 1, "0");
  const whole = digits.slice(0, digits.length - d.places).replace(/^0+(?=\d)/, "");
  const behind = digits.slice(digits.length - d.places).replace(/0+$/, "");
  const text = behind ? whole + "." + behind : whole;
  return d.negative && /[1-9]/.test(text) ? "-" + text : text;
}

function widen(d: Decimal, places: number): string {
  return (d.digits + "0".repeat(places - d.places)).replace(/^0+(?=\d)/, "");
}

/** Compares digits without signs. */
function size(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compare(a: Decimal, b: Decimal): number {
  const places = Math.max(a.places, b.places);
  const [x, y] = [widen(a, places), widen(b, places)];
  if (x === "0" && y === "0") return 0;
  const [low, high] = [a.negative && x !== "0", b.negative && y !== "0"];
  if (low !== high) return low ? -1 : 1;
  return low ? size(y, x) : size(x, y);
}

/** Adds digits, or takes the smaller from the larger. */
function column(a: string, b: string, take: boolean): string {
  const n = Math.max(a.length, b.length) + 1;
  const [x, y] = [a.padStart(n, "0"), b.padStart(n, "0")];
  let out = "";
  let carry = 0;
  for (let i = n - 1; i >= 0; i--) {
    let d = Number(x[i]) + (take ? -Number(y[i]) : Number(y[i])) + carry;
    carry = d > 9 ? 1 : d < 0 ? -1 : 0;
    if (carry) d -= 10 * carry;
    out = d + out;
  }
  return out.replace(/^0+(?=\d)/, "");
}

function add(a: Decimal, b: Decimal): Decimal {
  const places = Math.max(a.places, b.places);
  const [x, y] = [widen(a, places), widen(b, places)];
  if (a.negative === b.negative) return { negative: a.negative, digits: column(x, y, false), places };
  return size(x, y) >= 0
    ? { negative: a.negative, digits: column(x, y, true), places }
    : { negative: b.negative, digits: column(y, x, true), places };
}

/** The least and the greatest number that are right. */
export function range(it: Item): [Decimal, Decimal] | undefined {
  const want = decimal(it.answer ?? "");
  if (!want) return undefined;
  const tolerance = decimal(it.tolerance ?? "") ?? { negative: false, digits: "0", places: 0 };
  return [add(want, { ...tolerance, negative: !tolerance.negative }), add(want, tolerance)];
}

const letters: Record<string, string> = {
  "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۃ": "ه", "ہ": "ه", "ھ": "ه", "ۂ": "ه", "ٱ": "ا",
};

/** Brings a short answer to the form in which it is compared: no accents or vowel
 * signs, one case, one form of each Arabic letter, letters and digits only. */
export function fold(s: string): string {
  let out = "";
  let gap = false;
  for (let sign of s.normalize("NFKD")) {
    sign = letters[sign] ?? sign;
    if (/[\p{Mn}ـ\u200c\u200d]/u.test(sign)) continue;
    const isDigit = nd.test(sign);
    if (!isDigit && !/\p{L}/u.test(sign)) {
      gap = true;
      continue;
    }
    if (gap && out) out += " ";
    gap = false;
    out += isDigit ? digit(sign) : sign.toLowerCase();
  }
  return out;
}
