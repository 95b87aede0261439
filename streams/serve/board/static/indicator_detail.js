// One indicator in the dialog: every figure with numerator, denominator, targets, and a way to their tickets.

import { board, showDialog } from "./dialog.js";
import { element, opener, table } from "./page.js";
import { named, number, percent, text } from "./texts.js";
import { partOf, sparkline } from "./indicators.js";
import { openTickets } from "./tickets.js";
import { TIERS, verdictChip } from "./verdicts.js";

function count(indicator, figure, part, value) {
  const title = `${named(indicator.names)} · ${partOf(figure)} · ${text(part)}`;
  const open = () => openTickets(title, { indicator: indicator.id, part, ...figure.labels }, () => openIndicator(indicator.id, figure.labels));
  return opener(`${part}/${partOf(figure)}`, number(value), `${title}: ${number(value)}`, open);
}

function row(indicator, figure, isAsked) {
  const of = element("span", { class: isAsked ? "asked" : "" }, partOf(figure));
  return [
    of,
    percent(figure.ratio),
    count(indicator, figure, "numerator", figure.numerator),
    count(indicator, figure, "missing", figure.denominator - figure.numerator),
    count(indicator, figure, "denominator", figure.denominator),
    ...TIERS.map((tier) => verdictChip(figure, tier)),
    percent(figure.previous),
    figure.without_outages ? percent(figure.without_outages.ratio) : "–",
    sparkline(figure.trend),
  ];
}

/** Open an indicator by its id; the figure of `labels` is marked. */
export function openIndicator(identity, labels) {
  const indicator = board().indicators.find(({ id }) => id === identity);
  const asked = JSON.stringify(labels);
  const columns = [
    { title: text("part"), kind: "name" },
    { title: text("rate"), kind: "number" },
    { title: text("numerator"), kind: "number" },
    { title: text("missing"), kind: "number" },
    { title: text("denominator"), kind: "number" },
    ...TIERS.map((tier) => ({ title: text(`tier_${tier}`), kind: "verdict" })),
    { title: text("previous"), kind: "number" },
    { title: text("without_outages"), kind: "number" },
    { title: text("trend"), kind: "text" },
  ];
  const rows = indicator.figures.map((figure) => row(indicator, figure, JSON.stringify(figure.labels) === asked));
  showDialog(named(indicator.names),
    element("div", { class: "scroll", tabindex: "0" }, table(named(indicator.names), columns, rows)),
    element("p", { class: "runbook" }, element("strong", {}, `${text("runbook")} `), named(indicator.runbook)));
}
