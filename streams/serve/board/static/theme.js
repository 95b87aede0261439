// Light or dark: the system's choice unless somebody chose here; the stylesheet does the rest.

import { text } from "./texts.js";

const CHOICES = ["auto", "light", "dark"];

function chosen() {
  const kept = localStorage.getItem("theme");
  return CHOICES.includes(kept) ? kept : "auto";
}

function apply() {
  document.documentElement.dataset.theme = chosen();
}

/** Set up the button that goes through the choices; `onChange` is called whenever colours change. */
export function setUpTheme(button, onChange) {
  apply();
  button.addEventListener("click", () => {
    localStorage.setItem("theme", CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length]);
    apply();
    labelTheme(button);
    onChange();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
}

/** Say on the button which choice holds. */
export function labelTheme(button) {
  button.textContent = `${text("theme")}: ${text(`theme_${chosen()}`)}`;
}

/** Return a colour of the stylesheet as it is now, for what does not read stylesheets. */
export function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
