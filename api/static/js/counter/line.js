// One line of a basket, or of what was chosen, in the piece of the page that is one (parts/counter_line.html).

import { WORDS, money, quantity } from "../words.js";

/** `id` names its fields: the number of a line, or `pick-` and the code of a lot that was chosen here. */
export function lineOf(kit, { id, lot, name, picture, quantity: n, measure, place, cold, price_cents: price, ...rest }) {
  const line = document.getElementById("line").content.cloneNode(true);
  line.querySelector("[data-line]").dataset.line = id;
  for (const field of line.querySelectorAll("[name]")) if (field.name.endsWith("-")) field.name += id;
  const food = line.querySelector("use[href*='food']");
  food.setAttribute("href", food.getAttribute("href").replace(/#.*/, `#${picture}`));
  line.querySelector('[name="lot"]').value = lot;
  line.querySelector("strong").textContent = name;
  line.querySelector("summary .small.quiet").textContent = place;
  line.querySelector("[data-against]").replaceChildren(...against(rest));
  const exits = line.querySelector("select");
  for (const [name_, field] of [["units", line.querySelector(`[name="units-${id}"]`)], ["exit", exits]]) {
    field.id = `${name_}-${id}`;
    field.closest(".field").querySelector("label").htmlFor = field.id;
  }
  if (cold) exits.closest(".field").remove();
  else line.querySelector("[data-cold]").remove();
  amountIn(line, id, n, measure, kit.channel === "shop" && price);
  return line;
}

/** How much of it there is, and with it how much may be left behind. */
export function amountIn(line, id, n, measure, price) {
  line.querySelector("summary > .nowrap").textContent = [quantity(n, measure), price !== false && money(price)].filter(Boolean).join(" · ");
  const field = line.querySelector(`[name="units-${id}"]`);
  Object.assign(field, { value: n, max: n });
  field.closest(".field").hidden = measure !== "unit" || n === 1;
}

/** Why it is not for this household, though it was set aside: an exclusion or a kitchen known since. */
const against = ({ excluded = [], lacking = [] }) =>
  [...excluded.map((code) => WORDS.excluded[code]), ...lacking.map((code) => WORDS.lacks[code])].map((label) => {
    const mark = Object.assign(document.createElement("span"), { className: "tag now" });
    mark.append(label);
    return mark;
  });
