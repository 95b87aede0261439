// Tells a screen reader what a look at the page would show: outages and suspicions that are new or over.

import { usersOf } from "./outages.js";
import { labelValue, number, text } from "./texts.js";

function current(board) {
  const outages = board.outages.live.map((one) => [one.id, { key: "new_outage", one, users: usersOf(one.users) }]);
  const suspicions = board.suspected.map((one) => [one.id, { key: "new_suspicion", one, users: text("lines", { n: number(one.lines) }) }]);
  return new Map([...outages, ...suspicions]);
}

function sentence(key, { one, users }) {
  return text(key, { branch: labelValue(one.branch), place: one.place, users });
}

/** Say in a live region what differs between two boards. */
export function announce(region, before, board) {
  const was = current(before), is = current(board);
  const begun = [...is].filter(([id]) => !was.has(id)).map(([, found]) => sentence(found.key, found));
  const over = [...was].filter(([id, { key }]) => key === "new_outage" && !is.has(id)).map(([, found]) => sentence("outage_over", found));
  if (begun.length + over.length > 0) region.textContent = [...begun, ...over].join("; ");
}
