// The parts of a GS1 message, as stock/elements.py reads them: the same rules, checked by the same vectors.
// The grammar of the application identifiers comes with the catalogue, so that there is one table of them.

import { dayOf, fullYear, lastOfMonth } from "./days.js";
import { hasRightCheckDigit, isDigits, ourCode } from "./numbers.js";

export const GS = "\u001d";
const LOT_CODE_LENGTH = 9;
const MOST_ELEMENTS = 24;
const DATE = /^(1[123567])([0-9]{6})/;
const DATED = new Set(["12", "4324", "4325", "4326", "7003", "7006", "7007", "7011", "8008"]);

let grammar = [];

/** `[ai, pattern, whether a separator must follow]` for every application identifier. */
export function useGrammar(rows) {
  grammar = rows.map(([ai, pattern, open]) => ({ ai, start: new RegExp(pattern.replace(/\$$/, "")), whole: new RegExp(pattern), open }));
}

/** The parts of an element string as a symbol carries it: `{values, mended}`, or null where it is no such thing. */
export function readMessage(text, today) {
  const message = trimmed(text);
  const sent = asSent(message);
  const plain = sent && { values: sent, mended: false };
  if (message.includes(GS) || message.length > LONGEST_MENDED) return plain;
  return mended(message, sent, today) ?? plain;
}

/** The parts of `(01)03017620422003(17)270228(10)L123`, or null. */
export function readPrinted(text) {
  const [before, ...rest] = text.split(/\((\d{2,4})\)/);
  if (before || !rest.length || rest.length > 2 * MOST_ELEMENTS) return null;
  const values = {};
  for (let i = 0; i < rest.length; i += 2) {
    const found = part(rest[i] + trimmed(rest[i + 1]), true);
    if (!found || found.ai !== rest[i] || !keep(values, found)) return null;
  }
  return { values, mended: false };
}

/** The parts of a Digital Link address on any host, or null for other addresses. */
export function readLink(address) {
  let link;
  try {
    link = new URL(address);
  } catch {
    return null;
  }
  const steps = link.pathname.split("/").map(unquoted);
  const start = steps.findIndex((step, i) => step === "01" && isDigits(steps[i + 1] ?? ""));
  if (start < 0) return null;
  const values = { "01": steps[start + 1].padStart(14, "0") };
  const pairs = [];
  for (let i = start + 2; i + 1 < steps.length; i += 2) pairs.push([steps[i], steps[i + 1]]);
  for (const [ai, value] of [...pairs, ...link.searchParams].slice(0, MOST_ELEMENTS)) {
    const found = /^[0-9]{2,4}$/.test(ai) ? part(ai + value, true) : null;
    if (found && found.ai === ai) values[ai] ??= found.value;
  }
  return values["01"].length === 14 ? { values, mended: false } : null;
}

/** The date of a `YYMMDD…` value; day `00` means the last of the month. Null where there is no such day. */
export function elementDate(value, today) {
  const year = fullYear(Number(value.slice(0, 2)), today);
  const [month, day] = [Number(value.slice(2, 4)), Number(value.slice(4, 6))];
  return day ? dayOf(year, month, day) : lastOfMonth(year, month);
}

export const isOurCode = (value) => value.length === LOT_CODE_LENGTH && ourCode(value) === value;

const trimmed = (text) => text.replace(/^\u001d+|\u001d+$/g, "");

function unquoted(step) {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function keep(values, { ai, value }) {
  values[ai] ??= value;
  return values[ai] === value;
}

/** The first part of a text, or its only part where `whole`. */
function part(text, whole) {
  if (/[^\u0000-\u007f]/.test(text)) return null;
  const date = DATE.exec(text);
  if (date && (!whole || date[0].length === text.length)) return { ai: date[1], value: date[2], open: false };
  const known = grammar.find((one) => text.startsWith(one.ai));
  const found = known && (whole ? known.whole.exec(text) : known.start.exec(text.split(GS)[0]));
  if (!found) return null;
  const value = found.slice(1).filter((group) => group !== undefined).join("");
  if (!value || (DATED.has(known.ai) && !isMoment(value))) return null;
  return { ai: known.ai, value, open: known.open };
}

/** Whether a value begins with a day, and an hour where it goes on. */
function isMoment(value) {
  const [year, month, day, hour = 0, minute = 0, second = 0] = value.match(/.{1,2}/g).map(Number);
  const exists = day === 0 ? month >= 1 && month <= 12 : dayOf(2000 + year, month, day) !== null;
  return exists && ((hour === 99 && minute === 99) || (hour < 24 && minute < 60 && second < 60));
}

/** The reading of the standard: a part of open length runs to the separator or to the end. */
function asSent(message) {
  const values = {};
  let text = message;
  for (let i = 0; i < MOST_ELEMENTS; i += 1) {
    if (!text) return Object.keys(values).length ? values : null;
    const found = part(text, false);
    if (!found || !keep(values, found)) return null;
    const rest = text.slice(found.ai.length + found.value.length);
    if (found.open && rest && !rest.startsWith(GS)) return null;
    text = rest.replace(/^\u001d+/, "");
  }
  return null;
}

// Mending messages whose separators were lost

const LONGEST_MENDED = 120;
const MOST_STEPS = 100;
const FIXED = { "01": 14, "02": 14, 11: 6, 13: 6, 15: 6, 16: 6, 17: 6, 20: 2, 310: 7, 320: 7, 7003: 10 };
const OPEN = { 10: 20, 21: 20, 30: 8, 37: 8, 91: LOT_CODE_LENGTH };
const BY_START = new Map(
  Object.entries({ ...FIXED, ...OPEN }).map(([ai, length]) => [ai.slice(0, 2), { ai, length, fixed: ai in FIXED }]),
);
const LIMIT_DATES = ["15", "16", "17", "7003"];
const DATES = ["11", "13", ...LIMIT_DATES];
const YEARS_BACK = 3;
const YEARS_AHEAD = 10;
const MOST_PIECES = 9_999;

/** Every reading into known parts, or null where there are too many ways to cut the text. */
function readings(text, today) {
  const found = [];
  let steps = 0;
  const walk = (at, parts) => {
    steps += 1;
    if (steps > MOST_STEPS) return;
    if (at === text.length) return void found.push(parts);
    for (const [ai, value] of nextParts(text, at)) {
      if (parts.every(([seen]) => seen !== ai) && isSound(ai, value, today)) {
        walk(at + ai.length + value.length, [...parts, [ai, value]]);
      }
    }
  };
  walk(0, []);
  return steps > MOST_STEPS ? null : found;
}

/** Every part that may begin here. */
function* nextParts(text, at) {
  const { ai, length, fixed } = BY_START.get(text.slice(at, at + 2)) ?? {};
  if (!ai || !text.startsWith(ai, at)) return;
  const start = at + ai.length;
  const last = Math.min(start + length, text.length);
  if (fixed) {
    const value = text.slice(start, last);
    if (value.length === length && isDigits(value)) yield length === 7 ? [ai + value[0], value.slice(1)] : [ai, value];
    return;
  }
  for (let end = start + 1; end <= last; end += 1) {
    if (end === text.length || BY_START.has(text.slice(end, end + 2))) yield [ai, text.slice(start, end)];
  }
}

/** The reading with lost separators put back, where the text calls for one. */
function mended(text, sent, today) {
  const found = readings(text, today);
  if (!found?.length) return null;
  let pool = found.filter(isProven);
  if (!pool.length && found.every((reading) => !same(Object.fromEntries(reading), sent))) pool = found;
  if (!pool.length) return null;
  const most = Math.max(...pool.map(proofs));
  const best = pool.filter((reading) => proofs(reading) === most).map(Object.fromEntries);
  const agreed = Object.entries(best[0]).filter(([ai, value]) => best.every((reading) => reading[ai] === value));
  return agreed.length ? { values: Object.fromEntries(agreed), mended: true } : null;
}

function same(one, other) {
  const keys = Object.keys(one);
  return other !== null && keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** Whether a value is one that a symbol on food would carry. */
function isSound(ai, value, today) {
  if (ai === "01" || ai === "02") return Number(value) > 0 && hasRightCheckDigit(value);
  if (DATES.includes(ai)) return isNear(elementDate(value, today), today);
  if (ai === "30" || ai === "37") return isDigits(value) && Number(value) > 0 && Number(value) <= MOST_PIECES;
  if (ai.startsWith("31") || ai.startsWith("32")) return "012345".includes(ai[3]) && Number(value) > 0;
  return ai !== "91" || isOurCode(value);
}

function isNear(date, today) {
  const years = date === null ? NaN : Number(date.slice(0, 4)) - Number(today.slice(0, 4));
  return years >= -YEARS_BACK && years <= YEARS_AHEAD;
}

/** Whether a part that proves itself follows one of open length: a separator was lost before it. */
function isProven(reading) {
  let cut = false;
  const seen = [];
  for (const [ai] of reading) {
    if (cut && provesItself(ai, seen)) return true;
    cut ||= ai in OPEN;
    seen.push(ai);
  }
  return false;
}

/** A date only where none came before it, a count only where the standard asks for one (with AI 02). */
function provesItself(ai, seen) {
  if (["15", "17", "7003"].includes(ai)) return !seen.some((one) => LIMIT_DATES.includes(one));
  if (ai === "37") return seen.includes("02");
  return ["01", "02", "91"].includes(ai) || ai.startsWith("31") || ai.startsWith("32");
}

/** How many parts of a reading chance would hardly have made. */
function proofs(reading) {
  const weak = new Set(["10", "20", "21", "30", ...(reading.some(([ai]) => ai === "02") ? [] : ["37"])]);
  return reading.filter(([ai]) => !weak.has(ai)).length;
}
