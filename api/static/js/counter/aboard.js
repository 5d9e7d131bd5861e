// The counter with network: keeps this tablet ready for none. The day's baskets are brought up to date, what waits is
// sent, and a basket whose form finds no network is kept and goes on there.

import { addressOf } from "../intake/queue.js";
import { begin } from "../intake/status.js";
import { put, read, remove } from "../intake/store.js";
import { entryOf } from "./forms.js";

const AWAY = "/sessions/offline";
const OFFERS_LAST = 300_000; // milliseconds after which what may be proposed is asked anew: it takes the server a while
const page = document.getElementById("counter");

if (isSecureContext && navigator.serviceWorker) {
  // Refused where the tablet does not trust this server yet: then there is no counter without network.
  navigator.serviceWorker.register("/sw.js").catch(() => {});
  document.addEventListener("submit", hold);
  start();
}

async function start() {
  await remove("things", "form"); // the server answered: whatever was on its way arrived, or was refused to somebody's face
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
    await put("things", { ...(await answer.json()), account, offers: known?.account === account ? known.offers : undefined }, "counter");
    await navigator.serviceWorker.ready;
    const shell = await fetch(AWAY);
    if (!shell.ok || shell.redirected) return;
    await (await caches.open("page")).put(AWAY, shell);
    await takeOffers();
    document.documentElement.dataset.ready = "yes"; // this tablet can go without network
  } catch {
    // No network after all: what was kept before will do.
  }
}

async function takeOffers() {
  const kit = await read("things", "counter");
  const { session_id: session, at } = kit.offers ?? {};
  if (session === kit.session_id && Date.now() - at < OFFERS_LAST) return;
  const answer = await fetch(`/api/v1/sessions/${kit.session_id}/counter-offers`);
  if (answer.ok) await put("things", { ...kit, offers: { ...(await answer.json()), at: Date.now() } }, "counter");
}

/** Before a basket's form leaves it is written down: should no answer come, the page without network keeps it. */
function hold(event) {
  const form = event.target;
  const entry = entryOf(form, event.submitter);
  if (!entry || form.dataset.held) return;
  event.preventDefault();
  form.dataset.held = "yes";
  put("things", entry, "form").finally(() => form.requestSubmit(event.submitter));
}

addEventListener("panier:mend", ({ detail }) => location.assign(addressOf(detail)));
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-held]")) delete form.dataset.held;
});
