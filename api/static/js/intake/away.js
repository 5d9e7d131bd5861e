// Intake without network: scan, date, count, book, on this device alone. The page's templates are those of the page with
// network; what is booked here is kept and sent by itself.

import { WORDS, count, dayName, fill, nearDate, numericDate, quantity, sentenceOf } from "../words.js";
import { Refused } from "../reading/refused.js";
import { urgency } from "../reading/dating.js";
import { between, plus } from "../reading/days.js";
import { again, fillIn } from "./again.js";
import { find, indexed } from "./find.js";
import { cameOf, entryOf } from "./forms.js";
import { refuseRecalled } from "../reading/recalls.js";
import { amountOf, dateOf, holdCold, todayInParis } from "./line.js";
import { addressOf, keep, told, undo, waiting } from "./queue.js";
import { begin, deliver, isReached } from "./status.js";
import { put, read } from "./store.js";

const product = document.getElementById("product");
const flash = document.getElementById("flash");
const scanField = document.getElementById("scan");
const donorChoice = document.getElementById("donor");
const COUNTED = 60; // days one still counts, as in api/intake_card.py

let kit;
let donor;
let found; // what the open card is about
let replaced; // the key of the line the open card corrects

async function open() {
  const stored = await read("things", "kit");
  if (!stored) return refuse(WORDS.no_kit);
  kit = indexed(stored);
  donorChoice.replaceChildren(...kit.donors.map(({ id, name }) => new Option(name, id)));
  await chooseDonor(await read("things", "donor"));
  showArticles();
  if (location.hash) look(decodeURIComponent(location.hash.slice(1)));
  document.documentElement.dataset.ready = "yes";
  await begin();
}

async function chooseDonor(id) {
  donor = kit.donors.find((one) => one.id === id);
  document.querySelector("[data-donor-name]").textContent = donor?.name ?? WORDS.no_donor;
  document.querySelector("[data-donor-fold]").open = !donor;
  if (!donor) return;
  donorChoice.value = donor.id;
  await put("things", donor.id, "donor");
}

// Scanning

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const path = new URL(form.action).pathname;
  if (path === "/sign-out" || path.startsWith("/language/") || path === "/stock") return;
  event.preventDefault();
  event.stopPropagation();
  if (form.matches("[data-lookup]")) return look(scanField.value);
  if (path === "/intake/reception") {
    await put("things", { donor: Number(donorChoice.value), ...cameOf(form) }, "came");
    return chooseDonor(Number(donorChoice.value));
  }
  await record(form, event.submitter);
});

function look(code) {
  flash.replaceChildren();
  replaced = undefined;
  if (!code.trim()) return;
  if (!donor) return refuse(WORDS.no_donor);
  try {
    found = find(kit, code, donor, todayInParis());
    showCard(code);
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    if (["UnknownProduct", "UnknownInStoreCode"].includes(refusal.code)) showUnknown(code);
    else refuse(sentenceOf(refusal));
  }
}

function clear() {
  found = replaced = undefined;
  scanField.value = "";
  showArticles();
  scanField.focus();
}

function refuse(sentence) {
  say(sentence, "refusal");
  product.replaceChildren();
}

// The card

function showCard(code) {
  const { measure, name, brand, family, grams, picture } = found.product;
  const rules = kit.families[family];
  const card = copy(`card-${measure}`);
  card.querySelector("[data-scanned]").dataset.scanned = code;
  card.querySelector("h2").textContent = name;
  card.querySelector("h2 + p").textContent = [brand, rules[WORDS.name_of], measure === "unit" && quantity(grams, "gram")].filter(Boolean).join(" · ");
  pictureIn(card, picture);
  for (const field of card.querySelectorAll('[name="scan"]')) field.value = code;
  for (const field of card.querySelectorAll('[name="key"]')) field.value = crypto.randomUUID();
  card.querySelector('[name="lot"]').value = found.scan.lot_number ?? "";
  card.querySelector("[data-check]").hidden = true;
  card.querySelector("[data-cold]").hidden = rules.most === null;
  card.querySelector('[name="label_degrees"]').closest(".field").hidden = !rules.label_counts;
  fillPlaces(card, rules.storage);
  if (measure === "gram") fillTares(card);
  if (measure === "gram" && found.grams) card.querySelector('[name="weight"]').value = String(found.grams / 1000).replace(".", ",");
  product.replaceChildren(card);
  fillDate(rules.date_kind);
  product.scrollIntoView({ block: "nearest" });
}

function fillTares(card) {
  const crates = card.querySelector("[data-tares]");
  const [none, sample] = crates.querySelectorAll("label");
  const chips = kit.tares.map(({ name, grams }) => {
    const one = sample.cloneNode(true);
    one.querySelector("input").value = grams;
    one.querySelector("span").textContent = `${name} ${quantity(grams, "gram")}`;
    return one;
  });
  crates.replaceChildren(crates.querySelector("legend"), none, ...chips);
  crates.hidden = kit.tares.length === 0;
}

function fillPlaces(card, storage) {
  const choice = card.querySelector('[name="place"]');
  const places = kit.places.filter((place) => place.storage === storage);
  choice.replaceChildren(...places.map(({ id, name }) => new Option(name, id)));
  const last = kit.lastTime.get(found.product.id)?.place;
  if (places.some(({ id }) => id === last)) choice.value = last;
}

function fillDate(kind) {
  const field = product.querySelector('[name="typed"]');
  const meant = found.scan.date_kind ?? kind;
  if (meant === "none") {
    field.closest(".field").remove();
    product.querySelector('[name="units"], [name="weight"]').focus();
    return;
  }
  field.labels[0].firstChild.textContent = WORDS.date_kinds[meant];
  const today = todayInParis();
  const last = kit.lastTime.get(found.product.id)?.date;
  const offered = found.scan.date ?? (last >= today ? last : null);
  if (offered) field.value = numericDate(offered);
  const chips = product.querySelector(".chips");
  const offers = meant === "use_by" && !found.scan.date ? [3, 5, 7, 10, 14] : [];
  chips.replaceChildren(...offers.map((days) => chip(plus(today, days))));
  field.addEventListener("input", showReading);
  showReading();
  field.focus();
}

function chip(day) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "chip", textContent: numericDate(day).slice(0, 5) });
  Object.assign(button.dataset, { fill: "typed", value: numericDate(day) });
  return button;
}

/** How a date is understood, as it is typed. */
function showReading() {
  const typed = product.querySelector('[name="typed"]').value;
  const box = product.querySelector(".reading");
  const line = document.createElement("p");
  let halted = false;
  try {
    if (!typed.trim()) return box.replaceChildren();
    const { date, lastDay } = dateOf(kit, found, typed);
    line.className = urgency(lastDay, todayInParis(), kit.steps);
    line.textContent = inDays(date);
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    const ahead = refusal.code === "UseByTooShort" ? kit.sessions.filter((on) => on <= refusal.values.date) : [];
    halted = !ahead.length && !["LookFirst", "DoubtfulDate"].includes(refusal.code);
    line.className = halted ? "halted now" : "soon";
    line.textContent = ahead.length
      ? fill(WORDS.short, { date: dayName(refusal.values.date, todayInParis()), hours: kit.hours })
      : sentenceOf(refusal);
    product.querySelector("[data-check]").hidden = halted || ahead.length > 0;
    if (ahead.length) return box.replaceChildren(line, sessionsOf(ahead));
  } finally {
    product.querySelector(".product").classList.toggle("halt", halted);
  }
  return box.replaceChildren(line);
}

/** The planned sessions goods of a short use-by date may come in for, to choose one. */
function sessionsOf(days) {
  const set = document.createElement("fieldset");
  set.className = "chips";
  set.setAttribute("aria-label", WORDS.sessions);
  for (const day of days) {
    const label = document.createElement("label");
    label.className = "chip";
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "session_on", value: day });
    label.append(radio, ` ${dayName(day, todayInParis())}`);
    set.append(label);
  }
  return set;
}

function inDays(date) {
  const days = between(todayInParis(), date);
  const name = dayName(date, todayInParis());
  return days <= 0 || days > COUNTED ? name : count(WORDS.in_days, days, { date: name });
}

// Booking

async function record(form, submitter) {
  const name = found?.product.name ?? form.closest(".card")?.querySelector("h2")?.textContent ?? "";
  try {
    const entry = entryOf(form, { name, picture: found?.product.picture ?? "box", donor: donor?.name }, submitter);
    if (!entry) return;
    if (!donor) throw new Refused("NoReception");
    if (entry.work.line) judge(entry, found);
    const kept = await keep(donor.id, entry.work, entry.shown, entry.key);
    if (replaced && !entry.work.temperatures) await undo(replaced);
    navigator.vibrate?.(60);
    if (entry.work.product) return learn(entry.work.product);
    if (!entry.work.temperatures) clear();
    else form.closest("details").open = false;
    await say(confirmation(entry), "done", entry.work.line && kept.key);
    deliver();
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    say(sentenceOf(refusal), "refusal");
    if (refusal.code === "LotNumberNeeded") askLot();
    if (["LookFirst", "DoubtfulDate"].includes(refusal.code)) product.querySelector("[data-check]").hidden = false;
  }
}

function askLot() {
  const field = product.querySelector('[name="lot"]');
  Object.assign(field, { type: "text", className: "input", placeholder: WORDS.lot_number });
  field.setAttribute("aria-label", WORDS.lot_number);
  field.focus();
}

/** The server's rules, applied here: what they turn away is said while the pack is still in hand. */
function judge({ work: { line }, shown }, goods) {
  const { date, lastDay } = dateOf(kit, goods, line.date, { checked: line.checked, sessionOn: line.session_on });
  holdCold(kit.families[goods.product.family], line.temperature_tenths, line.label_tenths);
  refuseRecalled(kit.recalled, goods.product, line.lot_number, date);
  const n = amountOf(goods, line.units, line.grams);
  Object.assign(shown, { quantity: n, measure: goods.product.measure, date, lastDay });
  shown.place = kit.places.find(({ id }) => id === line.place_id)?.name ?? "";
  shown.said = [quantity(n, goods.product.measure), line.date].filter(Boolean).join(" · ");
}

function confirmation({ work, shown }) {
  if (work.line) return fill(WORDS.booked, { product: shown.name, quantity: quantity(shown.quantity, shown.measure), place: shown.place });
  return work.refusal ? WORDS.refused : WORDS.temperatures;
}

/** A code described here is known here at once; the server learns it with the queue. */
function learn({ code, name, family, grams }) {
  const id = -Date.now();
  const described = { id, name, brand: "", family, measure: "unit", grams: Number(grams), picture: "box", keeps: null };
  try {
    find(kit, code, donor, todayInParis());
  } catch (refusal) {
    kit.product.set(id, described);
    if (refusal.code === "UnknownInStoreCode") kit.byShop.set(`${donor.id}:${refusal.values.code}`, id);
    else kit.byCode.set(refusal.values.code.padStart(14, "0"), { product: id, units: 1 });
  }
  look(code);
}

function showUnknown(code) {
  const card = copy("unknown");
  card.querySelector('[name="code"]').value = code;
  card.querySelector('[name="key"]').value = crypto.randomUUID();
  card.querySelector("h2 + p").textContent = fill(WORDS.unknown, { code });
  product.replaceChildren(card);
  product.querySelector('[name="name"]').focus();
}

function showArticles() {
  const fold = copy("articles");
  const tile = fold.querySelector(".tile");
  const articles = kit.products.filter(({ article }) => article).sort((a, b) => a.name.localeCompare(b.name));
  const tiles = articles.map(({ article, name, picture }) => {
    const one = tile.cloneNode(true);
    one.href = `#${encodeURIComponent(`ART-${article}`)}`;
    one.querySelector("span").textContent = name;
    pictureIn(one, picture);
    one.addEventListener("click", (event) => {
      event.preventDefault();
      look(`ART-${article}`);
    });
    return one;
  });
  fold.querySelector(".tiles").replaceChildren(...tiles);
  product.replaceChildren(fold);
}

// What happened

async function say(sentence, kind, key) {
  const notice = copy(`notice-${kind}`);
  notice.querySelector("p").textContent = sentence;
  const back = notice.querySelector("[data-undo]");
  if (back && !key) back.remove();
  back?.addEventListener("click", () => takeBack(key));
  flash.replaceChildren(notice);
  await showRecent();
}

async function takeBack(key) {
  await undo(key);
  await say(WORDS.undone, "done");
  deliver();
}

/** The same goods once more, judged as of today; what is in the open card stays. */
async function bookAgain(before) {
  const entry = again(before);
  try {
    judge(entry, find(kit, entry.work.line.scan, donor, todayInParis()));
    const { key } = await keep(donor.id, entry.work, entry.shown);
    navigator.vibrate?.(60);
    await say(confirmation(entry), "done", key);
    deliver();
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    await say(sentenceOf(refusal), "refusal");
  }
}

/** Its card again, as it was typed; booked, it takes the place of what waits. */
function correct(entry) {
  look(entry.work.line.scan);
  if (!found) return;
  replaced = entry.key;
  const form = product.querySelector("form");
  form.prepend(Object.assign(document.createElement("p"), { className: "tag brand", textContent: WORDS.corrects }));
  fillIn(product, entry);
  product.querySelector('[name="units"], [name="weight"]').select();
  product.scrollIntoView({ block: "start" });
}

async function showRecent() {
  const waits = (await waiting()).kept.filter(({ work }) => work.line);
  const lines = [
    ...waits.reverse().map((entry) => ({ ...entry, state: WORDS.waits })),
    ...(await told()).map((entry) => ({ ...entry, state: WORDS.sent })),
  ];
  const list = document.querySelector("[data-recent]");
  list.replaceChildren(...lines.slice(0, 5).map(rowOf));
  const [first] = list.querySelectorAll("[data-again]");
  if (first) first.dataset.key = "e";
  first?.setAttribute("aria-keyshortcuts", "e");
  document.querySelector("[data-no-recent]").hidden = lines.length > 0;
  document.querySelector("[data-all-sent]").hidden = !isReached() || waits.length > 0;
}

function rowOf(entry) {
  const { key, work, shown, state, undone, donorId } = entry;
  const row = copy("recent-row");
  pictureIn(row, shown.picture);
  row.querySelector("strong").textContent = shown.name;
  const day = shown.lastDay ? nearDate(shown.lastDay, todayInParis()) : "";
  const amount = shown.quantity ? quantity(shown.quantity, shown.measure) : shown.said;
  row.querySelector("[data-said]").textContent = [amount, day, shown.place, state].filter(Boolean).join(" · ");
  for (const button of row.querySelectorAll("[data-label]")) {
    button.setAttribute("aria-label", fill(button.dataset.label, { name: shown.name }));
  }
  // Under another donor it would be another donation; one that mends what the server has is only taken back.
  const [more, mend, back] = row.querySelectorAll("button");
  const open = Boolean(work?.line) && !work.undo && donorId === donor?.id;
  if (open && shown.measure === "unit") more.addEventListener("click", () => bookAgain(entry));
  else more.remove();
  if (open) mend.addEventListener("click", () => correct(entry));
  else mend.remove();
  back.addEventListener("click", () => takeBack(key));
  if (undone) back.replaceWith(row.querySelector("[data-undone]").content.cloneNode(true));
  return row;
}

addEventListener("panier:queue", showRecent);
addEventListener("panier:delivered", showRecent);
addEventListener("panier:mend", ({ detail }) => {
  const code = detail.work.line?.scan ?? detail.work.refusal?.scan;
  if (code) look(code);
  else location.assign(addressOf(detail));
});

const copy = (id) => document.getElementById(id).content.cloneNode(true);

function pictureIn(element, name) {
  const use = element.querySelector(".food use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name || "box"}`));
}

await open();
