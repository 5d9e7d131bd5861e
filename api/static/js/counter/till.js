// The shop's till without network: what a scan means among the goods that stood here, what it costs, and how much of it a
// household may still have. The server judged what each lot is (allocation/till_kit.py); here only sums are minded, as
// allocation/check.py minds them.

import { between } from "../reading/days.js";
import { readScan } from "../reading/codes.js";
import { useGrammar } from "../reading/elements.js";
import { Refused } from "../reading/refused.js";

const RATE = 10_000; // allocation/till_kit.py
const sum = (parts) => parts.reduce((so, part) => so + part, 0);

/** The till as it is asked of: what the server sent, with what is looked up by name. */
export function opened(till, visitId) {
  useGrammar(till.identifiers);
  return {
    ...till,
    lot: new Map(till.lots.map((lot) => [lot.code, lot])),
    visit: till.visits.find(({ visit_id: id }) => id === visitId),
  };
}

/** The lots a scan may mean, what must go first, first; throws Refused. A label names its lot, a pack's number its product. */
export function meant(till, text, today) {
  const scan = scanOf(till, text, today);
  if (scan.kind === "in_store") throw new Refused("DonorNeeded", { code: text });
  if (till.recalled.includes(scan.lot_code)) throw new Refused("Recalled", { lot: scan.lot_code });
  const product = productOf(till, scan);
  const lots = till.lots.filter(({ code, product: one }) => (scan.lot_code ? code === scan.lot_code : one === product));
  if (!lots.length) throw new Refused("NotHere");
  return { lots: lots.sort((one, other) => compare(one, other)), byLabel: Boolean(scan.lot_code) };
}

const compare = (one, other) => one.last_day.localeCompare(other.last_day) || (one.code < other.code ? -1 : 1);

function scanOf(till, text, today) {
  const typed = text.trim().toUpperCase();
  if (till.lot.has(typed) || till.recalled.includes(typed)) return { kind: "lot_label", lot_code: typed };
  try {
    return readScan(text, today);
  } catch (refusal) {
    if (refusal.code !== "UnreadableCode" || !till.articles.some(([article]) => article === typed)) throw refusal;
    return { kind: "internal", article: typed };
  }
}

function productOf({ codes, articles }, scan) {
  const gtin = scan.gtin14 || scan.content_gtin14;
  return (scan.kind === "internal" ? articles.find(([article]) => article === scan.article) : codes.find(([code]) => code === gtin))?.[1];
}

/** Of these lots the first that suits, one portion more of it; throws Refused with the rule that speaks against it. */
export function choose(till, lots, basket, held, today) {
  const free = lots.filter((lot) => portionsFree(lot, held) > (basket.get(lot.code) ?? 0));
  if (!free.length) throw new Refused("NothingOfIt", { product: lots[0].name });
  const found = free.find((lot) => !breach(till, basket, lot, today)) ?? free[0];
  const rule = breach(till, basket, found, today);
  if (rule) throw new Refused("DoesNotSuit", { rule });
  return found;
}

/** Whole portions on the shelf or in this household's own basket already. */
const portionsFree = (lot, held) => Math.floor((lot.free + (held.get(lot.code) ?? 0)) / lot.portion);

/** The number of the rule one portion more of a lot would break, 0 where it breaks none. */
export function breach(till, basket, lot, today) {
  const { visit } = till;
  const unfit = Object.entries(visit.unfit).find(([, codes]) => codes.includes(lot.code));
  if (unfit) return Number(unfit[0]);
  const more = new Map(basket).set(lot.code, (basket.get(lot.code) ?? 0) + 1);
  const lines = [...more].map(([code, n]) => ({ lot: till.lot.get(code), n }));
  if (more.get(lot.code) > lot.most) return 8;
  if (grams(lines) > visit.carry_grams) return 9;
  const cost = sum(lines.map((one) => one.n * priceOf(till, one.lot, one.lot.portion)));
  if (visit.budget_cents !== null && cost > visit.budget_cents && priceOf(till, lot, lot.portion) > 0) return 10;
  const group = lines.filter((one) => one.lot.group === lot.group);
  if (grams(group) > (visit.cap[lot.group] ?? 0)) return 11;
  return lot.use_by && tooMuchToEat(visit, group, lot, today) ? 12 : 0;
}

const grams = (lines) => sum(lines.map(({ lot, n }) => n * lot.portion_grams));

/** Whether more must be eaten by some day than can be, and less than one portion more. */
function tooMuchToEat(visit, group, lot, today) {
  const largest = Math.max(...group.map((one) => one.lot.portion_grams));
  const dated = group.filter((one) => one.lot.use_by);
  const days = dated.map((one) => one.lot.last_day).filter((day) => day >= lot.last_day);
  return days.some((day) => {
    const must = grams(dated.filter((one) => one.lot.last_day <= day));
    return must >= (visit.eat_per_day[lot.group] ?? 0) * (between(today, day) + 1) + largest;
  });
}

/** What so much of a lot usually costs, and what it costs this household, in cents, as allocation/till.py reckons. */
export const usualOf = (lot, quantity) => Math.floor((lot.value_cents * quantity) / (lot.measure === "gram" ? 1000 : 1));

export const priceOf = ({ visit }, lot, quantity) => Math.floor((usualOf(lot, quantity) * (visit.rates[lot.source] ?? 0)) / RATE);

/** What a basket holds, in whole portions by lot, a part of one counting as one; what may not be given any more left out. */
export function portionsOf(till, parts) {
  const basket = new Map();
  for (const { lot: code, quantity } of parts) {
    const lot = till.lot.get(code);
    if (lot) basket.set(code, (basket.get(code) ?? 0) + Math.ceil(quantity / lot.portion));
  }
  return basket;
}
