// The whole window for the package, also where a browser lets no page have the screen.

/** Has a button hide the bar, but for itself, and show it again. */
export function larger(button: HTMLButtonElement): void {
  const before = button.textContent ?? "";
  button.hidden = false;
  button.addEventListener("click", () => {
    const is = document.body.classList.toggle("play-large");
    button.textContent = is ? (button.dataset.back ?? "") : before;
  });
}
