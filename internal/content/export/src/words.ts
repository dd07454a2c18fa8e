// What the exporter writes into module.js: a module as package content compiles
// it, and the words around it in each of its languages.

/** One text in several languages, by BCP 47 tag. */
export type Text = Record<string, string>;

export type Kind = "single" | "multiple" | "true-false" | "order" | "match" | "number" | "short";

export interface Option {
  text: Text;
  correct?: boolean;
  feedback?: Text;
}

export interface Item {
  key: string;
  kind: Kind;
  text: Text;
  options?: Option[];
  sequence?: Text[];
  pairs?: { left: Text; right: Text }[];
  answer?: string;
  tolerance?: string;
  accept?: string[];
  feedback?: Text;
  points: number;
}

export interface Page {
  key: string;
  title: Text;
  warning?: Text;
  body: Record<string, { html?: string; item?: string }[]>;
  items?: Item[];
  cites?: string[];
  seconds: number;
}

export interface Source {
  id: string;
  title: Text;
  publisher?: Text;
  year?: number;
  url?: string;
}

export interface Module {
  key: string;
  base: string;
  languages: string[];
  title: Text;
  minutes: number;
  pass_mark: number;
  warning?: Text;
  sources?: Source[];
  pages: Page[];
}

/** The words around the material in one language. What is counted is a list, by
 * number: no rule of plurals is needed here. */
export interface Words {
  /** The language the words are in: the material's own, where the exporter speaks it. */
  lang: string;
  said: Record<string, string>;
  counted: Record<string, string[]>;
}

export interface Package {
  as: "scorm12" | "scorm2004" | "cmi5";
  /** Of the version: what was kept of another one is not taken up. */
  digest: string;
  module: Module;
  names: Record<string, string>;
  directions: Record<string, "ltr" | "rtl">;
  words: Record<string, Words>;
}

/** The text in lang, else in the base language, else in any; and its language. */
export function say(t: Text | undefined, lang: string, base: string): [string, string] {
  for (const l of [lang, base, ...Object.keys(t ?? {}).sort()]) {
    const s = t?.[l];
    if (s) return [s, l];
  }
  return ["", ""];
}

/** Puts values into a sentence. */
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
