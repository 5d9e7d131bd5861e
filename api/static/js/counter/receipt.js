// The receipt of a sale without network, on screen and to print: what was asked for, said not to be booked yet.

import { dayName, fill, money, quantity, WORDS } from "../words.js";
import { todayInParis } from "../intake/line.js";

const copy = (id) => document.getElementById(id).content.cloneNode(true);

/** What is kept of a sale to show it again; `left` is what remains of the month, null where nobody counts. */
export const receiptFor = (kit, { card, allowance_cents: allowance }, sold) => ({
  on: kit.on,
  card,
  sold,
  left: allowance === null ? null : allowance - paidFor(sold),
});

export const paidFor = (sold) => sold.reduce((so, { paid }) => so + paid, 0);

export function receiptPiece({ on, card, sold, left }) {
  const piece = copy("receipt");
  piece.querySelector("[data-of]").textContent = `${dayName(on, todayInParis())} · ${card}`;
  const usual = sold.reduce((so, line) => so + line.usual, 0);
  const total = piece.querySelector("[data-total]");
  amounts(total, usual, paidFor(sold));
  total.before(...sold.map(lineOf));
  const month = piece.querySelector("[data-left]");
  month.hidden = left === null;
  month.textContent = fill(WORDS.left_this_month, { amount: money(left ?? 0) });
  return piece;
}

function lineOf({ name, quantity: n, measure, usual, paid }) {
  const row = copy("receipt-line");
  row.querySelector("th").textContent = name;
  row.querySelector("[data-quantity]").textContent = quantity(n, measure);
  amounts(row, usual, paid);
  return row;
}

function amounts(row, usual, paid) {
  row.querySelector("s").textContent = money(usual);
  row.querySelector("[data-paid]").textContent = money(paid);
}
