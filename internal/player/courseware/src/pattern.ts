// What a right answer may look like (RTE 4.2.10, correct_responses). scorm-again takes
// some that are none, and refuses some that are: steps of more than one, marks before
// long texts, sequences and pairs that name something twice.

/** A name: whatever it is made of, it cannot be taken for a mark. */
function named(v: string): boolean {
  return v.trim() !== "" && !/[{}[\]]/.test(v);
}

/** Takes the marks from before a text: each once, in any order. What is no mark by then
 * belongs to the text. Returns nothing where a mark says what it cannot. */
function unmarked(v: string, ...marks: string[]): string | undefined {
  const left = new Set(marks);
  for (;;) {
    const [all, mark, value] = /^\{(case_matters|order_matters|lang)=([^}]*)\}/.exec(v) ?? [];
    if (!all || !left.has(mark!)) return v;
    if (mark === "lang" ? !/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(value!) : !/^(true|false)$/.test(value!)) return undefined;
    left.delete(mark!);
    v = v.slice(all.length);
    if (mark === "lang") return v; // a text begins
  }
}

/** Whether every part of a list is right. */
function each(v: string | undefined, right: (part: string) => boolean): boolean {
  return v !== undefined && v.split("[,]").every(right);
}

function pair(v: string, right: (a: string, b: string) => boolean): boolean {
  const [a, b, ...more] = v.split("[.]");
  return a !== undefined && b !== undefined && more.length === 0 && right(a, b);
}

const number = /^-?\d+(\.\d+)?$/;

const kinds: Record<string, (v: string) => boolean> = {
  "true-false": (v) => v === "true" || v === "false",
  choice: (v) => v === "" || (each(v, named) && new Set(v.split("[,]")).size === v.split("[,]").length),
  "fill-in": (v) => each(unmarked(v, "case_matters", "order_matters", "lang"), (part) => unmarked(part, "lang") !== undefined),
  "long-fill-in": (v) => unmarked(v, "case_matters", "lang") !== undefined,
  likert: named,
  matching: (v) => each(v, (part) => pair(part, (a, b) => named(a) && named(b))),
  performance: (v) => each(unmarked(v, "order_matters"), (part) => pair(part, (a, b) => (a === "" ? b !== "" : named(a)))),
  sequencing: (v) => each(v, named),
  numeric: (v) => {
    if (number.test(v)) return true;
    const [low, high, ...more] = v.split("[:]");
    if (low === undefined || high === undefined || more.length > 0) return false;
    if ([low, high].some((x) => x !== "" && !number.test(x))) return false;
    return low === "" || high === "" || Number(low) <= Number(high);
  },
  other: () => true,
};

/** The kinds of interaction that one right answer is all there is of. */
const single = /^(true-false|likert|numeric)$/;

/** Returns the error that a right answer is refused with, or "0". others are the right
 * answers before and behind it. */
export function refused(kind: string, v: string, at: number, others: string[]): string {
  if (single.test(kind) && at > 0) return "351";
  if (!(kinds[kind] ?? kinds.other)!(v)) return "406";
  const set = (x: string): string => x.split("[,]").sort().join("[,]");
  return kind === "choice" && others.some((o) => set(o) === set(v)) ? "351" : "0";
}
