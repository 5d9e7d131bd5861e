// Intake with network, and the page its people land on: keeps this device ready for none. The page without network and
// the kit are brought up to date, what waits is sent, and a form or a scan that finds no network is kept and goes on there.

import { fill } from "../words.js";
import { addressOf, keep } from "./queue.js";
import { put, read } from "./store.js";
import { begin } from "./status.js";
import { entryOf } from "./forms.js";

const AWAY = "/intake/offline";
const page = document.getElementById("intake");

if (isSecureContext && navigator.serviceWorker) {
  // Refused where the phone does not trust this server yet: then there is no intake without network.
  navigator.serviceWorker.register("/sw.js").catch(() => {});
  begin();
  takeAlong();
  navigator.storage?.persist?.();
} else {
  // Over plain http browsers keep nothing: all there is to say is whether there is network.
  const status = document.querySelector("[data-online]");
  const tell = () => {
    status.textContent = navigator.onLine ? status.dataset.online : status.dataset.offline;
    status.classList.toggle("offline", !navigator.onLine);
  };
  for (const name of ["online", "offline"]) addEventListener(name, tell);
  tell();
}

/** The newest kit and page; what is there already stays where the network fails. */
async function takeAlong() {
  try {
    const tag = await read("things", "tag");
    const answer = await fetch("/api/v1/intake/kit", { headers: tag ? { "if-none-match": tag } : {} });
    if (answer.ok) {
      await put("things", await answer.json(), "kit");
      await put("things", answer.headers.get("etag"), "tag");
    }
    if (page.dataset.donor) {
      const { source, kind, vehicle } = page.dataset;
      await put("things", Number(page.dataset.donor), "donor");
      await put("things", { donor: Number(page.dataset.donor), source, kind, vehicle }, "came");
    }
    await navigator.serviceWorker.ready;
    const shell = await fetch(AWAY);
    if (!shell.ok || shell.redirected) return;
    await (await caches.open("page")).put(AWAY, shell);
    document.documentElement.dataset.ready = "yes"; // this device can go without network
  } catch {
    // No network after all: the kit of last time will do.
  }
}

// Whatever htmx could not send goes on without network; nothing typed is lost.
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, async (event) => {
    const { elt, requestConfig } = event.detail;
    const form = elt.closest("form");
    const entry = form && requestConfig.verb === "post" ? entryOf(form, shownBy(form), requestConfig.triggeringEvent?.submitter) : null;
    if (entry) await keep(Number(page.dataset.donor), entry.work, entry.shown, entry.key);
    const scan = entry ? "" : (requestConfig.parameters?.scan ?? new URL(requestConfig.path, location).searchParams.get("scan") ?? "");
    if (requestConfig.path.startsWith("/intake/date")) return;
    location.assign(scan ? fill(`${AWAY}#%(scan)s`, { scan: encodeURIComponent(scan) }) : AWAY);
  });
}

function shownBy(form) {
  const card = form.closest("[data-scanned]") ?? form.closest(".card");
  return { name: form.dataset.name ?? card?.querySelector("h2")?.textContent ?? "", picture: "box" };
}

addEventListener("panier:delivered", ({ detail }) => {
  // What was just sent belongs into the list of this page, unless somebody is in the middle of a line.
  if (detail.before && detail.answer === "sent" && !document.querySelector("[data-scanned]")) location.reload();
});
addEventListener("panier:mend", ({ detail }) => location.assign(addressOf(detail)));
