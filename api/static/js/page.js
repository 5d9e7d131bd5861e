// What every page does with keys and steppers, and where an answer of the server lands. Everything here only
// quickens what forms and links already do without it.

import "./focus.js";
import { isTyping, step } from "./hands.js";

// Steppers: + and −, also by the arrow keys of the number field itself.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (button) step(button.closest("[data-stepper]").querySelector("input"), Number(button.dataset.step));
});

// `/` goes to the search; an element with data-key answers its key, the one of the focused row first.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return; // what lies behind it answers nothing
  if (event.key === "Escape") return closeMenus(event);
  if (isTyping(event.target)) return;
  if (event.key === "/") return focusSearch(event);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") return moveRow(event);
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") return moveCell(event);
  if (event.key === "Enter" && event.target.matches("[data-rows] td")) return event.target.closest("tr").querySelector("a").click();
  const answering = [...rowOf(event.target), document]
    .flatMap((where) => [...where.querySelectorAll("[data-key]")])
    .find((element) => element.dataset.key === event.key && element.offsetParent !== null);
  if (answering) {
    event.preventDefault();
    answering.click();
  }
});

// Ctrl + Enter leads from any field of a long form, or from none, to its decision, and pressed there sends it: nothing is
// signed unseen.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
  const asked = event.target === document.body ? document : event.target.form;
  const decision = asked?.querySelector("[data-decision]");
  if (!decision) return;
  event.preventDefault();
  if (decision.contains(event.target)) decision.querySelector("[data-sends]").click();
  else decision.querySelector("select").focus();
});

function focusSearch(event) {
  const field = [...document.querySelectorAll("[data-search]")].find((one) => one.offsetParent !== null);
  if (!field) return;
  event.preventDefault();
  field.focus();
}

function rowOf(element) {
  const row = element.closest?.("[data-row]");
  return row ? [row] : [];
}

// Arrows walk the rows of a board; each row's first link or button takes the focus, or the cell below in a heat map.
function moveRow(event) {
  const [row] = rowOf(event.target);
  const rows = [...(event.target.closest("[data-rows]") ?? event.target).querySelectorAll("[data-row]")];
  const next = row ? rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)] : rows[0];
  if (!next || event.target === document.body) return;
  event.preventDefault();
  const cell = event.target.matches("[data-cells] td") ? next.cells[event.target.cellIndex] : null;
  (cell ?? next.querySelector("a, button")).focus();
}

function moveCell(event) {
  const cell = event.target.closest("[data-cells] tbody :is(th, td)");
  const next = event.key === "ArrowRight" ? cell?.nextElementSibling : cell?.previousElementSibling;
  if (!next) return;
  event.preventDefault();
  (next.querySelector("a") ?? next).focus();
}

function closeMenus(event) {
  const menu = event.target.closest?.("details.menu[open]") ?? document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A refusal that comes alone is said at the top of the page, and what was typed stays where it is; one that comes
// inside its page (the card with its field at fault) is shown like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status, responseText } = event.detail.xhr;
  if (status < 400 || !responseText.includes('id="refusal"')) return;
  event.detail.target = document.getElementById("flash");
  event.detail.selectOverride = "#refusal";
  event.detail.swapOverride = "innerHTML show:window:top";
  event.detail.shouldSwap = true;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// What is folded opens by itself on screens it says: parts of a long page where there is room, figures where their
// drawing has none.
for (const part of document.querySelectorAll("details[data-opens]")) {
  if (matchMedia(part.dataset.opens).matches) part.open = true;
}

// A field whose value was proposed is taken whole: the first key typed replaces it.
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-whole]")) event.target.select();
});
if (document.activeElement.matches("[data-whole]")) document.activeElement.select();

// Quick values: one tap fills a field.
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-fill]");
  if (!chip) return;
  const field = document.getElementById(chip.dataset.fill);
  field.value = chip.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
