// The window of a launch of its own where the run time stands in the package's
// documents, as it does in strict mode and with H5P: it frames them, and speaks to
// them by messages.
import { alone, type Own } from "./alone";
import type { Said, Told } from "./words";

/** How long the package may take to end, before it ends without a word. */
const patience = 5000;

const own = JSON.parse((document.currentScript as HTMLScriptElement).dataset.own ?? "{}") as Own;
const frame = document.createElement("iframe");
frame.title = document.title;
frame.setAttribute("sandbox", own.sandbox);
frame.setAttribute("allow", own.allow);
frame.allowFullscreen = true;
frame.src = own.page;
const bar = own.exit ? leaving(own.exit) : undefined;
const tell = (told: Told): void => frame.contentWindow?.postMessage(told, "*");
const hear = alone(own, tell, () => {
  bar?.querySelector("button")?.remove();
  if (bar) frame.remove();
});
window.addEventListener("message", (event) => {
  const said = event.data as Said | undefined;
  if (event.source === frame.contentWindow && said?.cadre === 1) hear(said);
});
const place = bar ? document.createElement("main") : document.body;
if (bar) document.body.append(bar, place);
place.append(frame);

/** The bar with the title, and the button that ends what has no end of its own. */
function leaving(word: string): HTMLElement {
  const bar = document.createElement("header");
  bar.className = "alone-bar";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = word;
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    tell({ cadre: 1, kind: "leave" });
    window.setTimeout(() => {
      if (frame.isConnected) hear({ cadre: 1, kind: "left" });
    }, patience);
  });
  const title = document.createElement("h1");
  title.textContent = document.title;
  bar.append(button, title);
  return bar;
}
