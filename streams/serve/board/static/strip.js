// The strip of the month: a lane for each branch, a bar for each outage from its beginning to its end.

import { element } from "./page.js";
import { labelValue, minuteTime, text } from "./texts.js";

const DAY = 86_400_000;
const LEAST_WIDTH = 0.5;

function bar(outage, now, place, open, usersOf) {
  const begin = Math.max(0, place(outage.started_at)), end = Math.min(100, place(outage.restored_at ?? now));
  const to = outage.restored_at ? minuteTime(outage.restored_at) : text("until_now");
  const label = text("strip_item", {
    branch: labelValue(outage.branch), place: outage.place, from: minuteTime(outage.started_at), to, users: usersOf(outage.users),
    state: text(outage.state),
  });
  const style = `left:${begin}%;width:${Math.max(LEAST_WIDTH, end - begin)}%`;
  return element("button", {
    type: "button", class: `bar ${outage.state} ${outage.severity ?? ""}`, style, title: label, "aria-label": label,
    "data-key": `strip/${outage.id}`, onclick: () => open(outage.id),
  });
}

function days(start, end) {
  const count = Math.round((end - start) / DAY);
  return Array.from({ length: count }, (_, day) =>
    element("span", { style: `left:${(100 * day) / count}%;width:${100 / count}%`, class: day % 7 && day !== count - 1 ? "minor" : "" }, String(day + 1)));
}

/** Return the strip of a board's month; a bar opens its outage. */
export function strip(content, open, usersOf) {
  const start = Date.parse(content.month_start), end = Date.parse(content.month_end);
  const place = (instant) => (100 * (Date.parse(instant) - start)) / (end - start);
  const begun = content.outages.month.filter((one) => place(one.started_at) < 100);
  const others = begun.filter((one) => !content.branches.includes(one.branch)).map((one) => one.branch);
  const lanes = [...content.branches, ...new Set(others)].map((branch) =>
    element("li", {}, element("span", { class: "lane" }, labelValue(branch)),
      element("div", { class: "track" }, begun.filter((one) => one.branch === branch).map((one) => bar(one, content.as_of, place, open, usersOf)),
        element("i", { class: "now", style: `left:${place(content.as_of)}%` }))));
  return element("div", { class: "strip" },
    element("h3", {}, text("strip")),
    element("ul", { class: "lanes" }, lanes),
    element("div", { class: "days", "aria-hidden": "true" }, element("div", {}, days(start, end))));
}
