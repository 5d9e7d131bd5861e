// Choice without network. What suits each basket was judged while there was one (allocation/counter_offers.py): one thing of
// a food group may change, nothing too heavy or too dear, and no more than is free, so what was judged alone holds together.
// In the shop goods are scanned as well: js/counter/till.js minds how much.

import { between } from "../reading/days.js";
import { todayInParis } from "../intake/line.js";
import { leftOf } from "./forms.js";
import { amountIn, lineOf } from "./line.js";
import { choose, meant, opened, portionsOf, priceOf, usualOf } from "./till.js";
import { WORDS, fill, money, nearDate, numericDate, quantity } from "../words.js";

const copy = (id) => document.getElementById(id).content.cloneNode(true);
const sum = (parts) => parts.reduce((so, part) => so + part, 0);
const PICK = "pick-";

/** The choice of one visit whose piece of the page this is; what it takes is read with `chosenOf`. */
export function beginChoice(kit, visit, piece) {
  const state = { kit, visit, picks: [], lots: new Map(kit.offers?.lots.map((lot) => [lot.code, lot])) };
  state.suits = kit.offers?.visits.find(({ visit_id: id }) => id === visit.id);
  state.till = kit.till && opened(kit.till, visit.id);
  state.form = piece.querySelector("[data-served]");
  state.panel = piece.querySelector("[data-offers]");
  state.form.addEventListener("click", ({ target }) => {
    const swap = target.closest("[data-swap]");
    if (swap) propose(state, visit.lines.find(({ id }) => id === Number(swap.closest("[data-line]").dataset.line)));
    if (target.closest("[data-more]")) propose(state, null);
    const undo = target.closest("[data-unpick]");
    if (undo) takeBack(state, undo.closest("[data-pick]"));
  });
  state.panel.querySelector("[data-close]").addEventListener("click", () => close(state));
  for (const button of piece.querySelectorAll("[data-swap], [data-more]")) button.hidden = !state.suits;
  for (const kept of visit.draft ?? []) restore(state, kept);
  return state;
}

/** What was swapped, added and scanned, as the server takes it, with what of it is left behind after all. */
export const chosenOf = ({ picks }, values) =>
  picks.flatMap(({ lot, quantity: n, line, any, sent }) => {
    const { line_id: _, ...left } = values.get(`left-${PICK}${lot.code}`) ? leftOf(values, PICK + lot.code) : {};
    const scans = sent.map((key) => ({ lot: lot.code, quantity: lot.portion, key }));
    const rest = n - sent.length * (lot.portion ?? 0);
    const one = { lot: lot.code, quantity: rest, instead_of: line?.id ?? null, any_lot: any };
    const all = rest > 0 ? [...scans, one] : scans;
    if (left.reason) all[all.length - 1].left = left;
    return all;
  });

/** What is kept of it, should the page be left. */
export const draftOf = ({ picks }) => picks.map(({ lot, line, ...pick }) => ({ ...pick, lot: lot.code, line: line?.id ?? null }));

/** What really goes out of the shop: `{name, quantity, measure, usual, paid}`, in cents. */
export function soldOf(state, values) {
  const away = new Set(state.picks.map(({ line }) => line));
  const lines = state.visit.lines.filter((line) => !away.has(line)).map((line) => {
    const [n, whole] = [goingOut(values, line.id, line.quantity), line.quantity];
    return sale(state, line.lot, line, n, { usual: (line.usual_cents * n) / whole, paid: (line.price_cents * n) / whole });
  });
  const picks = state.picks.map(({ lot, quantity: whole, price }) => {
    const n = goingOut(values, PICK + lot.code, whole);
    return sale(state, lot.code, lot, n, { usual: (price * n) / whole, paid: (price * n) / whole });
  });
  return [...lines, ...picks].filter((one) => one.quantity > 0);
}

/** At the prices of the till where it knows the lot, else at what was said of the whole line. */
function sale({ till }, code, { name, measure }, n, told) {
  const lot = till?.visit && till.lot.get(code);
  const { usual, paid } = lot ? { usual: usualOf(lot, n), paid: priceOf(till, lot, n) } : told;
  return { name, measure, quantity: n, usual: Math.floor(usual), paid: Math.floor(paid) };
}

const goingOut = (values, id, n) => (values.get(`left-${id}`) ? n - Number(values.get(`units-${id}`)) : n);

/** What it costs more, or less, in cents. */
const dearer = (state) => sum(state.picks.map(({ price, line }) => price - (line?.price_cents ?? 0)));

/** In words, for who settles it should the server not take it. */
export const saidOf = ({ picks }) =>
  picks
    .map(({ lot, line, quantity: n }) => (line ? fill(WORDS.instead, { product: lot.name, other: line.name }) : `+ ${lot.name} (${quantity(n, lot.measure)})`))
    .join(", ");

/** What went out is not offered, or sold, to the next person. */
export function noteTaken({ picks, kit }) {
  const known = [...(kit.offers?.lots ?? []), ...(kit.till?.lots ?? [])];
  for (const { lot, quantity: n } of picks) for (const one of known) if (one.code === lot.code) one.free -= n;
}

/** One portion more of what was scanned; throws Refused. `key` is that of a form whose answer did not come. */
export function scan(state, code, key) {
  const { till, visit, picks } = state;
  const { lots, byLabel } = meant(till, code, state.kit.on);
  const away = new Set(picks.map(({ line }) => line));
  const basket = portionsOf(till, [
    ...visit.lines.filter((line) => !away.has(line)),
    ...picks.map(({ lot, quantity: n }) => ({ lot: lot.code, quantity: n })),
  ]);
  const lot = choose(till, lots, basket, held(visit), state.kit.on);
  const there = picks.find((pick) => pick.lot.code === lot.code);
  const pick = there ?? { lot, quantity: 0, line: null, group: lot.group, grams: 0, any: true, sent: [] };
  pick.quantity += lot.portion;
  pick.grams += lot.portion_grams;
  pick.price = priceOf(till, lot, pick.quantity);
  pick.any &&= !byLabel;
  if (key) pick.sent.push(key);
  if (there) redraw(state, pick);
  else take(state, pick);
  return lot;
}

const held = ({ lines }) => lines.reduce((so, { lot, quantity: n }) => so.set(lot, (so.get(lot) ?? 0) + n), new Map());

function restore(state, { lot: code, line: id, ...kept }) {
  const lot = state.till?.lot.get(code) ?? state.lots.get(code);
  const line = id === null ? null : state.visit.lines.find((one) => one.id === id);
  if (lot && line !== undefined) take(state, { ...kept, lot, line });
}

function offersFor(state, line) {
  const { visit, picks, lots, suits } = state;
  const changed = new Set(picks.map(({ group }) => group));
  const [room, spent] = [suits.room_grams - sum(picks.map(({ grams }) => grams)), sum(visit.lines.map((one) => one.price_cents)) + dearer(state)];
  return (line ? (suits.instead[line.id] ?? []) : suits.more)
    .map(({ lot: code, quantity: n, price_cents: price }) => {
      const lot = lots.get(code);
      return { lot, quantity: n, price, line, group: lot.group, grams: n * lot.grams_each - (line?.grams ?? 0), any: false, sent: [] };
    })
    .filter(({ lot, quantity: n, group, grams, price }) => {
      const dear = spent + price - (line?.price_cents ?? 0);
      const fits = grams <= Math.max(room, 0) && (visit.allowance_cents === null || dear <= visit.allowance_cents);
      return fits && n <= lot.free && !changed.has(group);
    });
}

function propose(state, line) {
  const { panel, form, kit } = state;
  const found = offersFor(state, line);
  panel.querySelector("h2").textContent = line ? fill(WORDS.instead_of, { product: line.name }) : WORDS.more;
  panel.querySelector("[data-none]").hidden = found.length > 0;
  panel.querySelector("ul").replaceChildren(
    ...found.map((pick) => {
      const tile = copy("offer");
      draw(tile, pick, kit);
      mark(tile.querySelector("[data-date]"), pick.lot.last_day);
      tile.querySelector("button").addEventListener("click", () => {
        take(state, pick);
        close(state);
      });
      return tile;
    }),
  );
  form.hidden = true;
  panel.hidden = false;
  panel.querySelector("[data-close]").focus();
}

/** How near its last day is: colour, shape and word, as `mark` in components.html. */
function mark(piece, day) {
  const days = between(todayInParis(), day);
  const urgency = ["now", "soon", "watch"][[1, 3, 7].findIndex((limit) => days <= limit)];
  piece.classList.replace("later", urgency ?? "later");
  const shape = piece.querySelector("use");
  if (urgency) shape.setAttribute("href", shape.getAttribute("href").replace(/#.*/, `#mark-${urgency}`));
  else piece.querySelector("svg").remove();
  piece.querySelector("time").textContent = urgency ? nearDate(day, todayInParis()) : numericDate(day);
}

/** A line like any other of the basket: it may be left behind, too. */
function take(state, pick) {
  state.picks.push(pick);
  const { lot, quantity: n, price, line } = pick;
  const place = line ? fill(WORDS.instead_of, { product: line.name }) : WORDS.added;
  const piece = lineOf(state.kit, { ...lot, id: PICK + lot.code, lot: lot.code, quantity: n, place, price_cents: price });
  const row = piece.querySelector("[data-line]");
  row.dataset.pick = lot.code;
  row.querySelector('[name="lot"]').remove(); // it was not in the basket when it was taken along
  row.querySelector("[data-swap]").remove();
  row.querySelector("[data-unpick]").hidden = false;
  const list = state.form.querySelector("[data-out]");
  if (line) withLine(state, line, true).after(row);
  else list.prepend(row);
  tell(state);
}

function redraw(state, { lot, quantity: n, price }) {
  amountIn(rowOf(state, lot.code), PICK + lot.code, n, lot.measure, state.kit.channel === "shop" && price);
  tell(state);
}

const rowOf = ({ form }, code) => form.querySelector(`[data-pick="${code}"]`);

function takeBack(state, row) {
  const pick = state.picks.find(({ lot }) => lot.code === row.dataset.pick);
  state.picks.splice(state.picks.indexOf(pick), 1);
  if (pick.line) withLine(state, pick.line, false);
  row.remove();
  tell(state);
}

/** A line that was swapped away is out of sight, and was not left behind. */
function withLine({ form }, { id }, away) {
  const item = form.querySelector(`[data-line="${id}"]`);
  const taken = item.querySelector("[data-taken]");
  if (away && !taken.checked) taken.click();
  item.hidden = away;
  return item;
}

function close(state) {
  state.panel.hidden = true;
  state.form.hidden = false;
  tell(state);
  state.form.querySelector("[data-more]").focus();
}

const tell = ({ form }) => form.dispatchEvent(new CustomEvent("panier:chosen", { bubbles: true }));

function draw(piece, { lot, quantity: n, price }, { channel }) {
  const picture = piece.querySelector("use[href*='food']");
  picture.setAttribute("href", picture.getAttribute("href").replace(/#.*/, `#${lot.picture}`));
  piece.querySelector("strong").textContent = lot.name;
  piece.querySelector("[data-amount]").textContent = [quantity(n, lot.measure), channel === "shop" && money(price)].filter(Boolean).join(" · ");
}
