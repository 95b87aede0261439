// Says things in the language that is chosen: texts from texts.json, numbers and times as people there write them.

const LANGUAGES = ["zh", "en"];
const LOCALES = { zh: "zh-CN", en: "en-GB" };
const MINUTE = 60, HOUR = 3600, DAY = 86400;

let catalogue = {};
let language = "zh";
let timezone = "Asia/Shanghai";
let valueNames = {};

/** Load the catalogue; the language is the one chosen before, else the browser's. */
export async function loadTexts() {
  catalogue = await (await fetch("/static/texts.json")).json();
  const wanted = localStorage.getItem("language") ?? navigator.language.slice(0, 2);
  choose(LANGUAGES.includes(wanted) ? wanted : "en");
}

function choose(wanted) {
  language = wanted;
  document.documentElement.lang = LOCALES[wanted];
}

/** Go over to the other language, and remember it. */
export function switchLanguage() {
  choose(LANGUAGES.find((one) => one !== language));
  localStorage.setItem("language", language);
}

/** Take the time zone in which times are told. */
export function useTimezone(name) {
  timezone = name;
}

/** Take the names that the settings give to values of labels. */
export function useValueNames(names) {
  valueNames = names;
}

/** Return the text of a key, with `{name}` filled in. */
export function text(key, values = {}) {
  return catalogue[key][language].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Return a name of the data's own in the chosen language; what has none stands for itself. */
export function named(names, otherwise = "") {
  return names?.[language] ?? otherwise;
}

/** Return a label's value as people read it. */
export function labelValue(value) {
  if (value === "") return text("none");
  return value === "other" ? text("other") : named(valueNames[value], value);
}

export const number = (value) => (value === null || value === undefined ? "–" : value.toLocaleString(LOCALES[language]));

/** Return a ratio (decimal text of 1) as percent. */
export function percent(ratio, places = 2) {
  return ratio === null || ratio === undefined ? "–" : `${(Number(ratio) * 100).toFixed(places)}%`;
}

/** Return a target as percent, with no more places than it has. */
export const targetPercent = (ratio) => `${+(Number(ratio) * 100).toFixed(3)}%`;

function parts(instant, fields) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hourCycle: "h23", ...fields });
  return Object.fromEntries(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
}

/** Return an instant as "2009-07-14 20:30:00" in the data's time zone. */
export function dateTime(instant) {
  const two = "2-digit";
  const found = parts(instant, { year: "numeric", month: two, day: two, hour: two, minute: two, second: two });
  return `${found.year}-${found.month}-${found.day} ${found.hour}:${found.minute}:${found.second}`;
}

export const clockTime = (instant) => dateTime(instant).slice(11);
export const minuteTime = (instant) => (instant ? dateTime(instant).slice(5, 16) : "–");

/** Return a span of time in its largest fitting unit. */
export function span(seconds) {
  if (seconds < 2 * MINUTE) return text("seconds", { n: Math.max(0, Math.round(seconds)) });
  if (seconds < 2 * HOUR) return text("minutes", { n: Math.round(seconds / MINUTE) });
  return text("hours", { n: Math.round(seconds / HOUR) });
}

/** Tell whether an age is beyond what staleness in hours can tell. */
export const isHistorical = (seconds) => seconds > DAY;

/** Put the page's own texts where the markup asks for them. */
export function labelPage() {
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", text(node.dataset.label));
  document.title = text(document.documentElement.dataset.title);
}
