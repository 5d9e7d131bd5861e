// `?` and the entry of the menu show the keys this page knows: those every page has, and those of its own buttons.

import { isTyping } from "./hands.js";

const help = document.getElementById("shortcuts");

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (help.open || isTyping(event.target)) return;
  event.preventDefault();
  show();
});

document.addEventListener("click", (event) => {
  const entry = event.target.closest("[data-shortcuts]");
  if (!entry) return;
  const menu = entry.closest("details.menu");
  menu.open = false;
  menu.querySelector("summary").focus(); // where the focus returns when the help is closed
  show();
});

function show() {
  for (const old of help.querySelectorAll("[data-of-page]")) old.remove();
  const known = new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    const { key } = element.dataset;
    if (element.offsetParent !== null && !known.has(key)) known.set(key, nameOf(element));
  }
  help.querySelector("ul").prepend(...[...known].map(([key, name]) => row(key, name)));
  help.querySelector("[data-walks]").hidden = !document.querySelector("[data-rows]");
  help.querySelector("[data-steps]").hidden = !document.querySelector("[data-cells]");
  help.querySelector("[data-decides]").hidden = !document.querySelector("[data-decision]");
  help.showModal();
}

function row(key, name) {
  const made = help.querySelector("template").content.cloneNode(true);
  made.querySelector("kbd").textContent = key;
  made.querySelector("span").textContent = name;
  return made;
}

// A title names what a key does on every row, with the key behind it; a label names one row.
const nameOf = (element) =>
  element.title.replace(/\s*\(.\)$/, "") || element.ariaLabel || (element.querySelector("span") ?? element).textContent.trim();
