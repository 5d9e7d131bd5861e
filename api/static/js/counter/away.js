// The counter without network: baskets of today are handed over on this tablet alone; what is noted is kept and sent by
// itself. What the tablet kept is forgotten with the day, with whoever signs out, and for anybody else.

import { WORDS, count, dayName, fill, money, quantity } from "../words.js";
import { todayInParis } from "../intake/line.js";
import { addressOf, keep, waiting } from "../intake/queue.js";
import { begin, deliver, isReached } from "../intake/status.js";
import { put, read, remove } from "../intake/store.js";
import { beginChoice, chosenOf, dearer, noteTaken, saidOf } from "./choice.js";
import { COUNTER, servedOf } from "./forms.js";

const visitor = document.getElementById("visitor");
const flash = document.getElementById("flash");
const cardField = document.getElementById("card");
const account = Number(document.getElementById("counter").dataset.account);

let kit;
let chosen;
let choice;

async function open() {
  const kept = await read("things", "counter");
  if (kept && (kept.on !== todayInParis() || kept.account !== account)) await remove("things", "counter");
  else kit = kept;
  await takeForm();
  if (kit) {
    document.querySelector("[data-title]").textContent = fill(WORDS.session, { day: dayName(kit.on, todayInParis()) });
    document.querySelector("[data-site]").textContent = kit.site;
    await showAll();
    lookAt(location.hash);
  } else say(WORDS.no_kit, "refusal");
  document.documentElement.dataset.ready = "yes";
  await begin();
}

/** A form that left the page with network and got no answer: it carries its key, should it have arrived all the same. */
async function takeForm() {
  const form = await read("things", "form");
  if (!form) return;
  await note(form);
  await remove("things", "form");
}

async function note({ key, work, shown }) {
  await keep(undefined, work, shown, key, COUNTER);
  const visit = kit?.visits.find(({ id }) => id === work.visit_id);
  if (!visit) return;
  visit.state = work.absent ? "absent" : "served";
  await put("things", kit, "counter");
}

// Looking somebody up

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-lookup]")) {
    event.preventDefault();
    return look(cardField.value);
  }
  if (!form.matches("[data-served], [data-absent]")) return undefined;
  event.preventDefault();
  if (form.matches("[data-absent]")) return settle({ absent: true });
  return settle({ served: { ...servedOf(new FormData(form)), chosen: chosenOf(choice) } });
});

addEventListener("hashchange", () => lookAt(location.hash));

function lookAt(hash) {
  if (!hash.slice(1) || !kit) return;
  const [, id] = /^#visit=(\d+)$/.exec(hash) ?? [];
  const found = kit.visits.find((visit) => visit.id === Number(id));
  if (found) show(found);
  else look(decodeURIComponent(hash.slice(1)));
}

/** As `common/codes.py` reads codes; a mistyped one answers to no card of the session. */
function look(typed) {
  flash.replaceChildren();
  const code = typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  const found = kit?.visits.find(({ card, basket }) => code === card || code === basket);
  if (found) return show(found);
  visitor.replaceChildren();
  return say(fill(kit ? WORDS.not_here : WORDS.no_kit, { code: typed.trim() }), "refusal");
}

// The person who is here

function show(visit) {
  chosen = visit;
  flash.replaceChildren();
  if (visit.state !== "expected") {
    visitor.replaceChildren();
    return say(fill(WORDS.settled, { basket: visit.basket }), "care");
  }
  const piece = copy("visit");
  piece.querySelector("[data-card]").textContent = visit.card;
  piece.querySelector("[data-people]").textContent = count(WORDS.people, visit.people);
  piece.querySelector("[data-marks]").replaceChildren(...marksOf(visit));
  piece.querySelector("[data-out]").replaceChildren(...visit.lines.map(lineOf));
  piece.querySelector("[data-empty]").hidden = visit.lines.length > 0;
  choice = beginChoice(kit, visit, piece);
  visitor.replaceChildren(piece);
  tellMoney();
  document.querySelector("[data-waiting-people]").hidden = true;
  return undefined;
}

const marksOf = ({ exclusions, lacks, proxies }) =>
  [
    ...exclusions.map((code) => WORDS.exclusions[code]),
    ...lacks.map((code) => WORDS.lacks[code]),
    ...proxies.map((initials) => fill(WORDS.proxy, { initials })),
  ].map((label) => {
    const mark = copy("mark");
    mark.querySelector("span span").textContent = label;
    return mark;
  });

function lineOf({ id, lot, name, picture, quantity: n, measure, place, cold, price_cents: price }) {
  const line = copy("line");
  line.querySelector("[data-line]").dataset.line = id;
  for (const field of line.querySelectorAll("[name]")) if (field.name.endsWith("-")) field.name += id;
  line.querySelector("use[href*='food']").setAttribute("href", line.querySelector("use[href*='food']").getAttribute("href").replace(/#.*/, `#${picture}`));
  line.querySelector('[name="lot"]').value = lot;
  line.querySelector("strong").textContent = name;
  line.querySelector("summary .small.quiet").textContent = place;
  const amount = [quantity(n, measure), kit.channel === "shop" && money(price)].filter(Boolean).join(" · ");
  line.querySelector("summary .nowrap").textContent = amount;
  const field = line.querySelector(`[name="units-${id}"]`);
  Object.assign(field, { value: n, max: n });
  if (measure !== "unit" || n === 1) field.closest(".field").hidden = true;
  const exits = line.querySelector("select");
  for (const [name_, value] of [["units", field], ["exit", exits]]) {
    value.id = `${name_}-${id}`;
    value.closest(".field").querySelector("label").htmlFor = value.id;
  }
  if (cold) exits.closest(".field").remove();
  else line.querySelector("[data-cold]").remove();
  return line;
}

function tellMoney() {
  if (kit.channel !== "shop") return;
  const due = visitor.querySelector("[data-due]");
  due.hidden = false;
  due.textContent = fill(WORDS.to_pay, { amount: money(dueOf(chosen, { left: [] }) + dearer(choice)) });
  const allowance = visitor.querySelector("[data-allowance]");
  allowance.hidden = chosen.allowance_cents === null;
  allowance.textContent = fill(WORDS.left_this_month, { amount: money(chosen.allowance_cents ?? 0) });
}

addEventListener("panier:chosen", tellMoney);

/** What is paid for what really goes out, in cents. */
function dueOf({ lines }, { left }) {
  const stays = new Map(left.map((part) => [part.line_id, part.quantity]));
  const parts = lines.map(({ id, quantity: n, price_cents: price }) => Math.floor((price * (n - (stays.get(id) ?? 0))) / n));
  return parts.reduce((sum, part) => sum + part, 0);
}

async function settle(done) {
  const { id, basket, allowance_cents: allowance } = chosen;
  const due = done.served && kit.channel === "shop" ? dueOf(chosen, done.served) + dearer(choice) : 0;
  if (allowance !== null && due > allowance) return say(fill(WORDS.over, { due: money(due), left: money(allowance) }), "refusal");
  if (done.served) noteTaken(choice);
  const said = done.served ? saidOf(choice) : "";
  await note({ work: { session_id: kit.session_id, visit_id: id, ...done }, shown: { name: basket, said } });
  navigator.vibrate?.(60);
  history.replaceState(null, "", location.pathname);
  await leave();
  say(fill(done.absent ? WORDS.absent : WORDS.served, { basket }), "done");
  return deliver();
}

async function leave() {
  chosen = undefined;
  visitor.replaceChildren();
  cardField.value = "";
  cardField.focus();
  await showAll();
}

// Who is still expected, and what waits for the network

async function showAll() {
  const people = (kit?.visits ?? []).filter(({ state }) => state === "expected");
  const section = document.querySelector("[data-waiting-people]");
  section.hidden = Boolean(chosen) || !people.length;
  section.querySelector("h2").textContent = count(WORDS.expected, people.length);
  section.querySelector("ul").replaceChildren(...people.map(tileOf));
  await showKept();
}

function tileOf({ id, card, people }) {
  const tile = copy("person");
  tile.querySelector("a").href = `#visit=${id}`;
  tile.querySelector("strong").textContent = card;
  tile.querySelector("span").textContent = count(WORDS.people, people);
  return tile;
}

async function showKept() {
  const kept = (await waiting()).kept.filter(({ to }) => to === COUNTER);
  const list = document.querySelector("[data-kept]");
  list.hidden = kept.length === 0;
  list.querySelector("ul").replaceChildren(
    ...kept.map(({ work, shown }) => {
      const row = copy("kept-row");
      const what = fill(work.absent ? WORDS.absent : WORDS.served, { basket: shown.name });
      row.querySelector(".grow").textContent = [what, shown.said].filter(Boolean).join(" ");
      return row;
    }),
  );
  document.querySelector("[data-all-sent]").hidden = !isReached() || kept.length > 0;
}

function say(sentence, kind) {
  const notice = copy(`notice-${kind}`);
  notice.querySelector("p").textContent = sentence;
  flash.replaceChildren(notice);
}

const copy = (id) => document.getElementById(id).content.cloneNode(true);

addEventListener("panier:queue", showKept);
addEventListener("panier:delivered", showKept);
addEventListener("panier:mend", ({ detail }) => location.assign(addressOf(detail)));

open();
