// Dates as people type them in a hurry, as stock/shorthand.py reads them: the same layouts, the same vectors.

import { between, dayOf, fullYear, lastOfMonth, plus } from "./days.js";
import { Refused } from "./refused.js";

const LONGEST = 40;
const IN_WORDS = {
  "aujourd'hui": 0, aujourdhui: 0, auj: 0, ajd: 0, today: 0,
  demain: 1, tomorrow: 1,
  "apres-demain": 2, "apres demain": 2, "day after tomorrow": 2,
  hier: -1, yesterday: -1,
};
const MONTHS = new Map(
  [
    "janvier january janv jan",
    "fevrier february fevr fev feb",
    "mars march mar",
    "avril april avr apr",
    "mai may",
    "juin june jun",
    "juillet july juil jul",
    "aout august aou aug",
    "septembre september sept sep",
    "octobre october oct",
    "novembre november nov",
    "decembre december dec",
  ].flatMap((names, i) => names.split(" ").map((name) => [name, i + 1])),
);
const FILLERS = new Set(
  ("lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim " +
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun " +
    "le the of de d er st nd rd th").split(" "),
);
const LAYOUTS = {
  4: ["dm", "Y", "my"],
  6: ["dmy", "Ym", "mY", "ymd"],
  8: ["dmY", "Ymd"],
  2: ["m"],
  22: ["dm", "my"],
  24: ["mY"],
  42: ["Ym"],
  222: ["dmy", "ymd"],
  224: ["dmY"],
  422: ["Ymd"],
  M: ["m"],
  "2M": ["dm"],
  M2: ["my", "md"],
  M4: ["mY"],
  "4M": ["Ym"],
  "2M2": ["dmy"],
  "2M4": ["dmY"],
  M22: ["mdy"],
  M24: ["mdY"],
  "4M2": ["Ymd"],
};
const ONLY_SECOND = "ymd";
const OFFSET = /^[jd]? ?\+ ?([0-9]{1,4}) ?(?:j|jours?|d|days?)?$/;
const END_OF = /^(?:avant |before )?(?:fin|end)\b ?/;
const WRITTEN = /^[a-z0-9' /.,-]+$/;

const USE_BY = { ahead: 90, behind: 30, lookBack: 182 };
const BEST_BEFORE = { ahead: 5 * 366, behind: 400, lookBack: 120 };

/** `{date, precision, year_guessed?, doubt?, other?}`; `ahead` has the days by kind that the partners set; throws Refused. */
export function readDate(typed, today, kind, ahead = {}) {
  const text = plain(typed);
  const usual = kind === "use_by" ? USE_BY : BEST_BEFORE;
  const plausible = { ...usual, ahead: ahead[kind] ?? usual.ahead };
  const days = daysFromToday(text);
  const found =
    days === null
      ? readings(text, typed, today, kind, plausible)
      : [{ date: plus(today, days), precision: "day" }];
  if (!found.length) throw new Refused("ImpossibleDate", { typed: typed.trim() });
  return doubted(found, today, kind, plausible);
}

function plain(typed) {
  if (!typed.trim() || [...typed].length > LONGEST) {
    throw new Refused("UnreadableDate", { typed: typed.trim().slice(0, LONGEST) });
  }
  const spread = typed.toLowerCase().replaceAll("’", "'").normalize("NFKD");
  return spread.replace(/\p{M}/gu, "").split(/\s+/u).filter(Boolean).join(" ");
}

function daysFromToday(text) {
  const offset = OFFSET.exec(text);
  if (offset) return Number(offset[1]);
  return Object.hasOwn(IN_WORDS, text) ? IN_WORDS[text] : null;
}

/** Every reading that exists, in the order of preference. */
function readings(text, typed, today, kind, plausible) {
  const end = END_OF.exec(text);
  const tokens = tokensOf(end ? text.slice(end[0].length) : text);
  const shape = tokens.map(shapeOf).join("");
  let layouts = (LAYOUTS[shape] ?? []).filter((layout) => !(end && layout.includes("d")));
  if (!layouts.length || (shape === "2" && !end)) throw new Refused("UnreadableDate", { typed: typed.trim() });
  if (shape === "M2" && kind === "use_by") layouts = [...layouts].reverse();
  const found = [];
  for (const layout of layouts) {
    if (layout === ONLY_SECOND && !found.length) break;
    const reading = readLayout(valuesOf(tokens, layout), layout, today, plausible.lookBack);
    if (reading) found.push(reading);
  }
  return found;
}

function tokensOf(text) {
  if (!WRITTEN.test(text)) return [];
  return (text.match(/[0-9]+|[a-z]+/g) ?? []).filter((token) => !FILLERS.has(token));
}

function shapeOf(token) {
  if (MONTHS.has(token)) return "M";
  return /^[0-9]+$/.test(token) ? ({ 1: "2", 2: "2", 4: "4", 6: "6", 8: "8" }[token.length] ?? "?") : "?";
}

/** One string per letter of the layout; figures written together are cut apart. */
function valuesOf(tokens, layout) {
  if (tokens.length === layout.length) return tokens;
  let joined = tokens[0];
  return [...layout].map((letter) => {
    const width = letter === "Y" ? 4 : 2;
    const value = joined.slice(0, width);
    joined = joined.slice(width);
    return value;
  });
}

function readLayout(values, layout, today, lookBack) {
  const given = Object.fromEntries([...layout].map((letter, i) => [letter, values[i]]));
  if ((given.y ?? "yy").length !== 2) return null;
  const month = "m" in given ? (MONTHS.get(given.m) ?? Number(given.m)) : 12;
  const precision = "d" in given ? "day" : "m" in given ? "month" : "year";
  const year = "y" in given ? fullYear(Number(given.y), today) : "Y" in given ? Number(given.Y) : null;
  if (year === null) return withSensibleYear(given, month, precision, today, lookBack);
  const date = dayIn(year, month, given);
  return date && { date, precision };
}

function dayIn(year, month, given) {
  if (year < 1950 || year > 2200) return null;
  return "d" in given ? dayOf(year, month, Number(given.d)) : lastOfMonth(year, month);
}

/** A day and month without a year: the first such day from `lookBack` days ago on. */
function withSensibleYear(given, month, precision, today, lookBack) {
  const year = Number(today.slice(0, 4));
  const days = [year - 1, year, year + 1]
    .map((one) => dayIn(one, month, given))
    .filter((day) => day && Math.abs(between(today, day)) <= 365);
  if (!days.length) return null;
  const date = days.find((day) => between(today, day) >= -lookBack) ?? days.at(-1);
  return { date, precision, year_guessed: true };
}

/** The first reading, with what should be asked about it. */
function doubted([first, ...rest], today, kind, plausible) {
  const doubt = (reading) => {
    if (kind === "use_by" && reading.precision !== "day") return "no_day";
    const days = between(today, reading.date);
    if (days > plausible.ahead) return "far_ahead";
    return days < -plausible.behind ? "long_past" : null;
  };
  const sound = rest.find((reading) => doubt(reading) === null);
  let reason = doubt(first);
  if (!reason && sound && first.precision !== sound.precision) reason = "two_readings";
  return { ...first, ...(reason ? { doubt: reason, ...(sound ? { other: sound.date } : {}) } : {}) };
}
