// Whether a current alert speaks of these goods: as stock/recalls/matching.py says it, checked by the same vectors.

import { Refused } from "./refused.js";

/** "certain", "probable" or null, of the marks of one notice. */
export function levelOf(marks, lotNumber, date) {
  const levels = new Set(marks.map((mark) => levelOfOne(mark, lotNumber, date)));
  return ["certain", "probable"].find((level) => levels.has(level)) ?? null;
}

/** Throws Refused where an alert speaks of them, or where only the lot number can tell. */
export function refuseRecalled(recalled, product, lotNumber, date) {
  const ofProduct = recalled.filter((mark) => mark.product === product.id);
  for (const notice of new Set(ofProduct.map((mark) => mark.notice))) {
    const marks = ofProduct.filter((mark) => mark.notice === notice);
    const level = levelOf(marks, lotNumber, date);
    if (!level) continue;
    const { published, reason } = marks[0];
    const lots = marks.filter((mark) => mark.named && mark.lots?.length !== 0).map((mark) => mark.named);
    if (level === "probable" && lots.length && !lotNumber) {
      throw new Refused("LotNumberNeeded", { product: product.name, since: published, lots: lots.slice(0, 5).join(", ").slice(0, 200) });
    }
    throw new Refused("UnderRecall", { product: product.name, since: published, reason });
  }
}

/** A lot number without what people leave out or add. */
export function asCompared(lotNumber) {
  const plain = lotNumber.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  return plain.replace(/[^a-z0-9]/g, "").replace(/^(lots?|l)(?=\d)/, "");
}

function levelOfOne(mark, lotNumber, date) {
  const said = [sameLot(mark, lotNumber), sameDate(mark, date)];
  if (said.includes(true)) return "certain";
  return said.includes(false) ? null : "probable";
}

/** null where one of the two is not known. */
function sameLot({ lots, named }, lotNumber) {
  const ours = asCompared(lotNumber);
  if (!ours || lots?.length === 0) return null;
  if (lots === null) return named.split(/[\s,;]+/).map(asCompared).includes(ours) || null;
  return lots.includes(ours);
}

function sameDate({ since, until }, date) {
  if (!date || (!since && !until)) return null;
  return (since ?? "0000") <= date && date <= (until ?? "9999");
}
