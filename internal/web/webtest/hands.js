// What hands need to know of a page: where a control is that is called so, and
// what has the focus. It is evaluated for each act and keeps its find in
// window.cadreFound, so nothing is added to the page.
(want) => {
  const words = (el) => (el ? el.textContent : "").replace(/\s+/g, " ").trim();
  const shown = (el) => el.checkVisibility({ visibilityProperty: true });
  const described = (el) => `<${el.localName}> ${JSON.stringify(nameOf(el).slice(0, 60))}`;

  function nameOf(el) {
    const by = el.getAttribute("aria-labelledby");
    if (by) return by.split(/\s+/).map((i) => words(document.getElementById(i))).join(" ");
    if (el.getAttribute("aria-label")) return el.getAttribute("aria-label");
    if (el.labels && el.labels.length) return [...el.labels].map(words).join(" ");
    return words(el);
  }

  const kinds = {
    press: "a[href], button, input[type=submit], [role=button]",
    open: "summary",
    field: "input:not([type=hidden],[type=radio],[type=checkbox],[type=file],[type=submit]), textarea",
    choice: "input[type=radio], input[type=checkbox]",
    select: "select",
    file: "input[type=file]",
  };

  // near is how far up from el the words stand: the row, the group, the form.
  function near(el, text) {
    let steps = 0;
    for (let up = el; up && up !== document.body; up = up.parentElement, steps++) {
      if (words(up).includes(text) || (up.getAttribute("aria-label") ?? "").includes(text)) return steps;
    }
    return -1;
  }

  function find() {
    let all = [...document.querySelectorAll(kinds[want.kind])].filter(shown).filter((el) => !el.disabled);
    const called = (test) => all.filter((el) => test(nameOf(el)));
    let found = called((n) => n === want.name);
    if (!found.length) found = called((n) => n.startsWith(want.name));
    if (!found.length) found = called((n) => n.includes(want.name));
    if (want.within) {
      const far = found.map((el) => [near(el, want.within), el]).filter(([d]) => d >= 0);
      const least = Math.min(...far.map(([d]) => d));
      found = far.filter(([d]) => d === least).map(([, el]) => el);
    }
    const there = (el) => el.href ?? el.id ?? "";
    if (found.length > 1 && want.kind === "press" && found.every((el) => el.href && there(el) === there(found[0]))) found = found.slice(0, 1);
    if (found.length !== 1) {
      return { error: `${found.length} controls (${want.kind}) are called ${JSON.stringify(want.name)}${want.within ? " near " + JSON.stringify(want.within) : ""}; there are ${all.map(described).join(", ")}` };
    }
    return place(found[0]);
  }

  function place(el) {
    window.cadreFound = el;
    el.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const r = [...el.getClientRects()].find((r) => r.width > 0 && r.height > 0) ?? el.getBoundingClientRect();
    const x = r.x + Math.min(r.width / 2, want.kind === "field" ? 12 : Infinity), y = r.y + r.height / 2;
    const top = document.elementFromPoint(x, y);
    const hit = top && (el.contains(top) || top.contains(el) || [...(el.labels ?? [])].some((l) => l.contains(top)));
    return {
      x, y, type: el.type ?? "", tag: el.localName, checked: !!el.checked, value: el.value ?? "", name: nameOf(el),
      covered: hit ? "" : top ? described(top) : "the window's edge",
      small: r.width < 24 || r.height < 24 ? (el.localName === "a" || el.type === "radio" || el.type === "checkbox" ? "" : `${r.width}×${r.height}`) : "",
    };
  }

  // focus says what has the keyboard's focus, and whether a person can see it.
  function focus() {
    const el = document.activeElement;
    const before = window.cadreBefore;
    window.cadreBefore = el;
    if (!el || el === document.body || el === document.documentElement) return { nowhere: true };
    const found = window.cadreFound;
    const out = { what: described(el), found: el === found, wrong: [] };
    if (found && found.type === "radio" && el.type === "radio") out.found = el.name === found.name && el.form === found.form;
    out.after = found && !out.found ? !!(found.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING) : false;
    if (before && before !== el && before.isConnected && before !== document.body) {
      const follows = !!(before.compareDocumentPosition(el) & (Node.DOCUMENT_POSITION_FOLLOWING));
      if (follows !== want.forward && !(before.type === "radio" && el.type === "radio")) out.wrong.push("the focus jumps against the order of the page, from " + described(before));
    }
    if (el.tabIndex > 0) out.wrong.push("it has a tabindex of its own: " + el.tabIndex);
    const s = getComputedStyle(el);
    const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none";
    const drawn = [s, getComputedStyle(el, "::before"), getComputedStyle(el, "::after")]; // a choice draws its own box
    if (!drawn.some(ring) && ![...(el.labels ?? [])].some((l) => ring(getComputedStyle(l)))) out.wrong.push("the focus cannot be seen on it");
    const r = el.getBoundingClientRect();
    if (r.bottom <= 0 || r.top >= innerHeight || r.right <= 0 || r.left >= innerWidth) out.wrong.push("it has the focus outside of the window");
    else {
      const top = document.elementFromPoint(Math.max(1, Math.min(innerWidth - 2, r.x + r.width / 2)), Math.max(1, Math.min(innerHeight - 2, r.y + r.height / 2)));
      if (top && !el.contains(top) && !top.contains(el) && ![...(el.labels ?? [])].some((l) => l.contains(top))) out.wrong.push("it has the focus behind " + described(top));
    }
    return out;
  }

  // page says what can be seen to be wrong with a page as a whole.
  function page() {
    const root = document.documentElement;
    const out = [];
    const over = root.scrollWidth - root.clientWidth;
    if (over > 0) {
      const beyond = (el) => { const r = el.getBoundingClientRect(); return r.right > root.clientWidth + 1 || r.left < -1; };
      const wide = [...document.body.querySelectorAll("*")].filter((el) => shown(el) && beyond(el) && !el.closest(".unseen") && ![...el.children].some(beyond));
      out.push(`it is ${over} px wider than its window of ${root.clientWidth}: ${wide.slice(0, 3).map((el) => el.className + " " + described(el)).join(", ")}`);
    }
    for (const el of document.body.querySelectorAll("*")) {
      const s = getComputedStyle(el);
      if (el.closest(".unseen, .skip, svg, table, [role=group]") || !shown(el)) continue;
      const clips = (v) => v === "hidden" || v === "clip";
      if (!words(el)) continue;
      if ((clips(s.overflowX) && el.scrollWidth > el.clientWidth + 1) || (clips(s.overflowY) && el.scrollHeight > el.clientHeight + 1)) out.push("words are cut off in " + described(el));
    }
    return { wrong: out, path: location.pathname + location.search, title: document.title };
  }

  // select says how far the option that is wanted is from the one that is chosen.
  function option() {
    const all = [...window.cadreFound.options];
    let at = all.findIndex((o) => words(o) === want.name);
    if (at < 0) at = all.findIndex((o) => words(o).includes(want.name));
    if (at < 0) return { error: `there is no option ${JSON.stringify(want.name)} among ${all.map(words).join(", ")}` };
    return { by: at - window.cadreFound.selectedIndex, at };
  }

  // set is what the panel of a telephone does for dates and choices.
  function set() {
    const el = window.cadreFound;
    if (el.localName === "select") el.selectedIndex = want.at;
    else el.value = want.name;
    el.dispatchEvent(new Event("input", { bubbles: true }));
    el.dispatchEvent(new Event("change", { bubbles: true }));
    return { value: el.value };
  }

  return JSON.stringify({ find, focus, page, option, set, now: () => ({ checked: !!window.cadreFound.checked, value: window.cadreFound.value ?? "" }) }[want.ask]());
}
