// What stands in place of a form that only a writer may use: a field for the token, or that nobody is a writer.

import { keepToken } from "./months_asking.js";
import { element } from "./page.js";
import { text } from "./texts.js";

/** Return a form for a writer's token, or a sentence where there are no writers; `given` is called once one is kept. */
export function tokenForm({ has_writers: hasWriters, role }, given) {
  if (!hasWriters) return element("p", { class: "note" }, text("months_no_writers"));
  const field = element("input", { type: "password", autocomplete: "off", required: true });
  const keep = (event) => {
    event.preventDefault();
    keepToken(field.value.trim());
    given();
  };
  return element("form", { class: "row", onsubmit: keep },
    element("p", {}, text(role === null && sessionStorage.getItem("token") === null ? "months_token_needed" : "months_token_other")),
    element("label", {}, text("token"), " ", field),
    element("button", { type: "submit" }, text("months_token_use")));
}
