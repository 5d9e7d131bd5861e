// Counting by scanning: each scan adds one piece to the field of the lot whose code, or whose product's code, was read.
// Weighed goods are not counted: their field takes the focus. Everything works by typing without this.

const scanner = document.querySelector("[data-tally]");
const said = document.querySelector("[data-tally-said]");

scanner?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  count(scanner.value.trim().toUpperCase());
  scanner.value = "";
});

function count(scan) {
  const field = scan && [...document.querySelectorAll("[data-codes]")].find((one) => answers(one, scan));
  if (!field) {
    if (scan) said.textContent = said.dataset.unknown;
    return;
  }
  const folded = field.closest("details");
  if (folded) folded.open = true;
  if (field.dataset.measure === "gram") return field.focus();
  field.value = String((Number(field.value) || 0) + 1);
  said.textContent = `${field.closest("li").querySelector("a").textContent}: ${field.value}`;
}

// A lot's code stands somewhere in what its label says; a product's number too, with or without leading zeros.
function answers(field, scan) {
  return field.dataset.codes.split(" ").some((code) => scan.includes(code) || scan.includes(code.replace(/^0+/, "")));
}
