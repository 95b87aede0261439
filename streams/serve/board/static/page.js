// Makes elements, and puts them in place without losing focus. Text only ever becomes text nodes, never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Return an element. `properties`: attributes, and handlers as `onclick`; children that are null are left out. */
export function element(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Return an SVG element. */
export function drawn(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

// A name may be cut where its column is narrow; the whole of it shows where the pointer rests.
const nameOf = (cell, { kind }) => kind === "name" && typeof cell === "string" && cell;

/**
 * Return a table with headers. `columns`: [{title, kind, hint}], kind is the class of the column's cells (number, text, …);
 * `rows`: lists of cells (texts or nodes), the first of which names its row.
 */
export function table(caption, columns, rows) {
  const head = columns.map(({ title, kind, hint }) => element("th", { scope: "col", class: kind, title: hint }, title));
  const body = rows.map((cells) =>
    element("tr", {}, cells.map((cell, place) =>
      element(place === 0 ? "th" : "td", { scope: place === 0 && "row", class: columns[place].kind, title: nameOf(cell, columns[place]) }, cell))),
  );
  return element("table", {},
    element("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, body),
  );
}

/** Put nodes into a container in place of what is there; whatever had the focus (by its data-key) has it again. */
export function replace(container, ...nodes) {
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  container.replaceChildren(...nodes.filter(Boolean));
  if (focused !== undefined) container.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Return a button that shows a figure and opens what is behind it. */
export function opener(key, text, label, open) {
  return element("button", { type: "button", class: "opener", "data-key": key, "aria-label": label, onclick: open }, text);
}
