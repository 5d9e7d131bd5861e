// After a form was sent, or a page has asked for itself again, the keyboard is where it was: on the same row and
// button, else on what stands in their place. A link that leads to a part of a page decides by itself.

const SENT = "focus-sent";
const PLACE = `focus ${location.pathname}`;
const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary";

addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sessionStorage.setItem(SENT, "yes");
});

// Lists sorted and filtered by links stay at the same address.
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (link && !link.hash && link.pathname === location.pathname) sessionStorage.setItem(SENT, "yes");
});

addEventListener("pagehide", () => {
  const element = document.activeElement;
  if (element === document.body) sessionStorage.removeItem(PLACE);
  else sessionStorage.setItem(PLACE, JSON.stringify(placeOf(element)));
});

addEventListener("load", () => {
  const place = JSON.parse(sessionStorage.getItem(PLACE));
  const again = sessionStorage.getItem(SENT) || performance.getEntriesByType("navigation")[0].type === "reload";
  sessionStorage.removeItem(SENT);
  // Where the page itself begins goes first; a browser may only see to it when it draws the page, after this.
  if (!location.hash && document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
  if (!place || !again || document.activeElement !== document.body) return;
  (find(place) ?? document.getElementById("content")).focus();
});

function placeOf(element) {
  const row = element.closest("[data-row]");
  const list = row?.closest("[data-rows]");
  return {
    id: element.id,
    name: nameOf(element),
    at: everything().indexOf(element),
    key: element.dataset.key,
    list: list ? all(document, "[data-rows]").indexOf(list) : -1,
    row: list ? all(list, "[data-row]").indexOf(row) : -1,
    rowName: row?.dataset.row,
  };
}

function find(place) {
  if (place.id) return document.getElementById(place.id);
  if (place.list >= 0) return findInRow(place);
  const these = everything();
  const there = these[place.at];
  return these.find((one) => nameOf(one) === place.name) ?? (there?.localName === place.name.split(" ")[0] ? there : null);
}

// A row that is gone leaves its place to the next one; a button that is gone, to the first of its row.
function findInRow({ list, row, rowName, key }) {
  const there = all(document, "[data-rows]")[list];
  const rows = there ? all(there, "[data-row]") : [];
  const found = rows.find((one) => rowName && one.dataset.row === rowName) ?? rows[Math.min(row, rows.length - 1)];
  return found?.querySelector(key ? `[data-key="${key}"]` : FOCUSABLE) ?? found?.querySelector(FOCUSABLE);
}

const all = (where, selector) => [...where.querySelectorAll(selector)];
const everything = () => all(document, `#content > :not(#flash), #content > :not(#flash) *`).filter((e) => e.matches(FOCUSABLE));
const nameOf = (element) => `${element.localName} ${element.ariaLabel ?? element.textContent.trim()}`;
