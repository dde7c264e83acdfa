import { button, store, stored } from "./dom.js";

const THEME = "gradlink-theme";

/** Use the theme that was chosen the last time; without one it is that of the system. */
export function useStoredTheme() {
  const chosen = stored(THEME);
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset["theme"] = chosen;
}

/**
 * Make the button that changes between dark and light.
 *
 * @returns {HTMLButtonElement}
 */
export function themeButton() {
  return button("Change between dark and light", toggle, { icon: "sun", bare: true, class: "plain round" });
}

function toggle() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const next = (root.dataset["theme"] ?? system) === "dark" ? "light" : "dark";
  root.dataset["theme"] = next;
  store(THEME, next);
}
