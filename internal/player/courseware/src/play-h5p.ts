import { EngineH5P } from "./h5p";
import { perform } from "./h5pplayer";
import { page } from "./page";

const own = document.currentScript as HTMLScriptElement;
const files = own.dataset.files ?? "";
const core = own.dataset.core ?? "";

// The page is the content's own document, in every mode: there is no frame below it.
page((seed, stage, from) => new EngineH5P(seed, stage, from, (unit, seed, engine) => {
  document.title = unit.title;
  document.documentElement.lang = seed.learner.language || "en";
  if (/^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/.test(seed.learner.language)) document.documentElement.dir = "rtl";
  const place = document.createElement("main");
  document.body.append(place);
  // A file of H5P that does not come is no reason for it to wait without an end.
  let lost = (_: unknown): void => {};
  const failing = new Promise<never>((_, reject) => {
    lost = (event) => {
      const of = (event as Event).target;
      if (of instanceof HTMLScriptElement && of.dataset.h5p) reject(new Error("a file of H5P did not come"));
    };
  });
  window.addEventListener("error", lost, true);
  Promise.race([perform(place, files, core, seed.learner, engine), failing])
    .then((content) => engine.shown(content), (err) => {
      console.error(err);
      stage.say({ cadre: 1, kind: "trouble" });
    })
    .finally(() => window.removeEventListener("error", lost, true));
}), { show() {}, clear: (then) => then() });
