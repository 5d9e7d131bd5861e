// The forms of intake as entries of the queue: the same values, read the same way, as the server reads the forms.

import { gramsTyped, netOf, piecesTyped, tenthsTyped } from "./line.js";
import { WORDS, fill, quantity } from "../words.js";

const READ = {
  "/intake/lines": (form) => ({
    ...(text(form, "replaces") && { undo: Number(text(form, "replaces")) }),
    line: {
      scan: text(form, "scan"),
      units: piecesTyped(text(form, "units")),
      grams: netOf(gramsTyped(text(form, "weight")), piecesTyped(text(form, "tare"))),
      date: text(form, "typed"),
      lot_number: text(form, "lot"),
      checked: Boolean(text(form, "checked")),
      session_on: text(form, "session_on") || null,
      temperature_tenths: tenthsTyped(text(form, "degrees")),
      label_tenths: tenthsTyped(text(form, "label_degrees")),
      place_id: piecesTyped(text(form, "place")),
    },
    ...photoOf(form),
  }),
  "/intake/refusals": (form) => ({
    ...photoOf(form),
    refusal: { scan: text(form, "scan"), reason: text(form, "reason"), amount: text(form, "amount") },
  }),
  "/intake/products": (form) => ({
    product: { code: text(form, "code"), name: text(form, "name"), family: text(form, "family"), grams: text(form, "grams") },
  }),
  "/intake/temperatures": (form) => ({
    temperatures: {
      chilled: text(form, "chilled"),
      frozen: text(form, "frozen"),
      moment: text(form, "moment"),
      family: text(form, "family"),
      of_family: text(form, "of_family"),
    },
  }),
};

/** How goods come, as the form of a reception says it; what it leaves empty is as this donor's mostly do. */
export function cameOf(form) {
  const values = new FormData(form);
  return { source: text(values, "source"), kind: text(values, "kind"), vehicle: text(values, "vehicle") };
}

const text = (form, name) => String(form.get(name) ?? "");
const photoOf = (form) => (text(form, "photo") ? { photo: text(form, "photo") } : {});

/** `{key, work, shown}` of a form, null where it is none of these; throws Refused for a number nobody can read. */
export function entryOf(form, shown, submitter) {
  const read = READ[new URL(form.action).pathname];
  if (!read) return null;
  const values = new FormData(form, submitter?.name ? submitter : undefined);
  const work = read(values);
  return { key: text(values, "key") || undefined, work, shown: { ...shown, said: saidOf(work) } };
}

/** An entry in a few words, for the lists. */
function saidOf({ line, refusal, product, temperatures }) {
  if (line) return [line.grams ? quantity(line.grams, "gram") : quantity(line.units ?? 1, "unit"), line.date].filter(Boolean).join(" · ");
  if (refusal) return fill(WORDS.turned_away, { reason: WORDS.reasons[refusal.reason] ?? refusal.reason });
  if (product) return product.name;
  return [temperatures.chilled, temperatures.frozen, temperatures.of_family].filter(Boolean).map((typed) => `${typed}\u202f°C`).join(" · ");
}
