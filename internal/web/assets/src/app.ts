// What pages gain where scripts run. Nothing here is needed to do anything.

/** The summary of errors takes the focus, so that it is read first. */
function focusSummary(): void {
  document.querySelector<HTMLElement>("[data-focus]")?.focus();
}

/** A link of the summary leads into the field, not merely to it. */
function leadToField(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".summary a")) {
    link.addEventListener("click", (event) => {
      const field = document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      const shown = field.closest(".field") ?? field;
      shown.scrollIntoView({ block: "start" });
      field.focus({ preventScroll: true });
    });
  }
}

/** Whoever leaves a page on which something is typed but not sent is asked. */
function guardTyping(): void {
  let typed = false;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-guard]")) {
    form.addEventListener("input", () => {
      typed = true;
      for (const p of document.querySelectorAll<HTMLElement>("[data-saved]")) {
        p.textContent = p.dataset.saved ?? "";
      }
    });
    form.addEventListener("submit", () => {
      typed = false;
    });
  }
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}

/** A second press while the first is on its way does nothing; the server would
 * give it the first one's answer anyway. */
function pressOnce(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
    });
  }
  // A page that comes back from the browser's memory can be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset.sent;
    }
  });
}

/** An opened menu closes on Escape and when something else is pressed. */
function closeMenus(): void {
  const menus = document.querySelectorAll<HTMLDetailsElement>("details.menu");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus) {
      if (!menu.open) continue;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of menus) {
      if (menu.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    }
  });
}

/** "All" marks every choice of its group: the register's one tap. */
function markAll(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-mark-all]")) {
    button.addEventListener("click", () => {
      const value = button.dataset.markAll ?? "";
      const form = button.form;
      if (!form) return;
      for (const choice of form.querySelectorAll<HTMLInputElement>("input[type=radio]")) {
        if (choice.value === value) choice.checked = true;
      }
      form.dispatchEvent(new Event("input"));
    });
  }
}

focusSummary();
leadToField();
guardTyping();
pressOnce();
closeMenus();
markAll();
