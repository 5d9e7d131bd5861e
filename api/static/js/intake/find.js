// What a code names, from the kit: the same answers as stock/catalogue.py gives.

import { readInStore, readScan, shownNumber, unitsOf } from "../reading/codes.js";
import { useGrammar } from "../reading/elements.js";
import { Refused } from "../reading/refused.js";

/** The kit with what is looked up by name. */
export function indexed(kit) {
  useGrammar(kit.identifiers);
  return {
    ...kit,
    product: new Map(kit.products.map((product) => [product.id, product])),
    byArticle: new Map(kit.products.filter((product) => product.article).map((product) => [product.article, product.id])),
    byCode: new Map(kit.codes.map(([gtin, product, units]) => [gtin, { product, units }])),
    byShop: new Map(kit.in_store.map(([donor, key, product]) => [`${donor}:${key}`, product])),
    lastTime: new Map(kit.last.map((last) => [last.product, last])),
  };
}

/** `{scan, product, units, grams}`; throws Refused. */
export function find(kit, text, donor, today) {
  const scan = scanOf(kit, text, today);
  if (scan.kind === "lot_label") throw new Refused("LabelNeedsNetwork");
  const found = { internal: byArticle, in_store: byShop, gtin: byCode }[scan.kind](kit, scan, donor);
  return { scan, ...found, product: kit.product.get(found.product) };
}

function scanOf(kit, text, today) {
  try {
    return readScan(text, today);
  } catch (refusal) {
    const article = text.trim().toUpperCase();
    if (refusal.code !== "UnreadableCode" || !kit.byArticle.has(article)) throw refusal;
    return { kind: "internal", article, raw: text };
  }
}

function byArticle(kit, scan) {
  if (!kit.byArticle.has(scan.article)) throw new Refused("UnknownArticle", { code: scan.article });
  return { product: kit.byArticle.get(scan.article), units: 1 };
}

function byShop(kit, scan, donor) {
  const product = kit.byShop.get(`${donor.id}:${scan.in_store.article}`);
  if (!product) throw new Refused("UnknownInStoreCode", { code: shownNumber(scan), donor: donor.name });
  const { grams } = readInStore(scan, donor.payload, donor.digits);
  return { product, units: 1, grams: grams || scan.net_grams };
}

function byCode(kit, scan) {
  const known = kit.byCode.get(scan.gtin14 || scan.content_gtin14);
  if (!known) throw new Refused("UnknownProduct", { code: shownNumber(scan) });
  return { product: known.product, units: known.units * unitsOf(scan), grams: scan.net_grams };
}
