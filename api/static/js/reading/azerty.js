// What a scanner types when it believes the keyboard American and the computer believes it French: the same tables
// as stock/azerty.py, checked by the same vectors.

const AMERICAN = "1234567890-=qwertyuiop]asdfghjkl;'`\\zxcvbnm,./";
const AMERICAN_SHIFTED = '!@#$%^&*()_+QWERTYUIOP}ASDFGHJKL:"|ZXCVBNM<>?';
const PLAIN_AND_SHIFTED = [
  ["&é\"'(-è_çà)=azertyuiop$qsdfghjklmù²*wxcvbn,;:!", "1234567890°+AZERTYUIOP£QSDFGHJKLM%µWXCVBN?./§"],
  ["&é\"'(§è!çà)-azertyuiop$qsdfghjklmù@`wxcvbn,;:=", "1234567890°_AZERTYUIOP*QSDFGHJKLM%£WXCVBN?./+"],
];
const LAYOUTS = PLAIN_AND_SHIFTED.map(
  ([plain, shifted]) =>
    new Map([
      ...[...plain].map((key, i) => [key, AMERICAN[i]]),
      ...[...shifted].map((key, i) => [key, AMERICAN_SHIFTED[i]]),
    ]),
);
const TOP_ROW = new Set("&é\"'(-è_çà§!");
const OUR_CODES = ["LOT)", "QRT)"];

/** The readings of a text that a French layout seems to have mangled, the likeliest first; else none. */
export function asTheScannerMeant(text) {
  const characters = [...text];
  const topRow = characters.filter((character) => TOP_ROW.has(character)).length;
  const figures = characters.filter((character) => /\p{Nd}/u.test(character)).length;
  if (topRow <= figures && !OUR_CODES.some((start) => text.toUpperCase().startsWith(start))) return [];
  const readings = LAYOUTS.map((layout) => characters.map((key) => layout.get(key) ?? key).join(""));
  return [...new Set(readings)];
}
