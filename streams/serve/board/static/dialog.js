// The one dialog of the page, and the board whose figures it explains.

import { element } from "./page.js";
import { text } from "./texts.js";

const dialog = document.getElementById("detail");
let shown = null;

/** Keep the newest content for what is opened from it. */
export function keepBoard(content) {
  shown = content;
}

/** Return the newest content. */
export const board = () => shown;

/** Show nodes under a title; `back` (or null) leads to what was there before. */
export function showDialog(title, ...nodes) {
  const close = element("button", { type: "button", class: "close", onclick: () => dialog.close() }, text("close"));
  dialog.replaceChildren(
    element("div", { class: "heading" }, element("h2", { id: "detail-title" }, title), close),
    ...nodes.filter(Boolean));
  if (!dialog.open) dialog.showModal();
  close.focus();
}

/** Close the dialog, whose texts are in the language that was chosen when it was opened. */
export const closeDialog = () => dialog.close();

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
