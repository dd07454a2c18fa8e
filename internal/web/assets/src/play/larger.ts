// The whole window for the package, also where a browser lets no page have the screen.

/** Has a button hide the bar, but for itself, and show it again. What it returns shows
 * the bar where it is hidden. */
export function larger(button: HTMLButtonElement): () => void {
  const before = button.textContent ?? "";
  const set = (is: boolean): void => {
    document.body.classList.toggle("play-large", is);
    button.textContent = is ? (button.dataset.back ?? "") : before;
  };
  button.hidden = false;
  button.addEventListener("click", () => set(!document.body.classList.contains("play-large")));
  return () => set(false);
}
