// Days without hours, written as the server writes them: "2026-11-28".

const DAY = 86_400_000;

/** The day, or null where the calendar has none such. */
export function dayOf(year, month, day) {
  const at = new Date(Date.UTC(2000, month - 1, day));
  at.setUTCFullYear(year, month - 1, day);
  const exists = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return exists ? at.toISOString().slice(0, 10) : null;
}

export function lastOfMonth(year, month) {
  if (month < 1 || month > 12) return null;
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

export const number = (day) => Date.parse(`${day}T00:00:00Z`) / DAY;

export const plus = (day, days) => new Date((number(day) + days) * DAY).toISOString().slice(0, 10);

/** Days from one day to another: negative where it lies before. */
export const between = (from, to) => number(to) - number(from);

/** The year from 49 before to 50 after this one that ends in two figures. */
export function fullYear(twoFigures, today) {
  const year = Number(today.slice(0, 4));
  const century = year - (year % 100);
  const ahead = twoFigures - (year % 100);
  if (ahead >= 51) return century - 100 + twoFigures;
  return century + twoFigures + (ahead <= -50 ? 100 : 0);
}
