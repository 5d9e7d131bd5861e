// What a scanner or a camera gave, whatever the symbol: as stock/codes.py reads it, checked by the same vectors.

import { asTheScannerMeant } from "./azerty.js";
import { GS, elementDate, isOurCode, readLink, readMessage, readPrinted } from "./elements.js";
import { checkDigit, hasRightCheckDigit, isDigits, ourCode } from "./numbers.js";
import { Refused } from "./refused.js";

const LONGEST = 1_024;
const KEPT_OUT = /[\u0000-\u001b\u007f \u00a0\u202f\u200b\ufeff]+/g;
const SEPARATORS = /<GS>|\{GS\}|[|~^\u001c\u001e\u001f\u241d]/g;
const SYMBOLOGY = /^\][A-Za-z][0-9A-Za-z]/;
const MESSAGE_SYMBOLS = new Set(["]C1", "]e0", "]e1", "]e2", "]d2", "]Q3"]);
const ARTICLE = /^[A-Z0-9][A-Z0-9-]{0,19}$/;
const GRAMS_PER_100_000_POUNDS = 45_359_237n;

/** What the code says, without what is empty; throws Refused. */
export function readScan(text, today) {
  if (text.length > LONGEST) throw new Refused("UnreadableCode", { code: shown(text) });
  const raw = text.replace(KEPT_OUT, "");
  try {
    return read(raw, raw, today, false);
  } catch (refusal) {
    if (!(refusal instanceof Refused) || !["UnreadableCode", "WrongCode", "WrongCheckDigit", "BookOrMagazine", "Coupon", "NamesNoProduct"].includes(refusal.code)) throw refusal;
    return readAzerty(raw, today, refusal);
  }
}

/** The price or weight a shop's own code carries by that shop's layout: `{cents}`, `{grams}` or `{}`. */
export function readInStore(scan, payload, digits) {
  if (payload === "none" || !scan.in_store?.payload) return {};
  const value = Number(scan.in_store.payload.slice(-digits));
  return payload === "price" ? { cents: value } : { grams: value };
}

/** How many pieces of its product a code stands for. */
export const unitsOf = (scan) => scan.count || (scan.gtin14 ? 0 : scan.content_count) || 1;

/** The number a person can compare with what is printed. */
export function shownNumber(scan) {
  const number = scan.gtin14 || scan.content_gtin14 || scan.in_store?.article || scan.raw;
  return number.length === 14 && number.startsWith("0") ? number.slice(1) : number;
}

function readAzerty(raw, today, refusal) {
  let telling = refusal;
  for (const reading of asTheScannerMeant(raw)) {
    try {
      return read(reading, raw, today, true);
    } catch (again) {
      if (!(again instanceof Refused)) throw again;
      if (again.code !== "UnreadableCode") telling = again;
    }
  }
  throw telling;
}

function read(sent, raw, today, azerty) {
  let text = sent.replace(SEPARATORS, GS);
  const symbology = SYMBOLOGY.exec(text)?.[0] ?? "";
  text = text.slice(symbology.length).replace(/^\u001d+|\u001d+$/g, "");
  if (!text || /[^\u0000-\u007f]/.test(text)) throw new Refused("UnreadableCode", { code: shown(raw) });
  const scan = ours(text) ?? scanOf(elementsOf(text, symbology, today, raw), today);
  return { ...scan, raw, ...(azerty ? { azerty } : {}) };
}

/** An internal article or a lot label of ours, by the letters before its code. */
function ours(text) {
  const start = text.slice(0, 4).toUpperCase();
  const code = text.slice(4).toUpperCase();
  if (start === "ART-" && ARTICLE.test(code)) return { kind: "internal", article: code };
  if (start !== "LOT-") return null;
  const lot = ourCode(code);
  if (lot?.length !== 9) throw new Refused("WrongCode", { code: shown(text) });
  return { kind: "lot_label", lot_code: lot };
}

function elementsOf(text, symbology, today, raw) {
  if (!MESSAGE_SYMBOLS.has(symbology) && isDigits(text)) {
    const number = numberOf(text, symbology);
    if (number) return { values: { "01": number } };
  }
  const elements = text.startsWith("(")
    ? readPrinted(text)
    : /^https?:\/\//i.test(text)
      ? readLink(text)
      : readMessage(text, today);
  if (!elements) throw new Refused("UnreadableCode", { code: shown(raw) });
  return elements;
}

/** The GTIN in 14 figures of a number standing alone, or null where its length is that of something else. */
function numberOf(text, symbology) {
  const digits = symbology === "]E3" ? text.slice(0, 13) : text;
  const wide = digits.length === 8 && symbology !== "]E4" ? upcE(digits) : null;
  if (wide) return wide;
  if (digits.length === 18 && hasRightCheckDigit(digits)) throw new Refused("NamesNoProduct");
  return [8, 12, 13, 14].includes(digits.length) ? digits.padStart(14, "0") : null;
}

/** The number a UPC-E of eight figures stands for, where it cannot be an EAN-8. */
function upcE(digits) {
  if ((hasRightCheckDigit(digits) && digits[0] !== "0") || !"01".includes(digits[0])) return null;
  const payload = spread(digits);
  return checkDigit(payload) === Number(digits[7]) ? `00${payload}${digits[7]}` : null;
}

function spread(digits) {
  const [system, a, b, c, d, e, last] = digits;
  if ("012".includes(last)) return `${system}${a}${b}${last}0000${c}${d}${e}`;
  if (last === "3") return `${system}${a}${b}${c}00000${d}${e}`;
  if (last === "4") return `${system}${a}${b}${c}${d}00000${e}`;
  return `${system}${a}${b}${c}${d}${e}0000${last}`;
}

function scanOf({ values, mended }, today) {
  const [gtin, content] = [values["01"], values["02"]];
  for (const number of [gtin, content]) if (number) refuseOtherThanFood(number);
  const lotCode = isOurCode(values["91"] ?? "") ? values["91"] : null;
  if (!gtin && !content && !lotCode) throw new Refused("NamesNoProduct");
  const inStore = gtin ? inStoreParts(gtin) : null;
  const pieces = Number(values["37"] ?? 0);
  return filled({
    kind: lotCode ? "lot_label" : inStore ? "in_store" : "gtin",
    gtin14: inStore ? null : gtin,
    in_store: inStore,
    lot_code: lotCode,
    lot_number: values["10"],
    ...dateOf(values, today),
    sell_by: values["16"] && elementDate(values["16"], today),
    net_grams: netGrams(values),
    count: Number(values["30"] ?? 0) || (content ? 0 : pieces),
    serial: values["21"],
    content_gtin14: content,
    content_count: content ? pieces : 0,
    mended,
  });
}

const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value));

function refuseOtherThanFood(gtin14) {
  const number = gtin14.replace(gtin14.startsWith("000000") ? /^000000/ : /^0/, "");
  if (!Number(gtin14)) throw new Refused("UnreadableCode", { code: gtin14 });
  if (!hasRightCheckDigit(gtin14)) {
    throw new Refused("WrongCheckDigit", { code: number, expected: String(checkDigit(gtin14.slice(0, -1))) });
  }
  if (gtin14.startsWith("000000")) return; // an EAN-8 has prefixes of its own
  if (["977", "978", "979"].includes(gtin14.slice(1, 4))) throw new Refused("BookOrMagazine", { code: number });
  if (["05", "98", "99"].includes(gtin14.slice(1, 3))) throw new Refused("Coupon", { code: number });
}

/** The parts of a number that is restricted to one shop, null for a number valid everywhere. */
function inStoreParts(gtin14) {
  if (gtin14.startsWith("000000")) {
    const short = gtin14.slice(6);
    return "02".includes(short[0]) ? { prefix: short[0], article: short.slice(0, 7), payload: "" } : null;
  }
  const number = gtin14.slice(1);
  if (number[0] !== "2" && number.slice(0, 2) !== "02" && number.slice(0, 2) !== "04") return null;
  return { prefix: number.slice(0, 2), article: number.slice(0, 7), payload: number.slice(7, 12) };
}

/** The date that limits the goods: use by (17, 7003) before best before (15). */
function dateOf(values, today) {
  for (const [ai, kind] of [["17", "use_by"], ["7003", "use_by"], ["15", "best_before"]]) {
    const date = values[ai] && elementDate(values[ai], today);
    if (date) return { date, date_kind: kind };
  }
  return {};
}

/** Net weight in whole grams, from kilograms (310n) or pounds (320n) with n decimals. */
function netGrams(values) {
  const ai = Object.keys(values).find((one) => /^(310|320)\d/.test(one));
  if (!ai) return 0;
  const metric = ai.startsWith("31");
  const perUnit = metric ? 1_000n : GRAMS_PER_100_000_POUNDS;
  const scale = 10n ** BigInt(ai[3]) * (metric ? 1n : 100_000n);
  return Number((2n * BigInt(values[ai]) * perUnit + scale) / (2n * scale));
}

const shown = (text) => [...text].slice(0, 40).map((c) => (/[\p{C}\p{Z}]/u.test(c) && c !== " " ? " " : c)).join("").trim();
