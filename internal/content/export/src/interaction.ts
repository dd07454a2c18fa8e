// An answer as SCORM and xAPI have it.
import { decimal, plain, range, type Response } from "./mark";
import { say, type Item, type Module } from "./words";

export interface Interaction {
  key: string;
  type: "choice" | "sequencing" | "matching" | "numeric" | "fill-in";
  /** The answer in its parts; pairs for matching. undefined where it has no form
   * that the type allows. */
  response: (string | [string, string])[] | undefined;
  /** The right answers, each in its parts. */
  correct: (string | [string, string])[][];
  right: boolean;
  weight: number;
  text: string;
  lang: string;
  /** What letters stand for. */
  choices: { id: string; text: string }[];
  targets: { id: string; text: string }[];
}

/** Options have letters: there are at most 26. */
const letter = (i: number) => String.fromCharCode(97 + i);

export function interaction(m: Module, it: Item, r: Response, right: boolean, lang: string): Interaction {
  const words = (t: Record<string, string>) => say(t, lang, m.base)[0];
  const named = (ts: Record<string, string>[]) => ts.map((t, i) => ({ id: letter(i), text: words(t) }));
  const [text, inLang] = say(it.text, lang, m.base);
  const out: Interaction = { key: it.key, type: "choice", response: [], correct: [], right, weight: it.points, text, lang: inLang, choices: [], targets: [] };
  switch (it.kind) {
    case "order": {
      const places = r.order ?? [];
      out.type = "sequencing";
      out.choices = named(it.sequence ?? []);
      out.response = out.choices.map((_, place) => places.indexOf(place)).filter((i) => i >= 0).map(letter);
      out.correct = [out.choices.map((c) => c.id)];
      break;
    }
    case "match":
      out.type = "matching";
      out.choices = named((it.pairs ?? []).map((p) => p.left));
      out.targets = named((it.pairs ?? []).map((p) => p.right));
      out.response = (r.match ?? []).flatMap((j, i): [string, string][] => (j >= 0 ? [[letter(i), letter(j)]] : []));
      out.correct = [out.choices.map((c): [string, string] => [c.id, c.id])];
      break;
    case "number": {
      const got = decimal(r.written ?? "");
      const bounds = range(it);
      out.type = "numeric";
      out.response = got && [plain(got)];
      if (bounds) out.correct = [[plain(bounds[0]), plain(bounds[1])]];
      break;
    }
    case "short":
      out.type = "fill-in";
      out.response = [r.written ?? ""];
      out.correct = (it.accept ?? []).map((a) => [a]);
      break;
    default:
      out.choices = named((it.options ?? []).map((o) => o.text));
      out.response = (r.chosen ?? []).map(letter);
      out.correct = [(it.options ?? []).flatMap((o, i) => (o.correct ? [letter(i)] : []))];
  }
  return out;
}

/** Parts as SCORM 2004 and xAPI join them: a[,]b, a[.]c[,]b[.]d, 1[:]2. */
export function joined(type: Interaction["type"], parts: (string | [string, string])[], pattern: boolean): string {
  if (type === "numeric") return pattern ? parts.join("[:]") : String(parts[0]);
  return parts.map((p) => (typeof p === "string" ? p : p.join("[.]"))).join("[,]");
}
