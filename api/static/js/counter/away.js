// The counter without network: baskets of today are handed over on this tablet alone; what is noted is kept and sent by
// itself. What the tablet kept is forgotten with the day, with whoever signs out, and for anybody else.

import { WORDS, count, dayName, fill, money, sentenceOf } from "../words.js";
import { Refused } from "../reading/refused.js";
import { todayInParis } from "../intake/line.js";
import { addressOf, keep, waiting } from "../intake/queue.js";
import { begin, deliver, isReached } from "../intake/status.js";
import { put, read, remove } from "../intake/store.js";
import { beginChoice, chosenOf, draftOf, noteTaken, saidOf, scan, soldOf } from "./choice.js";
import { COUNTER, servedOf } from "./forms.js";
import { lineOf } from "./line.js";
import { paidFor, receiptFor, receiptPiece } from "./receipt.js";

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
    await takeItem();
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
  delete visit.draft;
  await put("things", kit, "counter");
}

// Looking somebody up

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-lookup]")) {
    event.preventDefault();
    return look(cardField.value);
  }
  if (form.matches("[data-items]")) {
    event.preventDefault();
    return scanItem(form.querySelector("input").value);
  }
  if (!form.matches("[data-served], [data-absent]")) return undefined;
  event.preventDefault();
  if (form.matches("[data-absent]")) return settle({ absent: true });
  const values = new FormData(form);
  return settle({ served: { ...servedOf(values), chosen: chosenOf(choice, values) } });
});

addEventListener("hashchange", () => lookAt(location.hash));

function lookAt(hash) {
  if (!hash.slice(1) || !kit) return;
  const [, id] = /^#visit=(\d+)$/.exec(hash) ?? [];
  const found = kit.visits.find((visit) => visit.id === Number(id));
  if (found) show(found);
  else look(decodeURIComponent(hash.slice(1)));
}

function look(typed) {
  flash.replaceChildren();
  const found = visitOf(typed);
  if (found) return show(found);
  visitor.replaceChildren();
  return say(fill(kit ? WORDS.not_here : WORDS.no_kit, { code: typed.trim() }), "refusal");
}

/** As `common/codes.py` reads codes; a mistyped one answers to no card of the session. */
function visitOf(typed) {
  const code = typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  return kit?.visits.find(({ card, basket }) => code === card || code === basket);
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
  piece.querySelector("[data-out]").replaceChildren(...visit.lines.map((line) => lineOf(kit, line)));
  piece.querySelector("[data-empty]").hidden = visit.lines.length > 0;
  choice = beginChoice(kit, visit, piece);
  visitor.replaceChildren(piece);
  tellMoney();
  scanHere(kit.channel === "shop" && choice.till?.visit);
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

function tellMoney() {
  if (kit.channel !== "shop" || !chosen) return;
  const due = visitor.querySelector("[data-due]");
  due.hidden = false;
  due.textContent = fill(WORDS.to_pay, { amount: money(dueNow()) });
  const allowance = visitor.querySelector("[data-allowance]");
  allowance.hidden = chosen.allowance_cents === null;
  allowance.textContent = fill(WORDS.left_this_month, { amount: money(chosen.allowance_cents ?? 0) });
  due.classList.toggle("now", chosen.allowance_cents !== null && dueNow() > chosen.allowance_cents);
}

const soldNow = () => soldOf(choice, new FormData(visitor.querySelector("[data-served]")));
const dueNow = () => paidFor(soldNow());

/** What is chosen is kept with the basket: another card, or an empty battery, loses nothing of it. */
addEventListener("panier:chosen", async () => {
  tellMoney();
  if (!chosen) return;
  chosen.draft = draftOf(choice);
  await put("things", kit, "counter");
});
for (const said of ["input", "change"]) visitor.addEventListener(said, tellMoney);

// The shop's till

function scanned(code, key) {
  const said = visitor.querySelector("[data-scan-said]");
  const field = visitor.querySelector("#code");
  try {
    const lot = scan(choice, code, key);
    said.replaceChildren(fill(WORDS.added_one, { product: lot.name }));
    said.className = "";
    field.value = "";
    navigator.vibrate?.(30);
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    const { rule } = refusal.values;
    said.replaceChildren(rule === undefined ? sentenceOf(refusal) : WORDS.unfit[rule]);
    said.className = "notice refusal";
  }
  field.focus();
}

/** A card or a basket of this session brings the next person; what is chosen here waits for this one. */
function scanItem(code, key) {
  const next = visitOf(code);
  if (next) return show(next);
  return code.trim() && scanned(code.trim(), key);
}

/** What was being scanned when the network went, with the key it was sent with. */
async function takeItem() {
  const item = await read("things", "item");
  if (!item) return;
  await remove("things", "item");
  const found = kit?.visits.find(({ id }) => id === item.visit);
  if (!found || found.state !== "expected" || !kit.till) return;
  if (chosen !== found) show(found);
  scanItem(item.code, item.key);
}

async function settle(done) {
  const { id, basket, allowance_cents: allowance } = chosen;
  const sold = done.served && kit.channel === "shop" ? soldNow() : undefined;
  const due = sold && paidFor(sold);
  const receipt = sold && receiptFor(kit, chosen, sold);
  if (allowance !== null && due > allowance) return say(fill(WORDS.over, { due: money(due), left: money(allowance) }), "refusal");
  if (done.served) noteTaken(choice);
  const said = done.served ? saidOf(choice) : "";
  const told = due === undefined ? done : { served: { ...done.served, told_cents: due } };
  await note({ work: { session_id: kit.session_id, visit_id: id, ...told }, shown: { name: basket, said, receipt } });
  navigator.vibrate?.(60);
  history.replaceState(null, "", location.pathname);
  await leave();
  say(whatOf(told, basket), "done");
  if (receipt) visitor.replaceChildren(receiptPiece(receipt));
  return deliver();
}

function whatOf({ absent, served }, basket) {
  if (absent) return fill(WORDS.absent, { basket });
  if (served.told_cents === undefined) return fill(WORDS.served, { basket });
  return fill(WORDS.paid, { basket, amount: money(served.told_cents) });
}

/** At the till a scanner's codes are goods while somebody is here, cards while nobody is. */
function scanHere(selling) {
  const items = visitor.querySelector("[data-items]");
  if (items) items.hidden = !selling;
  cardField.toggleAttribute("data-scan-field", !selling);
  visitor.querySelector("#code")?.toggleAttribute("data-scan-field", Boolean(selling));
  if (selling) visitor.querySelector("#code").focus();
}

async function leave() {
  chosen = undefined;
  scanHere(false);
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
      row.querySelector(".grow").textContent = [whatOf(work, shown.name), shown.said].filter(Boolean).join(" ");
      const again = row.querySelector("[data-again]");
      again.hidden = !shown.receipt;
      again.addEventListener("click", () => showReceipt(shown.receipt));
      return row;
    }),
  );
  const taken = kept.reduce((so, { work }) => so + (work.served?.told_cents ?? 0), 0);
  list.querySelector("[data-taken-here]").textContent = taken ? fill(WORDS.taken, { amount: money(taken) }) : "";
  const begun = kit?.visits.some(({ draft }) => draft?.length);
  document.querySelector("[data-all-sent]").hidden = !isReached() || kept.length > 0 || begun;
}

async function showReceipt(receipt) {
  flash.replaceChildren();
  await leave();
  visitor.replaceChildren(receiptPiece(receipt));
  visitor.querySelector("[data-print]").focus();
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
