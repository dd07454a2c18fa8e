import { alone, type Own } from "./alone";
import type { Engine, Stage } from "./engine";
import type { Said, Seed, Told, Unit } from "./words";

type Make = (seed: Seed, stage: Stage, from: number) => Engine;

/** The page that stands between the player's frame and the package: it holds the
 * run time and frames the units, unless it has a stage of its own. In a window of
 * its own it does without the frame. */
export function page(make: Make, staging: Partial<Stage> = {}): void {
  const own = document.currentScript as HTMLScriptElement;
  // Above it stands the player's frame, or a window of its own beside it.
  const beside = location.hash === "#alone";
  const above = beside ? self.origin : (own.dataset.app ?? "");
  const files = own.dataset.files ?? "";
  let frame: HTMLIFrameElement | undefined;
  let engine: Engine | undefined;

  const stage: Stage = {
    expose(name, api) {
      (window as unknown as Record<string, unknown>)[name] = api;
    },
    show(unit: Unit) {
      const to = document.createElement("iframe");
      to.title = unit.title;
      to.setAttribute("allow", "fullscreen; autoplay; unload");
      to.allowFullscreen = true;
      to.src = files + (unit.href ?? "");
      frame?.remove();
      frame = to;
      document.body.append(to);
      to.focus();
    },
    clear(then) {
      const old = frame;
      if (!old) return then();
      // Its last words are heard: what it does when it is unloaded comes first.
      const timer = window.setTimeout(done, 3000);
      function done(): void {
        window.clearTimeout(timer);
        old!.removeEventListener("load", done);
        old!.remove();
        if (frame === old) frame = undefined;
        then();
      }
      old.addEventListener("load", done);
      old.src = "about:blank";
    },
    say(what) {
      if (hear) hear(what as Said);
      else window.parent.postMessage(what, above === "null" ? "*" : above); // without an origin it cannot be named
    },
    keep() {},
    ...staging,
  };

  window.addEventListener("pagehide", () => engine?.flush());
  window.addEventListener("message", (event) => {
    const told = event.data as Told | undefined;
    if (!hear && event.source === window.parent && event.origin === above && told?.cadre === 1) follow(told);
  });

  function follow(told: Told): void {
    switch (told.kind) {
      case "seed":
        if (!engine) {
          engine = make(told.seed, stage, 0);
          engine.begin();
        }
        break;
      case "go":
        engine?.go(told.request, told.target ?? "");
        break;
      case "leave":
        if (engine) engine.leave();
        else stage.say({ cadre: 1, kind: "left" });
        break;
      case "stop":
        engine?.stop();
        break;
    }
  }
  const hear = own.dataset.own && window.parent === window ? alone(JSON.parse(own.dataset.own) as Own, follow) : undefined;
  stage.say({ cadre: 1, kind: "ready" });
}
