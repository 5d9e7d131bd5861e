// What intake says of a date: as stock/dates.py and stock/dating.py judge it, checked by the same vectors.

import { between, plus } from "./days.js";
import { Refused } from "./refused.js";
import { readDate } from "./shorthand.js";

const HOUR = 3_600_000;

/** `{decision, reason?, last_day?, days_left?}` of goods taken over at the instant `at`. */
export function judgeDate(date, kind, today, at, { hours, grace = 0 }) {
  if (kind === "none") return { decision: "accepted" };
  if (!date) return { decision: "refused", reason: "DATE_ILLISIBLE" };
  const last_day = kind === "use_by" ? date : plus(date, grace);
  const verdict = kind === "use_by" ? judgeUseBy(date, today, at, hours) : judgeBestBefore(date, last_day, today);
  return { ...verdict, last_day, days_left: between(today, date) };
}

export function urgency(lastDay, today, { now, soon, watch }) {
  const left = between(today, lastDay);
  if (left <= now) return "now";
  if (left <= soon) return "soon";
  return left <= watch ? "watch" : "later";
}

/** The date of goods from their code, else as typed: `{date, kind}`; throws Refused. */
export function settleDate(typed, coded, codedKind, familyKind, { today, confirmed, ahead }) {
  const stricter = [codedKind, familyKind].includes("use_by") ? "use_by" : codedKind || familyKind;
  if (!typed.trim()) return { date: coded ?? null, kind: coded ? stricter : familyKind };
  const kind = stricter === "none" ? "best_before" : stricter;
  const read = readDate(typed, today, kind, ahead);
  if (!coded) {
    if (read.doubt && !confirmed) throw new Refused("DoubtfulDate", { typed: typed.trim(), read: read.date, doubt: read.doubt });
    return { date: read.date, kind };
  }
  if (!says(read, coded)) throw new Refused("DatesDisagree", { coded, typed: typed.trim(), read: read.date });
  return { date: coded, kind };
}

/** The last day goods of this date may be given; throws Refused with the name the server would give. */
export function lastDay(dated, product, family, { today, at, hours, checked, undatedDays, sessions = [], sessionOn = null }) {
  const verdict = judgeDate(dated.date, dated.kind, today, at, { hours, grace: family.grace });
  if (verdict.reason === "DATE_ILLISIBLE") throw new Refused("DateNeeded", { product: product.name });
  if (verdict.reason === "DLC_DEPASSEE") throw new Refused("UseByPassed", { date: dated.date });
  if (verdict.reason === "DDM_HORS_TOLERANCE") throw new Refused("PastTolerance", { date: dated.date, last_day: verdict.last_day });
  const planned = sessions.includes(sessionOn) && sessionOn <= verdict.last_day;
  if (verdict.decision === "short" && !planned) throw new Refused("UseByTooShort", { date: dated.date, hours });
  if (verdict.decision === "past_best_before" && !checked) throw new Refused("LookFirst", { date: dated.date });
  return verdict.last_day ?? plus(today, product.keeps ?? undatedDays);
}

function judgeUseBy(date, today, at, hours) {
  if (date < today) return { decision: "refused", reason: "DLC_DEPASSEE" };
  const left = parisMidnightAfter(date) - 1000 - Date.parse(at);
  return left < hours * HOUR ? { decision: "short", reason: "DLC_TROP_COURTE" } : { decision: "accepted" };
}

function judgeBestBefore(date, lastDay, today) {
  if (date >= today) return { decision: "accepted" };
  return lastDay >= today ? { decision: "past_best_before" } : { decision: "refused", reason: "DDM_HORS_TOLERANCE" };
}

/** The instant at which a day ends in Paris, where use-by dates end. */
function parisMidnightAfter(date) {
  const utc = Date.parse(`${plus(date, 1)}T00:00:00Z`);
  const there = new Date(utc - HOUR).toLocaleString("en-GB", { timeZone: "Europe/Paris", hour: "2-digit", hourCycle: "h23" });
  return utc - (there === "00" ? HOUR : 2 * HOUR);
}

/** Whether what was typed, which may lack its day or its year, means this date. */
function says(read, date) {
  if (read.precision === "year") return read.date.slice(0, 4) === date.slice(0, 4);
  if (read.precision === "month") return read.date.slice(0, 7) === date.slice(0, 7);
  return read.year_guessed ? read.date.slice(5) === date.slice(5) : read.date === date;
}
