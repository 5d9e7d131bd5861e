// Pages with a scan field (`[data-scan-field]`): a scanner is a keyboard that types very fast and ends with Enter
// or Tab. Wherever the focus is, what it types goes to the scan field; what a person types stays where it is.

import { isTyping, step } from "./hands.js";

const FASTEST_HAND = 35; // milliseconds between two keys; scanners need 1 to 20
const SHORTEST_CODE = 6;
const GROUP_SEPARATOR = "\u001d"; // sent as Ctrl+] by most scanners

let burst = fresh();

function fresh() {
  return { text: "", last: -Infinity, field: null, before: "" };
}

const scanField = () => document.querySelector("[data-scan-field]");

document.addEventListener("keydown", (event) => {
  if (!scanField() || event.isComposing) return;
  if (event.key === "Enter" || event.key === "Tab") return endBurst(event);
  const typed = event.ctrlKey && event.key === "]" ? GROUP_SEPARATOR : event.key;
  if (typed.length !== 1 || ((event.ctrlKey || event.metaKey) && typed !== GROUP_SEPARATOR)) return;
  remember(event, typed);
  welcome(event, typed);
});

function remember(event, typed) {
  if (event.timeStamp - burst.last > FASTEST_HAND) {
    burst = { ...fresh(), field: event.target, before: event.target.value };
  }
  burst.text += typed;
  burst.last = event.timeStamp;
}

// What is typed while nothing has the focus is a code; a code that was sent makes room for the next one.
function welcome(event, typed) {
  const field = scanField();
  if (idle(event.target) && !shortcut(typed)) field.focus();
  if (document.activeElement !== field) return;
  if (field.dataset.sent) {
    field.value = "";
    delete field.dataset.sent;
  }
  if (typed !== GROUP_SEPARATOR) return;
  event.preventDefault(); // the browser would keep Ctrl+] for itself
  field.value += typed;
}

const idle = (element) => element === document.body || element.id === "content";

const shortcut = (typed) => "/?".includes(typed) || document.querySelector(`[data-key="${CSS.escape(typed)}"]`) !== null;

function endBurst(event) {
  const { text, last, field, before } = burst;
  burst = fresh();
  const scanned = text.length >= SHORTEST_CODE && event.timeStamp - last <= FASTEST_HAND;
  const here = scanField();
  if (event.target === here) {
    if (event.key === "Tab" && !scanned) return; // a person leaves the field
    event.preventDefault();
    return send(here);
  }
  if (!scanned) return;
  event.preventDefault();
  if (field && isTyping(field)) field.value = before; // the code was not meant for that field
  here.value = text;
  send(here);
}

// The same code again while its card is open means one more of it.
function send(field) {
  const code = field.value.trim();
  if (!code) return;
  const card = document.querySelector("[data-scanned]");
  const units = card?.querySelector("[data-stepper] input");
  field.dataset.sent = "yes";
  if (units && card.dataset.scanned === code) return step(units, 1);
  field.value = code;
  field.form.requestSubmit();
}

// What the camera read.
addEventListener("panier:scan", ({ detail: code }) => {
  const field = scanField();
  field.value = code;
  send(field);
});
