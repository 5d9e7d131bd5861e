// What is not sent yet is always said, and sent as soon as the network lets it; what was refused is listed until
// somebody settles it. Runs on both faces of intake: with network and without.

import { WORDS, count } from "../words.js";
import { send, settle, waiting } from "./queue.js";

const EVERY = 15_000; // milliseconds between tries while something waits: a loading bay has its moments of network
const REMARK = "panier-remark";

const status = document.querySelector("[data-online]");
const refusals = document.querySelector("[data-refusals]");
let reached = navigator.onLine;
let signedOut = false;
let remark = sessionStorage.getItem(REMARK) ?? ""; // what the server said of what it took, until the next page
sessionStorage.removeItem(REMARK);

export const isReached = () => reached;

/** Tries to send, and says how it went. */
export async function deliver() {
  const before = (await waiting()).kept.length;
  const answer = before ? await send() : await ping();
  reached = answer !== "offline";
  signedOut = answer === "signed-out";
  await tell();
  dispatchEvent(new CustomEvent("panier:delivered", { detail: { answer, before } }));
}

async function ping() {
  try {
    await fetch("/healthz", { cache: "no-store" });
    return "sent";
  } catch {
    return "offline";
  }
}

async function tell() {
  const { kept, refused, others } = await waiting();
  const [n, away] = [kept.length, !reached];
  const said = signedOut && n
    ? count(WORDS.sign_in, n)
    : n
      ? count(away ? WORDS.kept : WORDS.sending, n)
      : away
        ? WORDS.offline
        : WORDS.online;
  status.dataset.waiting = n;
  const more = (others ? ` ${count(WORDS.others, others)}` : "") + (remark && ` · ${remark}`);
  if (status.textContent !== said + more) status.textContent = said + more;
  status.classList.toggle("offline", away || n > 0 || others > 0);
  list(refused);
}

/** Entries the server did not take, each with its reason and its ways out. */
function list(refused) {
  refusals.hidden = refused.length === 0;
  const rows = refused.map((entry) => {
    const row = document.getElementById("refused-row").content.cloneNode(true);
    row.querySelector("[data-name]").textContent = entry.shown.name;
    row.querySelector("[data-said]").textContent = entry.shown.said;
    row.querySelector("[data-why]").textContent = entry.noted ?? entry.refused.sentence;
    row.querySelector("[data-again]").hidden = Boolean(entry.noted);
    row.querySelector("[data-again]").addEventListener("click", () => settle(entry.seq, true).then(deliver));
    row.querySelector("[data-drop]").addEventListener("click", () => settle(entry.seq, false));
    const mend = row.querySelector("[data-mend]");
    mend.hidden = Boolean(entry.noted) || !(entry.work.line ?? entry.work.refusal ?? entry.work.visit_id);
    mend.addEventListener("click", async () => {
      await settle(entry.seq, false);
      dispatchEvent(new CustomEvent("panier:mend", { detail: entry }));
    });
    return row;
  });
  refusals.querySelector("ul").replaceChildren(...rows);
}

export function begin() {
  addEventListener("online", deliver);
  addEventListener("offline", () => {
    reached = false;
    tell();
  });
  addEventListener("panier:queue", tell);
  addEventListener("panier:said", ({ detail }) => {
    remark = detail;
    sessionStorage.setItem(REMARK, detail); // the page may be loaded anew to show what was sent
  });
  setInterval(async () => {
    if (!reached || (await waiting()).kept.length) await deliver();
  }, EVERY);
  return deliver();
}
