// A module made to be played anywhere: page by page, in her language, with her
// place kept by the system that launched it.
import { cmi5 } from "./cmi5";
import { interaction } from "./interaction";
import { nobody, type Keeper } from "./keeper";
import { scorm } from "./scorm";
import { answered, ask, unanswered, type Setting } from "./question";
import { fill, say, type Package, type Text } from "./words";
import { button, h, material, notice } from "./view";
import { Walk } from "./walk";

declare global {
  interface Window {
    cadrePackage: Package;
  }
}

const pack = window.cadrePackage;
const module = pack.module;

class Player {
  private readonly walk: Walk;
  private readonly saved = h("p", { class: "hint saved", role: "status" });
  private first = true;

  constructor(private readonly keeper: Keeper) {
    this.walk = new Walk(module, pack.digest, keeper.passAt >= 0 ? keeper.passAt : module.pass_mark / 100);
    this.walk.takeUp(keeper.kept);
    keeper.onTrouble((sentence) => (this.saved.textContent = sentence ? this.said(sentence) : ""));
  }

  begin(): void {
    const w = this.walk;
    const wished = w.lang || nearest(this.keeper.language) || nearest(navigator.language) || module.base;
    this.speak(wished);
    if (!w.begun) this.cover(wished);
    else if (w.over) this.overview();
    else this.page(w.at);
  }

  private get lang(): string {
    return this.walk.lang || document.documentElement.dataset.language || module.base;
  }
  private said(name: string): string {
    return pack.words[this.lang]!.said[name]!;
  }
  private counted(name: string, n: number): string {
    return pack.words[this.lang]!.counted[name]![n]!;
  }
  private text(t?: Text): string {
    return say(t, this.lang, module.base)[0];
  }

  /** Sets the language of everything. */
  private speak(lang: string): void {
    const root = document.documentElement;
    root.lang = lang;
    root.dir = pack.directions[lang]!;
    root.dataset.language = lang;
    if (this.walk.begun) this.walk.lang = lang;
  }

  private keep(): void {
    const w = this.walk;
    this.keeper.place({ state: (limit) => w.keep(limit), page: w.page(w.at).key, progress: w.outcome().progress });
  }

  private show(again: () => void, ...children: Parameters<typeof h>[2][]): void {
    const others = module.languages.filter((l) => l !== this.lang);
    const trouble = this.keeper.trouble;
    const main = h("main", { class: "main", id: "main" }, trouble && notice("attend", h("p", {}, this.said(trouble))), children, this.saved);
    document.body.replaceChildren(
      h("header", { class: "header" }, h("div", { class: "header-in" },
        h("p", { class: "product" }, this.text(module.title)),
        h("div", { class: "header-end" },
          this.walk.begun && others.map((l) => button(pack.names[l]!, "plain", () => {
            this.speak(l);
            this.keep();
            again();
          }, { lang: l, dir: pack.directions[l] })),
          this.keeper.leads && button(this.said("leave"), "secondary", () => void this.keeper.leave(), { id: "leave" }),
        ))),
      main,
    );
    document.title = main.querySelector("h1")?.textContent ?? this.text(module.title);
    if (!this.first) {
      scrollTo(0, 0);
      main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    }
    this.first = false;
  }

  private heading(t?: Text): HTMLElement {
    const [text, lang] = say(t, this.lang, module.base);
    return h("h1", { tabindex: -1, lang, dir: pack.directions[lang] }, text);
  }

  /** The module before it is begun. */
  private cover(lang: string): void {
    const again = () => this.cover(this.lang);
    this.show(again,
      this.heading(module.title),
      h("p", { class: "lead" }, this.said("takes")),
      !!module.warning && notice("attend", h("p", {}, h("strong", {}, this.said("warningTitle"))), h("p", {}, this.text(module.warning))),
      module.languages.length > 1 && h("fieldset", { class: "group" },
        h("legend", { class: "group-legend" }, this.said("language")),
        h("div", { class: "choices" }, module.languages.map((l) => h("div", { class: "choice" },
          h("input", { type: "radio", name: "language", id: "language-" + l, value: l, checked: l === lang, onchange: () => {
            this.speak(l);
            again();
            document.getElementById("language-" + l)?.focus();
          } }),
          h("label", { for: "language-" + l, lang: l }, pack.names[l]!),
        )))),
      h("div", { class: "buttons" }, button(this.said("begin"), "primary", () => {
        this.walk.lang = lang;
        this.walk.seed = Math.random().toString(36).slice(2, 10);
        this.keep();
        this.page(0);
      }, { id: "begin" })),
      h("p", { class: "hint" }, this.said("leaveAnyTime")),
    );
  }

  private go(at: number): void {
    this.walk.at = at;
    if (!this.walk.over) this.keep();
    this.page(at);
  }

  private page(at: number, read = false): void {
    const w = this.walk;
    const p = w.page(at);
    const again = () => this.page(at, read);
    const pages = module.pages.length;
    const strip = h("div", { class: "progress" },
      h("p", { class: "progress-words" }, h("span", {}, fill(this.said("pageOf"), { page: at + 1, pages })), h("span", {}, w.over ? this.said("inReview") : "")),
      h("progress", { class: "progress-of", max: 1, value: w.over ? 1 : w.outcome().progress, "aria-label": fill(this.said("pageOf"), { page: at + 1, pages }) }));
    if (w.warned(at) && !read) {
      this.show(again, strip, this.heading(p.title),
        notice("attend", h("p", {}, h("strong", {}, this.said("warningTitle"))), h("p", {}, this.text(p.warning))),
        h("p", {}, this.said("skipCostsNothing")),
        h("div", { class: "buttons" },
          button(this.said("readIt"), "primary", () => this.page(at, true), { id: "read" }),
          !w.over && button(this.said("skip"), "secondary", () => this.turn(at, true), { id: "skip" })));
      return;
    }
    const s: Setting = { module, words: pack.words[this.lang]!, lang: this.lang, seed: w.seed };
    const blocks = (p.body[this.lang] ?? []).map((b) => {
      const it = (p.items ?? []).find((i) => i.key === b.item);
      if (!it) return material(b.html ?? "");
      const g = w.answer(it.key);
      if (g) return answered(s, it, g);
      if (w.over) return unanswered(s, it);
      return ask(s, it, (r) => {
        const given = w.respond(it, r);
        this.keeper.answered(interaction(module, it, r, given.right, this.lang));
        this.keep();
        this.page(at, true);
        const place = document.getElementById("q-" + it.key);
        place?.scrollIntoView({ block: "nearest" });
        place?.focus({ preventScroll: true });
      });
    });
    const n = w.answered(at);
    const last = module.pages.every((_, i) => i === at || !!w.doneAs(i));
    this.show(again, strip,
      h("article", { class: "material" }, this.heading(p.title), blocks, this.sources(p.cites ?? [])),
      !w.over && n.asked > n.answered && h("p", { class: "hint" }, this.counted("openHere", n.asked - n.answered)),
      h("div", { class: "buttons" },
        w.over
          ? [at + 1 < pages && button(this.said("next"), "primary", () => this.page(at + 1), { id: "next" }), button(this.said("toOverview"), "secondary", () => this.overview(), { id: "overview" })]
          : [button(this.said(last ? "end" : "next"), "primary", () => this.turn(at, false), { id: "next" }), at > 0 && button(this.said("pageBefore"), "plain", () => this.go(at - 1), { id: "before" })]),
    );
  }

  private sources(cites: string[]): HTMLElement | false {
    if (!cites.length) return false;
    const of = (t?: Text) => {
      const [text, lang] = say(t, this.lang, module.base);
      return h("bdi", { lang }, text);
    };
    return h("aside", { class: "sources", "aria-label": this.said("sources") }, h("p", {}, h("strong", {}, this.said("sources"))),
      h("ul", {}, (module.sources ?? []).map((s, i) => cites.includes(s.id) && h("li", { id: "source-" + s.id },
        `[${i + 1}] `,
        s.url ? h("a", { href: s.url, rel: "noopener noreferrer", target: "_blank" }, of(s.title)) : of(s.title),
        this.text(s.publisher) && [" · ", of(s.publisher)],
        !!s.year && " · " + s.year,
      ))));
  }

  private turn(at: number, skip: boolean): void {
    const next = this.walk.turn(at, skip);
    if (next >= 0) return this.go(next);
    if (this.walk.outcome().open > 0) {
      this.keep();
      return this.overview();
    }
    this.finish();
  }

  private finish(): void {
    const o = this.walk.end();
    this.keep();
    this.keeper.ended({ passed: o.passed, asked: module.pages.some((p) => (p.items ?? []).length > 0), points: o.points, max: o.max, scaled: o.max ? o.points / o.max : 1 });
    this.overview();
  }

  /** The module as a whole: what is left, or how it ended. */
  private overview(): void {
    const w = this.walk;
    const o = w.outcome();
    const points = o.max > 0 && h("p", {}, fill(this.said("points"), { points: o.points, max: o.max }));
    const act = (label: string, look: "primary" | "secondary", go: () => void, id: string) => h("div", { class: "buttons" }, button(this.said(label), look, go, { id }));
    const topics = module.pages.map((_, i) => i).filter((i) => w.asks(i));
    const left = topics.filter((i) => w.revisit(i)).length;
    this.show(() => this.overview(),
      this.heading(module.title),
      w.over === "passed" && [notice("done", h("p", {}, h("strong", {}, this.said("finished"))), points), !this.keeper.leads && h("p", {}, this.said("mayClose"))],
      w.over === "not-yet" && [
        notice("part", h("p", {}, h("strong", {}, fill(this.counted("topicsLeft", left), { of: topics.length }))), points),
        act("revisit", "primary", () => {
          w.again();
          this.keep();
          this.page(w.at);
        }, "again")],
      !w.over && (o.pagesDone
        ? [notice("attend", h("p", {}, this.counted("openQuestions", o.open))), act("finishAnyway", "secondary", () => this.finish(), "finish")]
        : act("goOn", "primary", () => this.page(w.at), "next")),
      h("h2", {}, this.said("pages")),
      h("ol", { class: "pages" }, module.pages.map((p, i) => {
        const n = w.answered(i);
        const state = w.doneAs(i) === "s" && !n.answered ? this.said("pageSkipped")
          : w.over && w.asks(i) && w.revisit(i) ? this.said("pageRevisit")
          : w.doneAs(i) && !p.warning && n.answered < n.asked ? this.counted("pageOpen", n.asked - n.answered)
          : w.doneAs(i) ? this.said("pageRead") : "";
        return h("li", {}, button(this.text(p.title), "plain", () => this.go(i)), state && h("span", { class: "hint" }, " " + state));
      })),
    );
  }
}

/** The module's language that is wished for, or the nearest; empty for none. */
function nearest(wished: string): string {
  const main = (l: string) => l.split("-")[0]!.toLowerCase();
  return module.languages.find((l) => l === wished) ?? module.languages.find((l) => wished && main(l) === main(wished)) ?? "";
}

async function start(): Promise<void> {
  const keeper = pack.as === "cmi5" ? await cmi5() : scorm(pack.as);
  new Player(keeper ?? nobody).begin();
}

void start();
