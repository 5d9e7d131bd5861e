// Choice without network: what suited each basket was judged while there was one (allocation/counter_offers.py). One
// thing of a food group may change, nothing too heavy or too dear, and no more than is free: so what was judged alone
// holds together.

import { between } from "../reading/days.js";
import { todayInParis } from "../intake/line.js";
import { WORDS, fill, money, nearDate, numericDate, quantity } from "../words.js";

const copy = (id) => document.getElementById(id).content.cloneNode(true);
const sum = (parts) => parts.reduce((so, part) => so + part, 0);

/** The choice of one visit whose piece of the page this is; what it takes is read with `chosenOf`. */
export function beginChoice(kit, visit, piece) {
  const state = { kit, visit, picks: [], lots: new Map(kit.offers?.lots.map((lot) => [lot.code, lot])) };
  state.suits = kit.offers?.visits.find(({ visit_id: id }) => id === visit.id);
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
  return state;
}

/** What was swapped and added, as the server takes it. */
export const chosenOf = ({ picks }) =>
  picks.map(({ lot, quantity: n, line }) => ({ lot: lot.code, quantity: n, instead_of: line?.id ?? null }));

/** What it costs more, or less, in cents. */
export const dearer = ({ picks }) => sum(picks.map(({ price, line }) => price - (line?.price_cents ?? 0)));

/** In words, for who settles it should the server not take it. */
export const saidOf = ({ picks }) =>
  picks
    .map(({ lot, line }) => (line ? fill(WORDS.instead, { product: lot.name, other: line.name }) : `+ ${lot.name}`))
    .join(", ");

/** What went out is not offered to the next person. */
export function noteTaken({ picks }) {
  for (const { lot, quantity: n } of picks) lot.free -= n;
}

function offersFor(state, line) {
  const { visit, picks, lots, suits } = state;
  const changed = new Set(picks.map(({ group }) => group));
  const [room, spent] = [suits.room_grams - sum(picks.map(({ grams }) => grams)), sum(visit.lines.map((one) => one.price_cents)) + dearer(state)];
  return (line ? (suits.instead[line.id] ?? []) : suits.more)
    .map(({ lot: code, quantity: n, price_cents: price }) => {
      const lot = lots.get(code);
      return { lot, quantity: n, price, line, group: lot.group, grams: n * lot.grams_each - (line?.grams ?? 0) };
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
      tile.querySelector("button").addEventListener("click", () => take(state, pick));
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

function take(state, pick) {
  state.picks.push(pick);
  const row = copy("pick");
  draw(row, pick, state.kit);
  row.querySelector("[data-pick]").dataset.pick = pick.lot.code;
  row.querySelector("[data-for]").textContent = pick.line ? fill(WORDS.instead_of, { product: pick.line.name }) : WORDS.added;
  const list = state.form.querySelector("[data-out]");
  if (pick.line) withLine(state, pick.line, true).after(row);
  else list.append(row);
  close(state);
}

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
