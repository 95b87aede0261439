// What falls due within two hours, by branch or department, most urgent first.

import { element, opener, replace, table } from "./page.js";
import { labelValue, number, text } from "./texts.js";
import { openTickets } from "./tickets.js";

const STATES = ["due_soon", "overdue", "open", "held"];
const TOPIC_OF = { faults: "fault_tickets", complaints: "complaints", orders: "orders" };
const SHOWN = 12;

function count(row, state) {
  const value = row[state];
  if (value === null) return element("span", { class: "faint" }, "–");
  if (value === 0) return element("span", { class: "faint" }, "0");
  const where = Object.values(row.group ?? {}).map(labelValue).join(" ");
  const title = [text(`kind_${row.kind}`), where, text(state)].filter(Boolean).join(" · ");
  const question = { level: `${TOPIC_OF[row.kind]}_${state}`, ...row.group };
  return element("span", { class: state }, opener(`${title}`, number(value), `${title}: ${number(value)}`, () => openTickets(title, question)));
}

function cells(row) {
  const where = row.group ? Object.values(row.group).map(labelValue).join(" ") : text("total");
  return [where, text(`kind_${row.kind}`), ...STATES.map((state) => count(row, state))];
}

/** Show the worklist of a board. */
export function showWorklist(container, board) {
  const { rows, totals } = board.worklist;
  const columns = [
    { title: text("group"), kind: "name" }, { title: text("work"), kind: "text" },
    ...STATES.map((state) => ({ title: text(state), kind: "number" })),
  ];
  const all = Object.entries(totals).map(([kind, total]) => ({ kind, ...total }));
  replace(container,
    element("div", { class: "heading" }, element("h2", {}, text("worklist"))),
    rows.length
      ? element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": text("worklist"), "data-key": "worklist" },
        table(text("worklist"), columns, [...all, ...rows.slice(0, SHOWN)].map(cells)))
      : element("p", { class: "calm" }, `✓ ${text("nothing_due")}`));
}
