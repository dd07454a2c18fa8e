// The page to which a unit returns when it has ended: it tells the player's frame,
// or leads back to the application where the unit had a window of its own.
const own = document.currentScript as HTMLScriptElement;
const app = own.dataset.app ?? "";
if (window.parent !== window) window.parent.postMessage({ cadre: 1, kind: "left" }, app);
else location.replace(app + "/learn");
