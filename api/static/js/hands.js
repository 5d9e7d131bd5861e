// Small moves that several scripts share.

const FREE = new Set(["button", "checkbox", "radio", "submit", "range"]);

/** Whether keys pressed on this element are text for it. */
export function isTyping(element) {
  if (!element.matches?.("input, textarea, select, [contenteditable]")) return false;
  return !(element.tagName === "INPUT" && FREE.has(element.type));
}

/** Moves a number field by so much, within its limits, and tells whoever listens. */
export function step(field, by) {
  const least = field.min === "" ? -Infinity : Number(field.min);
  const most = field.max === "" ? Infinity : Number(field.max);
  field.value = String(Math.min(most, Math.max(least, (Number(field.value) || 0) + by)));
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
