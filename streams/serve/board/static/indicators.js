// The wall of indicators: city, parts that have targets of their own, and branches, each against both tiers.

import { drawn, element, opener, replace, table } from "./page.js";
import { labelValue, named, number, percent, text } from "./texts.js";
import { openIndicator } from "./indicator_detail.js";
import { TIERS, legend, verdictChip, verdictSign } from "./verdicts.js";

const SPARK = { width: 44, height: 18, margin: 2 };

const isBranch = ({ labels }) => Object.keys(labels).join() === "branch";

/** Return a small line of the months up to now. */
export function sparkline(trend) {
  if (trend.length < 2) return element("span", { class: "faint" }, "–");
  const values = trend.map(([, ratio]) => Number(ratio)), low = Math.min(...values), range = Math.max(...values) - low || 1;
  const step = (SPARK.width - 2 * SPARK.margin) / (values.length - 1);
  const points = values.map((value, place) => [
    SPARK.margin + place * step, SPARK.height - SPARK.margin - ((value - low) / range) * (SPARK.height - 2 * SPARK.margin)]);
  const label = trend.map(([month, ratio]) => `${month} ${percent(ratio)}`).join(", ");
  return drawn("svg", { class: "spark", width: SPARK.width, height: SPARK.height, role: "img", "aria-label": label },
    drawn("polyline", { points: points.map((point) => point.join()).join(" ") }),
    drawn("circle", { cx: points.at(-1)[0], cy: points.at(-1)[1], r: 2 }));
}

function rate(indicator, figure, key) {
  const shown = [percent(figure.ratio)];
  return opener(key, shown, `${named(indicator.names)} ${partOf(figure)} ${shown}`, () => openIndicator(indicator.id, figure.labels));
}

/** Return what a figure is of, in words. */
export function partOf(figure) {
  const values = Object.values(figure.labels);
  return values.length ? values.map(labelValue).join(" ") : text("city");
}

function budgetLeft(figure) {
  const left = TIERS.map((tier) => figure.budget?.[tier]?.left).filter((one) => one !== undefined);
  if (!left.length) return element("span", { class: "faint" }, "–");
  const least = Math.min(...left.map(Number));
  return element("span", { class: least < 0 ? "spent" : "" }, number(Math.round(least)));
}

function branchCell(indicator, branch) {
  const figure = indicator.figures.find((one) => isBranch(one) && one.labels.branch === branch);
  if (figure === undefined || figure.ratio === null) return element("span", { class: "faint" }, "–");
  return element("span", {}, verdictSign(figure), rate(indicator, figure, `${indicator.id}/${branch}`));
}

function rows(indicator, branches) {
  const own = indicator.figures.filter((figure) => !isBranch(figure));
  return own.map((figure, place) => [
    place === 0 ? named(indicator.names) : element("span", { class: "part" }, partOf(figure)),
    rate(indicator, figure, `${indicator.id}/${partOf(figure)}`),
    element("span", { class: "counts" }, `${number(figure.numerator)} / ${number(figure.denominator)}`),
    ...TIERS.map((tier) => verdictChip(figure, tier)),
    budgetLeft(figure),
    sparkline(figure.trend),
    ...branches.map((branch) => (place === 0 ? branchCell(indicator, branch) : "")),
  ]);
}

/** Show all indicators of a board. */
export function showIndicators(container, board) {
  const columns = [
    { title: text("indicator"), kind: "name" },
    { title: text("rate"), kind: "number rate" },
    { title: `${text("numerator")} / ${text("denominator")}`, kind: "number wide" },
    ...TIERS.map((tier) => ({ title: text(`tier_${tier}`), kind: "verdict" })),
    { title: text("budget_left"), kind: "number wide", hint: text("budget_hint") },
    { title: text("trend"), kind: "wide" },
    ...board.branches.map((branch) => ({ title: labelValue(branch), kind: "number wide" })),
  ];
  replace(container,
    element("div", { class: "heading" }, element("h2", {}, text("indicators")), legend()),
    element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": text("indicators"), "data-key": "indicators" },
      table(text("indicators"), columns, board.indicators.flatMap((indicator) => rows(indicator, board.branches)))));
}
