// The window of a launch of its own in strict mode, where the run time stands in
// the package's documents: it frames them, and speaks to them by messages.
import { alone, type Own } from "./alone";
import type { Said } from "./words";

const own = JSON.parse((document.currentScript as HTMLScriptElement).dataset.own ?? "{}") as Own;
const frame = document.createElement("iframe");
frame.title = document.title;
frame.setAttribute("sandbox", own.sandbox);
frame.setAttribute("allow", own.allow);
frame.allowFullscreen = true;
frame.src = own.page;
const hear = alone(own, (told) => frame.contentWindow?.postMessage(told, "*"));
window.addEventListener("message", (event) => {
  const said = event.data as Said | undefined;
  if (event.source === frame.contentWindow && said?.cadre === 1) hear(said);
});
document.body.append(frame);
