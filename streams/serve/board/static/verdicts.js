// Shows verdicts so that they can be told apart without colours: a sign, a frame and a word each.

import { element } from "./page.js";
import { targetPercent, text } from "./texts.js";

const SIGNS = { met: "✓", missed: "✕", too_few: "≈", no_data: "–", no_target: "·" };
export const TIERS = ["province", "city"];

/** Return a chip for a figure's verdict at a tier, with the target where there is one. */
export function verdictChip(figure, tier) {
  const verdict = figure.verdicts[tier] ?? "no_target";
  const target = figure.targets[tier];
  const shown = target === undefined ? "" : targetPercent(target);
  const label = [text(`tier_${tier}`), shown, text(verdict)].filter(Boolean).join(" ");
  return element("span", { class: `chip ${verdict}`, title: label },
    element("span", { "aria-hidden": "true" }, `${SIGNS[verdict]}${shown ? ` ${shown}` : ""}`),
    element("span", { class: "unseen" }, label));
}

/** Return the worst of a figure's verdicts. */
export function worst(figure) {
  const found = Object.values(figure.verdicts);
  return ["missed", "met", "too_few", "no_data"].find((verdict) => found.includes(verdict)) ?? "no_target";
}

/** Return a bare sign for a figure among others, empty where it has no target. */
export function verdictSign(figure) {
  const verdict = worst(figure);
  if (verdict === "no_target") return null;
  return element("span", { class: `sign ${verdict}` },
    element("span", { "aria-hidden": "true" }, SIGNS[verdict]), element("span", { class: "unseen" }, text(verdict)));
}

/** Return the key to the signs. */
export function legend() {
  const entries = ["met", "missed", "too_few", "no_data", "no_target"].map((verdict) =>
    element("li", {}, element("span", { class: `chip ${verdict}`, "aria-hidden": "true" }, SIGNS[verdict]), ` ${text(verdict)}`));
  return element("ul", { class: "legend", "aria-label": text("legend") }, entries);
}
