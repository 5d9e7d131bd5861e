// Check digits of GS1 numbers, and the check character of our own codes.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECKS = `${ALPHABET}*~$=U`;
const READ_AS = { O: "0", I: "1", L: "1" };

export const isDigits = (text) => /^[0-9]+$/.test(text);

/** The figure that ends a GTIN or SSCC. */
export function checkDigit(payload) {
  let sum = 0;
  for (let i = 0; i < payload.length; i += 1) sum += Number(payload[payload.length - 1 - i]) * (i % 2 ? 1 : 3);
  return (10 - (sum % 10)) % 10;
}

export const hasRightCheckDigit = (number) => checkDigit(number.slice(0, -1)) === Number(number.at(-1));

/** A code of ours as stored, or null where it was misread. */
export function ourCode(typed) {
  const code = [...typed.trim().toUpperCase().replaceAll("-", "").replaceAll(" ", "")]
    .map((character) => READ_AS[character] ?? character)
    .join("");
  const known = code.length >= 2 && [...code].every((character) => ALPHABET.includes(character));
  return known && checkCharacter(code.slice(0, -1)) === code.at(-1) ? code : null;
}

function checkCharacter(body) {
  let value = 0; // kept small on the way: eight characters of five bits are more than a number holds for sure
  for (const character of body) value = (value * 32 + ALPHABET.indexOf(character)) % 37;
  return CHECKS[value];
}
