// Sentences come from the server in the person's language, in the page's `#words`; here their holes are filled, and
// days and weights are written as the server writes them.

import { between } from "./reading/days.js";

const language = document.documentElement.lang;
const locale = language === "fr" ? "fr-FR" : "en-GB";
const plurals = new Intl.PluralRules(locale);
const ONE_YEAR_IS_MEANT = 300;

export const WORDS = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** The sentence with its holes filled: `%(name)s`. */
export const fill = (sentence, values = {}) =>
  sentence.replace(/%\((\w+)\)s/g, (hole, name) => (name in values ? String(values[name]) : hole));

/** One of two sentences, by the count that fills `%(n)s`. */
export const count = ([one, many], n, values = {}) =>
  fill(plurals.select(n) === "one" ? one : many, { n: number(n), ...values });

export const number = (value) => new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(value);

export function weight(grams) {
  if (Math.round(grams) < 1000) return `${number(Math.round(grams))}\u202fg`;
  return `${number(Math.round(grams / 10) / 100)}\u202fkg`;
}

export const quantity = (n, measure) => (measure === "gram" ? weight(n) : count(WORDS.pieces, n));

export const money = (cents) =>
  new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" }).format(cents / 100).replace(/\s€/, "\u202f€");

export const numericDate = (day) => day.split("-").reverse().join("/");

/** `vendredi 28 novembre`, with its year where that is not plain. */
export function dayName(day, today) {
  const year = Math.abs(between(today, day)) < ONE_YEAR_IS_MEANT ? {} : { year: "numeric" };
  return written(day, { weekday: "long", day: "numeric", month: "long", ...year });
}

/** Near days in words, further ones with their month. */
export function nearDate(day, today) {
  const days = between(today, day);
  if (days >= -1 && days <= 1) return WORDS.near[days + 1];
  if (days > 1 && days < 7) return written(day, { weekday: "long" });
  const year = Math.abs(days) < ONE_YEAR_IS_MEANT ? {} : { year: "numeric" };
  return written(day, { day: "numeric", month: "long", ...year });
}

/** What a refusal says; dates in it are written out. */
export function sentenceOf({ code, values = {} }) {
  const said = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, valueOf(value)]));
  if (values.doubt) said.question = WORDS.questions[values.doubt];
  return fill(WORDS.sentences[code] ?? code, said);
}

const valueOf = (value) =>
  /^\d{4}-\d\d-\d\d$/.test(value)
    ? written(value, { weekday: "long", day: "numeric", month: "long", year: "numeric" })
    : value;

function written(day, form) {
  const at = new Date(`${day}T12:00:00Z`);
  const text = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...form }).format(at).replace(",", "");
  return language === "fr" && day.endsWith("-01") ? text.replace(/\b1\b/, "1er") : text;
}
