// Keeps the files of intake and of the counter on the device, and their pages for when there is no network. VERSION and
// FILES are written above by the server: another version is another worker, which brings its own files.

const FILES_OF = `files-${VERSION}`;
const PAGE = "page"; // the pages without network, kept by those with network (js/intake/aboard.js, js/counter/aboard.js)
const INTAKE = "/intake/offline";
const COUNTER = "/sessions/offline";
const PATIENCE = 5_000; // milliseconds a page is waited for before the one without network is shown
const AT_COUNTER = /^\/sessions(\/offline|\/\d+)?$/;
const SETTLES = /^\/sessions\/\d+\/visits\/\d+\/(served|absent)$/;
const CHANGES = /^\/sessions\/\d+\/visits\/(\d+)\/(items|choice|receipt|lines\/\d+\/out)$/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(FILES_OF)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name !== FILES_OF && name !== PAGE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && url.pathname === "/sign-out") event.waitUntil(forget());
  if (request.method === "POST" && SETTLES.test(url.pathname)) event.respondWith(settle(request, COUNTER));
  const [, visit] = CHANGES.exec(url.pathname) ?? [];
  if (visit && request.mode === "navigate") return event.respondWith(settle(request, `${COUNTER}#visit=${visit}`));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request, url));
  else if (request.mode !== "navigate") return;
  else if (AT_COUNTER.test(url.pathname)) event.respondWith(page(request, [COUNTER]));
  else if (url.pathname === "/") event.respondWith(page(request, [INTAKE, COUNTER]));
  else if (url.pathname.startsWith("/intake")) event.respondWith(page(request, [INTAKE]));
});

/** A file whose address follows its content comes from the device; any other from the network, while there is one. */
async function file(request, url) {
  const kept = await caches.match(request);
  if (kept && url.searchParams.has("v")) return kept;
  try {
    return await fetch(request);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

/** The page; where the network is away or slow the first of these that is kept. With none of them, a slow one is waited for. */
async function page(request, instead) {
  const cache = await caches.open(PAGE);
  const found = await Promise.all(instead.map((away) => cache.match(away)));
  const first = found.findIndex(Boolean);
  if (first < 0) return fetch(request);
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    const away = instead[first];
    return new URL(request.url).pathname === away ? found[first] : redirected(request.url, away);
  }
}

// Under the address of the page with network it would promise what only the server can fill.
function redirected(address, away) {
  const { searchParams } = new URL(address);
  const visit = searchParams.get("visit");
  const asked = visit ? `visit=${visit}` : encodeURIComponent(searchParams.get("scan") ?? searchParams.get("card") ?? "");
  return Response.redirect(`${away}#${asked}`);
}

/** A form of a basket: its page wrote it down before it left, and the page without network takes it from there. */
async function settle(request, away) {
  if (!(await (await caches.open(PAGE)).match(COUNTER))) return fetch(request);
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return Response.redirect(away, 303);
  }
}

/** Who signs out takes the pages and the day's baskets along; what was not sent yet names nobody, and waits. */
async function forget() {
  await caches.delete(PAGE);
  const base = await new Promise((resolve) => {
    const asked = indexedDB.open("panier");
    asked.onupgradeneeded = () => asked.transaction.abort(); // nothing was ever kept here
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
  });
  if (!base) return;
  const things = base.transaction("things", "readwrite").objectStore("things");
  for (const key of ["counter", "form", "item"]) things.delete(key);
  base.close();
}
