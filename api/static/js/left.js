// At the counter: a line that is given a reason moves under « left behind », and back when it goes out after all. What is
// chilled moves once it is said whether it stayed in the cold: nothing is chosen beforehand, and it is not sent unsaid.
// Without this script the same choices stay in place and are sent all the same.

const item = (element) => element.closest("[data-line]");
const reasonOf = (line) => line.querySelector('input[name^="left-"]:checked');
const exitsOf = (line) => [...line.querySelectorAll('[data-cold] input[name^="exit-"]')];
const unsaid = (line) => Boolean(reasonOf(line)?.value) && exitsOf(line).length > 0 && !exitsOf(line).some(({ checked }) => checked);

document.addEventListener("change", ({ target }) => {
  if (!target.matches('input[type="radio"]:is([name^="left-"], [data-cold] [name^="exit-"])')) return;
  const line = item(target);
  if (reasonOf(line).value === "") for (const exit of exitsOf(line)) exit.checked = false;
  settle(line);
  if (unsaid(line)) return ask(line);
  line.querySelector("details").open = false;
  line.querySelector("summary").focus();
  return undefined;
});

addEventListener(
  "submit",
  (event) => {
    const open = event.submitter?.hasAttribute("formaction") ? null : [...event.target.querySelectorAll("[data-line]")].find(unsaid);
    if (!open) return;
    event.preventDefault();
    event.stopPropagation();
    open.querySelector("details").open = true;
    ask(open);
    open.querySelector("[data-cold-why]").hidden = false;
  },
  true, // before the form is written down, sent or kept
);

for (const chosen of document.querySelectorAll('input[name^="left-"]:checked')) settle(item(chosen));

function ask(line) {
  const [first] = exitsOf(line);
  first.focus();
  first.closest("[data-cold]").scrollIntoView({ block: "nearest" });
}

function settle(line) {
  const reason = reasonOf(line);
  const left = reason.value !== "";
  line.querySelector("[data-why]").textContent = left ? reason.parentElement.textContent.trim() : "";
  line.classList.toggle("left", left);
  const list = document.querySelector(left && !unsaid(line) ? "[data-left]" : "[data-out]");
  if (line.parentElement !== list) list.append(line);
  line.querySelector("[data-cold-why]")?.toggleAttribute("hidden", !unsaid(line) || !line.querySelector("details").open);
  document.querySelector("[data-left-none]").hidden = document.querySelector("[data-left]").childElementCount > 0;
}
