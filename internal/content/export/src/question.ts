// A question: asked, or answered and explained.
import { empty, type Response } from "./mark";
import { fill, say, type Item, type Module, type Words } from "./words";
import { h } from "./view";
import { shuffled, type Given } from "./walk";

export interface Setting {
  module: Module;
  words: Words;
  lang: string;
  seed: string;
}

const straight = (n: number) => [...Array(n).keys()];

/** A question with the controls to answer it. take is told an answer that is not
 * empty. */
export function ask(s: Setting, it: Item, take: (r: Response) => void): HTMLElement {
  const { said } = s.words;
  const id = "q-" + it.key;
  const words = (t: Record<string, string>) => say(t, s.lang, s.module.base)[0];
  const read: (() => void)[] = [];
  const response: Response = {};
  let hint = "";
  let controls: HTMLElement[] = [];
  const choice = (type: "radio" | "checkbox") =>
    (it.options ?? []).map((o, i) => {
      const input = h("input", { type, name: id, id: `${id}-${i}`, value: i }) as HTMLInputElement;
      read.push(() => input.checked && (response.chosen ??= []).push(i));
      return h("div", { class: "choice" }, input, h("label", { for: input.id }, words(o.text)));
    });
  /** Lists to choose from, one for each thing. */
  const lists = (things: { label: string; options: { value: number; label: string }[]; put: (v: number) => void }[]) =>
    things.map((t, i) => {
      const select = h("select", { class: "input", id: `${id}-${i}` }, h("option", { value: -1 }, "–"), t.options.map((o) => h("option", { value: o.value }, o.label))) as HTMLSelectElement;
      read.push(() => t.put(Number(select.value)));
      return h("div", { class: "field" }, h("label", { class: "label", for: select.id }, t.label), select);
    });
  switch (it.kind) {
    case "single":
    case "true-false":
      controls = choice("radio");
      break;
    case "multiple":
      hint = said.allThatApply!;
      controls = choice("checkbox");
      break;
    case "order": {
      const things = it.sequence ?? [];
      hint = said.putInOrder!;
      response.order = things.map(() => -1);
      controls = lists(shuffled(s.seed, it.key, things.length).map((i) => ({
        label: words(things[i]!), options: straight(things.length).map((n) => ({ value: n, label: String(n + 1) })), put: (v) => (response.order![i] = v),
      })));
      break;
    }
    case "match": {
      const pairs = it.pairs ?? [];
      hint = said.matching!;
      response.match = pairs.map(() => -1);
      const rights = shuffled(s.seed, it.key, pairs.length).map((j) => ({ value: j, label: words(pairs[j]!.right) }));
      controls = lists(pairs.map((p, i) => ({ label: words(p.left), options: rights, put: (v) => (response.match![i] = v) })));
      break;
    }
    default: {
      const number = it.kind === "number";
      hint = number ? said.writeNumber! : said.writeWords!;
      const input = h("input", { class: "input " + (number ? "w8" : "w32"), id: id + "-0", maxlength: 200, autocomplete: "off", inputmode: number ? "decimal" : undefined, dir: number ? "ltr" : "auto", "aria-describedby": id + "-hint" }) as HTMLInputElement;
      read.push(() => (response.written = input.value));
      controls = [input];
    }
  }
  const written = it.kind === "number" || it.kind === "short";
  const wrong = h("p", { class: "error", id: id + "-wrong", role: "alert" });
  const text = words(it.text);
  const hintLine = hint && h("p", { class: "hint", id: id + "-hint" }, hint);
  const body = written
    ? h("div", { class: "field" }, h("label", { class: "label", for: id + "-0" }, text), hintLine, wrong, controls)
    : h("fieldset", { class: "group", "aria-describedby": hint ? id + "-hint" : undefined }, h("legend", { class: "group-legend" }, text), hintLine, wrong, h("div", { class: controls[0]?.className === "choice" ? "choices" : "" }, controls));
  const form = h("form", { class: "form", novalidate: true }, body, h("button", { class: "button button-secondary" }, said.check!));
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    response.chosen = undefined;
    read.forEach((f) => f());
    if (!empty(response)) return take(response);
    wrong.textContent = said.answerFirst!;
    form.querySelector<HTMLElement>("input, select")?.focus();
  });
  return h("div", { class: "question", id: id + "-place" }, form);
}

/** A question that was answered: what is right, and why. */
export function answered(s: Setting, it: Item, g: Given): HTMLElement {
  const { said } = s.words;
  const id = "q-" + it.key;
  const words = (t?: Record<string, string>) => {
    const [text, lang] = say(t, s.lang, s.module.base);
    return h("bdi", { lang }, text);
  };
  const feedback = say(it.feedback, s.lang, s.module.base)[0];
  return h("div", { class: "question", id: id + "-place" },
    h("p", { id, tabindex: -1 }, h("strong", {}, words(it.text))),
    h("p", { role: "status" }, h("span", { class: "status status-" + (g.right ? "done" : "part") }, (g.right ? "✓ " : "○ ") + (g.right ? said.right! : said.notQuite!))),
    solution(said, it, g.response, words),
    feedback && h("p", {}, words(it.feedback)),
  );
}

/** A question that was not answered, where nothing can be. */
export function unanswered(s: Setting, it: Item): HTMLElement {
  return h("div", { class: "question" }, h("p", {}, h("strong", {}, say(it.text, s.lang, s.module.base)[0])), h("p", {}, s.words.said.notAnswered!));
}

function solution(said: Record<string, string>, it: Item, r: Response, words: (t?: Record<string, string>) => HTMLElement): (HTMLElement | string)[] {
  const wrote = r.written ? [h("p", { class: "hint" }, said.youWrote! + " ", h("bdi", {}, r.written))] : [];
  switch (it.kind) {
    case "order":
      return [h("p", {}, said.theOrder!), h("ol", {}, (it.sequence ?? []).map((t) => h("li", {}, words(t))))];
    case "match":
      return [h("ul", {}, (it.pairs ?? []).map((p) => h("li", {}, words(p.left), " – ", words(p.right))))];
    case "number":
      return [h("p", {}, fill(said.theNumber!, { answer: it.answer ?? "" })), ...wrote];
    case "short":
      return [h("p", {}, fill(said.theWords!, { answers: (it.accept ?? []).join(" · ") })), ...wrote];
    default:
      return [h("ul", {}, (it.options ?? []).map((o, i) => h("li", {},
        words(o.text),
        o.correct && [" ", h("span", { class: "tag" }, said.rightAnswer!)],
        !!r.chosen?.includes(i) && [" ", h("span", { class: "tag" }, said.yourAnswer!), !!o.feedback && [h("br"), words(o.feedback)]],
      )))];
  }
}
