// Where the month's complaints come from, beside the month before.

import { element, opener, replace, table } from "./page.js";
import { labelValue, number, percent, text } from "./texts.js";
import { openTickets } from "./tickets.js";

const SHOWN = 7;

function row({ value, count, last_month: before }, label, total) {
  const share = total ? count / total : 0;
  const name = labelValue(value), open = () => openTickets(name, { count: "complaints", [label]: value });
  return [
    name,
    element("span", { class: "meter", style: `--share:${share}`, "aria-hidden": "true" }),
    opener(`${label}/${value}`, number(count), `${name}: ${number(count)}`, open),
    percent(share, 1),
    number(before),
  ];
}

function list(label, rows, total) {
  const columns = [
    { title: text(label), kind: "name" }, { title: "", kind: "text bars" }, { title: text("this_month"), kind: "number" },
    { title: text("share"), kind: "number" }, { title: text("previous"), kind: "number" },
  ];
  return table(text(label), columns, rows.slice(0, SHOWN).map((one) => row(one, label, total)));
}

/** Show the complaints of a board. */
export function showComplaints(container, board) {
  const { month, last_month: before, channels, categories } = board.complaints;
  const total = `${text("this_month")} ${number(month)} · ${text("previous")} ${number(before)}`;
  replace(container,
    element("div", { class: "heading" }, element("h2", {}, text("complaints")), element("p", {}, total)),
    channels.length
      ? element("div", { class: "scroll columns", tabindex: "0", role: "group", "aria-label": text("complaints"), "data-key": "complaints" },
        list("channel", channels, month), list("category", categories, month))
      : element("p", { class: "calm" }, text("no_complaints")));
}
