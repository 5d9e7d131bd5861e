// One line at intake, judged here as the server will judge it.

import { Refused } from "../reading/refused.js";
import { lastDay, settleDate } from "../reading/dating.js";

const MOST_PIECES = 10_000;
const MOST_GRAMS = 5_000_000;

/** The day where the network lives. */
export const todayInParis = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Paris" });

/** `{date, kind, lastDay}` of what is typed for these goods; throws Refused. */
export function dateOf(kit, found, typed, { checked = false, sessionOn = null } = {}) {
  const family = kit.families[found.product.family];
  const today = todayInParis();
  const { date, date_kind: coded } = found.scan;
  const dated = settleDate(typed, date, coded, family.date_kind, { today, confirmed: checked, ahead: kit.ahead });
  const last = lastDay(dated, found.product, family, {
    today,
    at: new Date().toISOString(),
    hours: kit.hours,
    checked,
    undatedDays: kit.undated_days,
    sessions: kit.sessions,
    sessionOn,
  });
  return { ...dated, lastDay: last };
}

const HIGHEST_LABEL = 80; // tenths, as in stock/cold.py

/** Throws Refused where goods were measured warmer than their family, or their label, allows. */
export function holdCold({ most, label_counts: counts }, tenths, label) {
  if (tenths === null || most === null) return;
  const allowed = counts && label !== null ? Math.max(most, Math.min(label, HIGHEST_LABEL)) : most;
  if (tenths > allowed) throw new Refused("ColdChainBroken", { temperature: tenths / 10, limit: allowed / 10 });
}

/** Tenths of a degree as typed, null where nothing is; throws Refused. */
export function tenthsTyped(typed) {
  const text = typed.replace(/\s/g, "").replace(",", ".").replace("−", "-").replace(/°C?$/, "");
  if (!text) return null;
  const degrees = Number(text);
  if (!(Math.abs(degrees) <= 100)) throw new Refused("UnreadableNumber", { typed, example: "3,5" });
  return Math.round(degrees * 10);
}

/** How many pieces or grams a line is; throws Refused. */
export function amountOf(found, units, grams) {
  const scanned = between(units ?? 1, MOST_PIECES);
  if (found.product.measure !== "gram") return between(scanned * found.units, MOST_PIECES);
  const coded = found.grams ? found.grams * scanned : null;
  if (coded && grams && coded !== grams) throw new Refused("WeightsDisagree", { coded: `${coded} g`, typed: `${grams} g` });
  if (!coded && !grams) throw new Refused("WeightNeeded", { product: found.product.name });
  return between(coded ?? grams, MOST_GRAMS);
}

/** Grams from kilograms as typed, null where nothing is; throws Refused. */
export function gramsTyped(typed) {
  const text = typed.replace(/\s/g, "").replace(",", ".").replace(/kg$/, "");
  if (!text) return null;
  const kilograms = Number(text);
  if (!(kilograms > 0 && kilograms <= 5000)) throw new Refused("UnreadableNumber", { typed, example: "4,35" });
  return Math.round(kilograms * 1000);
}

/** What is left of a weight once the crate is taken off; throws Refused. */
export function netOf(gross, tare) {
  if (gross === null || tare === null) return gross;
  if (gross <= tare) throw new Refused("TareTooHeavy", { tare: `${tare} g` });
  return gross - tare;
}

/** A whole number of pieces, null where nothing is typed; throws Refused. */
export function piecesTyped(typed) {
  const text = typed.trim();
  if (!text) return null;
  if (!/^[0-9]+$/.test(text) || Number(text) < 1 || Number(text) > 100_000) {
    throw new Refused("UnreadableNumber", { typed, example: "12" });
  }
  return Number(text);
}

function between(number, most) {
  if (!(number >= 1 && number <= most)) throw new Refused("BadAmount", { most, got: number });
  return number;
}
