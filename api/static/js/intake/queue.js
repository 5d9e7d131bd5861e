// The queue of what was entered here and is not sent yet. Each entry carries its key, so that the server does it once
// however often it comes; each belongs to whoever entered it, and leaves under no other name.

import { all, newKey, put, read, remove } from "./store.js";

const INTAKE = "/api/v1/intake/entries";
const AT_ONCE = 100;
const MOST_OF_PHOTOS = 1_000_000; // letters beyond the first entry's: the server takes two million bytes at once
const TOLD = 20;
const SENDING = "panier-sending";

const account = () => Number(document.querySelector("[data-account]").dataset.account);

/** Keeps one entry: `work` as the server takes it, `shown` for the list, `to` the address it is sent to. */
export async function keep(donorId, work, shown, key = newKey(), to = INTAKE) {
  const came = await read("things", "came");
  const entry = { key, account: account(), at: new Date().toISOString(), donorId, work, shown, to };
  if (to === INTAKE && came?.donor === donorId) entry.came = { source: came.source, kind: came.kind, vehicle: came.vehicle };
  await put("kept", entry);
  announce();
  return entry;
}

/** Mine that are waiting, mine that were refused, and how many are somebody else's. */
export async function waiting() {
  const entries = await all("kept");
  const mine = entries.filter((entry) => entry.account === account());
  return {
    kept: mine.filter((entry) => !entry.refused && !entry.noted && !entry.undone),
    refused: mine.filter((entry) => entry.refused || entry.noted),
    others: entries.length - mine.length,
  };
}

/** The last ones that were booked from this device, newest first. */
export async function told() {
  return (await all("told")).sort((one, other) => other.at.localeCompare(one.at));
}

/** Takes one back: from the queue where it never left, else by its way back on the server. */
export async function undo(key) {
  await navigator.locks.request(SENDING, async () => {
    const entry = (await all("kept")).find((one) => one.key === key);
    // One that was on its way may have arrived although no answer came: it is sent again, then taken back.
    if (entry) return entry.tried ? put("kept", { ...entry, undone: true }) : remove("kept", entry.seq);
    const done = await read("told", key);
    if (!done?.movement || done.undone) return undefined;
    await put("told", { ...done, undone: true });
    return put("kept", undoing(done, done.movement));
  });
  announce();
}

/** A refused entry that was settled: it is dropped, or sent again as it is. */
export async function settle(seq, again) {
  const entry = await read("kept", seq);
  if (!again) await remove("kept", seq);
  else await put("kept", { ...entry, refused: undefined, key: newKey(), tried: false });
  announce();
}

/** Sends what waits, oldest first: "sent", "offline", "signed-out" or "later". One page of this device at a time. */
export async function send() {
  const answer = await navigator.locks.request(SENDING, { ifAvailable: true }, async (lock) => {
    if (!lock) return "later";
    for (;;) {
      const entries = (await all("kept")).filter((entry) => entry.account === account() && !entry.refused && !entry.noted);
      if (!entries.length) return "sent";
      const state = await sendSome(entries);
      if (state) return state;
      announce();
    }
  });
  announce();
  return answer;
}

/** One request: entries for one address and of one donor, so that two phones never wait for each other's receptions. */
async function sendSome(entries) {
  const [first] = entries;
  let photos = 0;
  const end = entries.findIndex(({ donorId, to, work }, n) => {
    if (n) photos += work.photo?.length ?? 0;
    return donorId !== first.donorId || to !== first.to || photos > MOST_OF_PHOTOS;
  });
  const some = entries.slice(0, Math.min(end < 0 ? AT_ONCE : end, AT_ONCE));
  for (const entry of some) if (!entry.tried) await put("kept", { ...entry, tried: true });
  let answer;
  try {
    answer = await fetch(first.to ?? INTAKE, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        account_id: account(),
        entries: some.map(({ key, at, donorId, came, work }) => ({ key, at, donor_id: donorId, ...(came && { came }), ...work })),
      }),
    });
  } catch {
    return "offline";
  }
  if (answer.status === 401) return "signed-out";
  if (!answer.ok) return "later";
  const outcomes = new Map((await answer.json()).map((outcome) => [outcome.key, outcome]));
  for (const entry of some) await note(await read("kept", entry.seq), outcomes.get(entry.key));
  await forgetOld();
  return null;
}

/** Where a person can enter this again. */
export function addressOf({ work, shown }) {
  if (work.visit_id) return `/sessions/${work.session_id}?card=${encodeURIComponent(shown.name)}`;
  return `/intake?scan=${encodeURIComponent(work.line?.scan ?? work.refusal.scan)}`;
}

async function note(entry, outcome) {
  if (!entry) return;
  if (!outcome.done && !entry.undone) {
    const { code, sentence } = outcome;
    await put("kept", { ...entry, refused: { code, sentence } });
    return;
  }
  // At the counter what is told of a sale concerns somebody's money: it is listed until a person has read it.
  if (outcome.note && entry.work.visit_id) return put("kept", { ...entry, noted: outcome.note });
  await remove("kept", entry.seq);
  if (outcome.note) dispatchEvent(new CustomEvent("panier:said", { detail: outcome.note }));
  const movement = outcome.booking?.movement_id;
  if (entry.undone) {
    if (movement) await put("kept", undoing(entry, movement));
  } else if (entry.work.line) {
    const { place, lot_code: lot } = outcome.booking;
    await put("told", { key: entry.key, at: entry.at, account: entry.account, donorId: entry.donorId, shown: { ...entry.shown, place, lot }, movement });
  }
}

const undoing = ({ donorId, shown, account: by }, movement) => ({
  key: newKey(),
  account: by,
  at: new Date().toISOString(),
  donorId,
  work: { undo: movement },
  shown,
});

async function forgetOld() {
  for (const old of (await told()).slice(TOLD)) await remove("told", old.key);
}

const announce = () => dispatchEvent(new Event("panier:queue"));
