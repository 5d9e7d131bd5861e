// The counter with network: keeps this tablet ready for none. The day's baskets are brought up to date, what waits is
// sent, and a basket whose form finds no network is kept and goes on there.

import { addressOf } from "../intake/queue.js";
import { begin } from "../intake/status.js";
import { put, read, remove } from "../intake/store.js";
import { entryOf, itemOf } from "./forms.js";

const AWAY = "/sessions/offline";
const SLOW_LASTS = 300_000; // milliseconds after which what may be proposed and sold is asked anew: it takes the server a while
const page = document.getElementById("counter");

if (isSecureContext && navigator.serviceWorker) {
  // Refused where the tablet does not trust this server yet: then there is no counter without network.
  navigator.serviceWorker.register("/sw.js").catch(() => {});
  document.addEventListener("submit", hold);
  start();
}

async function start() {
  for (const one of ["form", "item"]) await remove("things", one); // the server answered: whatever was on its way arrived, or was refused to somebody's face
  await begin(); // before the baskets are fetched, so that they know of what was sent
  await takeAlong();
  navigator.storage?.persist?.();
}

async function takeAlong() {
  try {
    const answer = await fetch(`/api/v1/sessions/${page.dataset.session}/counter-kit`);
    if (!answer.ok) return;
    const account = Number(page.dataset.account);
    const known = await read("things", "counter");
    const mine = known?.account === account && known.session_id === Number(page.dataset.session) ? known : undefined;
    await put("things", { ...withDrafts(await answer.json(), mine), account, offers: mine?.offers, till: mine?.till }, "counter");
    await navigator.serviceWorker.ready;
    const shell = await fetch(AWAY);
    if (!shell.ok || shell.redirected) return;
    await (await caches.open("page")).put(AWAY, shell);
    await takeSlow("offers");
    if ((await read("things", "counter")).channel === "shop") await takeSlow("till");
    document.documentElement.dataset.ready = "yes"; // this tablet can go without network
  } catch {
    // No network after all: what was kept before will do.
  }
}

/** What was begun on this tablet without network and not handed over yet is not lost. */
function withDrafts(kit, known) {
  const drafts = new Map(known?.visits.map(({ id, draft }) => [id, draft]));
  for (const visit of kit.visits) if (visit.state === "expected" && drafts.get(visit.id)) visit.draft = drafts.get(visit.id);
  return kit;
}

async function takeSlow(name) {
  const kit = await read("things", "counter");
  const { session_id: session, at } = kit[name] ?? {};
  if (session === kit.session_id && Date.now() - at < SLOW_LASTS) return;
  const answer = await fetch(`/api/v1/sessions/${kit.session_id}/counter-${name}`);
  if (answer.ok) await put("things", { ...kit, [name]: { ...(await answer.json()), at: Date.now() } }, "counter");
}

/** Before a basket's form leaves it is written down: should no answer come, the page without network keeps it. */
function hold(event) {
  const form = event.target;
  const [entry, item] = [entryOf(form, event.submitter), itemOf(form)];
  if (!(entry || item) || form.dataset.held) return;
  event.preventDefault();
  form.dataset.held = "yes";
  put("things", entry ?? item, entry ? "form" : "item").finally(() => form.requestSubmit(event.submitter));
}

addEventListener("panier:mend", ({ detail }) => location.assign(addressOf(detail)));
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-held]")) delete form.dataset.held;
});
