// At the counter: a line that is given a reason moves under « left behind », and back when it goes out after all.
// Without this script the same choices stay in place and are sent all the same.

document.addEventListener("change", (event) => {
  const reason = event.target.closest('input[type="radio"][name^="left-"]');
  if (reason) settle(reason, true);
});

for (const chosen of document.querySelectorAll('input[name^="left-"]:checked')) settle(chosen, false);

function settle(reason, byHand) {
  const item = reason.closest("[data-line]");
  const left = reason.value !== "";
  item.querySelector("[data-why]").textContent = left ? reason.parentElement.textContent.trim() : "";
  item.classList.toggle("left", left);
  const list = document.querySelector(left ? "[data-left]" : "[data-out]");
  if (item.parentElement !== list) list.append(item);
  document.querySelector("[data-left-none]").hidden = document.querySelector("[data-left]").childElementCount > 0;
  if (!byHand) return;
  item.querySelector("details").open = false;
  item.querySelector("summary").focus();
}
