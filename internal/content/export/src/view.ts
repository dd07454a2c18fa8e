// Small pieces of pages.
type Child = Node | string | false | undefined | null | Child[];

/** Makes an element. Attributes that are false or undefined are left out; "on…"
 * are listeners. */
export function h(tag: string, attributes: Record<string, unknown> = {}, ...children: Child[]): HTMLElement {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value as EventListener);
    else e.setAttribute(name, value === true ? "" : String(value));
  }
  const add = (c: Child) => {
    if (Array.isArray(c)) c.forEach(add);
    else if (c) e.append(c);
  };
  children.forEach(add);
  return e;
}

/** HTML that the exporter's compiler wrote: safe by construction, of a fixed list
 * of elements. Links leave in a window of their own, so that the module stays. */
export function material(html: string): HTMLElement {
  const box = h("div");
  box.innerHTML = html;
  for (const a of box.querySelectorAll('a[href^="https:"]')) a.setAttribute("target", "_blank");
  return box;
}

export function button(label: string, look: "primary" | "secondary" | "plain", act: () => void, more: Record<string, unknown> = {}): HTMLElement {
  return h("button", { type: "button", class: "button button-" + look, onclick: act, ...more }, label);
}

export function notice(mood: "done" | "part" | "attend" | "locked", ...children: Child[]): HTMLElement {
  return h("div", { class: "notice notice-" + mood }, h("div", {}, ...children));
}
