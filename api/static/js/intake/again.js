// A line that waits here, once more: the same goods again, or its card filled in as it was typed.

import { attach } from "../damage.js";
import { numericDate } from "../words.js";

/** The same pack put down once more, as an entry that is still to be judged; its day is the one that was meant then. */
export function again({ work: { line }, shown }) {
  const date = shown.date ? numericDate(shown.date) : line.date;
  return { work: { line: { ...line, date } }, shown: { ...shown } };
}

/** Fills the card of these goods in. The day is looked at first: the choice of a session may hang on it. */
export function fillIn(card, entry) {
  const { line } = again(entry).work;
  const write = (name, value) => {
    const field = card.querySelector(`[name="${name}"]`);
    if (field && value !== null) field.value = value;
    field?.dispatchEvent(new Event("input"));
  };
  write("typed", line.date);
  write("units", line.units);
  write("weight", line.grams && written(line.grams / 1000));
  write("lot", line.lot_number);
  write("place", line.place_id);
  write("degrees", line.temperature_tenths === null ? null : written(line.temperature_tenths / 10));
  write("label_degrees", line.label_tenths === null ? null : written(line.label_tenths / 10));
  card.querySelector("[data-cold]").open = line.temperature_tenths !== null;
  card.querySelector('[name="checked"]').checked = line.checked;
  if (entry.work.photo) attach(card, entry.work.photo);
  const session = card.querySelector(`[name="session_on"][value="${line.session_on}"]`);
  if (session) session.checked = true;
}

const written = (figure) => String(figure).replace(".", ",");
