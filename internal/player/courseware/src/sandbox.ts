import type { Engine, Kept, Stage } from "./engine";
import type { Seed, Told, Unit } from "./words";

type Make = (seed: Seed, stage: Stage, from: number) => Engine;

/** What travels from document to document, in the frame's name: the one place
 * that an opaque document has. */
interface Carried extends Kept {
  cadre: 1;
  seed: Seed;
  files: string;
  page: string;
  count: number;
  /** The address of the unit that is to be shown; empty between two. */
  shown: string;
}

/** The run time in strict mode: it stands first in every document of the package,
 * and in the empty page between two units. Nothing of it outlives a document but
 * what the frame's name carries. */
export function sandbox(make: Make): void {
  // A frame of the package's own cannot reach its parent, nor can its run time.
  if (window.parent === window || window.parent !== window.top) return;
  const own = document.currentScript as HTMLScriptElement;
  let carried = read();
  let engine: Engine | undefined;
  const between = own.dataset.files !== undefined;

  const stage: Stage = {
    expose(name, api) {
      (window as unknown as Record<string, unknown>)[name] = api;
    },
    show(unit: Unit) {
      keep(unit.href ?? "");
      location.replace(carried!.files + (unit.href ?? ""));
    },
    clear(then) {
      if (between) return then();
      keep("");
      // What a document says while it is being unloaded may never arrive, nor be
      // carried on. So it is told that it goes before it does; older packages save then.
      for (const event of ["beforeunload", "pagehide", "unload"]) window.dispatchEvent(new Event(event));
      keep("");
      location.replace(carried!.page);
    },
    say(what) {
      window.parent.postMessage(what, "*"); // its origin is no secret, and nothing of it is
    },
    keep() {
      if (carried) keep(carried.shown);
    },
  };

  function keep(shown: string): void {
    if (!carried || !engine) return;
    carried = { ...carried, ...engine.kept(), count: engine.count, shown };
    window.name = JSON.stringify(carried);
  }

  window.addEventListener("pagehide", () => engine?.flush());
  window.addEventListener("message", (event) => {
    const told = event.data as Told | undefined;
    if (event.source !== window.parent || told?.cadre !== 1) return;
    switch (told.kind) {
      case "seed":
        if (engine || !between) return;
        carried = {
          cadre: 1, seed: told.seed, files: own.dataset.files ?? "", page: location.href, count: 0, shown: "", activity: "", begun: false, pending: "",
        };
        engine = make(told.seed, stage, 0);
        engine.begin();
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
  });

  if (!carried) {
    if (between) stage.say({ cadre: 1, kind: "ready" });
    return;
  }
  engine = make(carried.seed, stage, carried.count);
  engine.takeUp(carried);

  function read(): Carried | undefined {
    try {
      const c = JSON.parse(window.name) as Carried;
      return c.cadre === 1 ? c : undefined;
    } catch {
      return undefined;
    }
  }
}
