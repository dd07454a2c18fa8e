// SCORM 1.2's prerequisites: the language aicc_script, over the ids of units.

/** Reports whether a unit may be opened. status names how far another has come,
 * in SCORM 1.2's words. An expression that cannot be read opens nothing it
 * should not: it counts as not met. */
export function met(expression: string, status: (id: string) => string): boolean {
  if (expression.trim() === "") return true;
  const p = new Reader(expression, status);
  try {
    const value = p.either();
    return p.atEnd() && value;
  } catch {
    return false;
  }
}

const done = (s: string) => s === "passed" || s === "completed";

const short: Record<string, string> = {
  p: "passed", c: "completed", f: "failed", i: "incomplete", b: "browsed", n: "not attempted",
  passed: "passed", completed: "completed", failed: "failed", incomplete: "incomplete", browsed: "browsed", "not attempted": "not attempted",
};

class Reader {
  private readonly words: string[];
  private at = 0;

  constructor(
    text: string,
    private readonly status: (id: string) => string,
  ) {
    this.words = text.match(/"[^"]*"|'[^']*'|<>|[&|~=*(){},]|[^\s&|~=*(){},<>"']+/g) ?? [];
  }

  atEnd(): boolean {
    return this.at === this.words.length;
  }

  either(): boolean {
    let value = this.both();
    while (this.take("|")) value = this.both() || value;
    return value;
  }

  private both(): boolean {
    let value = this.one();
    while (this.take("&")) value = this.one() && value;
    return value;
  }

  private one(): boolean {
    if (this.take("~")) return !this.one();
    if (this.take("(")) {
      const value = this.either();
      this.must(")");
      return value;
    }
    const word = this.next();
    if (/^\d+$/.test(word) && this.take("*")) {
      this.must("{");
      let n = 0;
      do {
        if (this.either()) n++;
      } while (this.take(","));
      this.must("}");
      return n >= Number(word);
    }
    if (this.take("=")) return this.is(word);
    if (this.take("<>")) return !this.is(word);
    return done(this.status(word));
  }

  private is(id: string): boolean {
    const wanted = this.next().replace(/["']/g, "").toLowerCase();
    return this.status(id) === (short[wanted] ?? wanted);
  }

  private take(word: string): boolean {
    if (this.words[this.at] !== word) return false;
    this.at++;
    return true;
  }

  private must(word: string): void {
    if (!this.take(word)) throw new Error(word);
  }

  private next(): string {
    const word = this.words[this.at++];
    if (word === undefined) throw new Error("end");
    return word;
  }
}
