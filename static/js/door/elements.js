// Small helps for building pieces of the page. Text is only ever set as text: nothing that was read becomes HTML.

const SVG = "http://www.w3.org/2000/svg";

/** The element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** A new element: attributes by name, functions as listeners ("onclick"), true as an empty attribute. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** One of the icons of the page, which says nothing to those who listen. */
export function icon(name, className = "icon") {
  const drawn = svg("svg", { class: className, "aria-hidden": "true" });
  drawn.append(svg("use", { href: `#icon-${name}` }));
  return drawn;
}

/** A piece of a drawing. */
export function svg(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Shows the text, or hides the element when there is none. */
export function say(target, text, attributes = {}) {
  const place = typeof target === "string" ? byId(target) : target;
  place.textContent = text ?? "";
  place.hidden = !text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value) place.setAttribute(name, value);
    else place.removeAttribute(name);
  }
}

/** Says something to those who listen; the screen shows it elsewhere. */
export function tell(text) {
  byId("told").textContent = text;
}

/** Fills a select with [value, label] pairs and keeps what is chosen. */
export function fillSelect(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, label]) => element("option", { value }, label)));
  select.value = String(chosen ?? "");
}
