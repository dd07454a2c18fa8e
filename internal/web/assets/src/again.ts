// The page that a used launch of another program leads to. Where it is reached by a
// reload of what that launch had opened, in the same tab, it is opened once more;
// nobody else who has the address gets further than the words on it, nor does whoever
// opens a tab again that was closed.

import { forgetAgain, keptAgain, type Again } from "./play/again";

const says = document.getElementById("again") as HTMLElement;
const retry = document.getElementById("again-try") as HTMLButtonElement;
const used = says.textContent ?? "";

async function open(again: Again): Promise<void> {
  retry.hidden = true;
  says.textContent = says.dataset.opening ?? "";
  try {
    const answer = await fetch(says.dataset.asks ?? "", { method: "POST", body: JSON.stringify(again) });
    if (answer.ok) {
      const { to } = (await answer.json()) as { to: string };
      forgetAgain();
      return location.replace(to);
    }
    if (answer.status < 500) {
      forgetAgain();
      says.textContent = used;
      return;
    }
  } catch {
    // said below
  }
  says.textContent = says.dataset.noLine ?? "";
  retry.hidden = false;
}

const [way] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
const kept = keptAgain();
if (kept && way?.type === "reload") {
  retry.addEventListener("click", () => void open(kept));
  void open(kept);
}
