// At the shop's counter: what there is to pay falls with what is left behind, by the prices the till will count.

import { fill, money } from "./words.js";

const due = document.querySelector("[data-due]");
const usual = due.parentElement.querySelector("s > :last-child");
const allowance = document.querySelector("[data-allowance]");
const lines = [...document.querySelectorAll("[data-prices]")].map((line) => ({
  line,
  held: Number(line.dataset.quantity),
  usual: Number(line.dataset.usual),
  prices: line.dataset.prices.split(" ").map(Number),
}));

function takenOf({ line, held }) {
  if (!line.querySelector('[name^="left-"]:checked').value) return held;
  return Math.max(0, held - Number(line.querySelector('[name^="units-"]').value));
}

function tell() {
  const taken = lines.map((one) => ({ ...one, taken: takenOf(one) }));
  const sum = (cents) => taken.reduce((all, one) => all + cents(one), 0);
  const cents = sum(({ prices, held, taken: n }) => (n === held ? prices.at(-1) : prices[n]));
  due.textContent = fill(due.dataset.due, { amount: money(cents) });
  usual.textContent = money(sum((one) => (one.usual * one.taken) / one.held));
  const over = allowance && cents > Number(allowance.dataset.allowance);
  allowance?.classList.toggle("due", over);
  allowance?.classList.toggle("quiet", !over);
}

document.addEventListener("input", tell);
tell(); // a form that came back holds what was tapped
