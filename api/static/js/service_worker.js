// Keeps the files of intake on the device, and its page for when there is no network. VERSION and FILES are written
// above by the server: another version is another worker, which brings its own files.

const FILES_OF = `files-${VERSION}`;
const PAGE = "page"; // the page without network, kept by the page with network (js/intake/aboard.js)
const AWAY = "/intake/offline";
const PATIENCE = 5_000; // milliseconds a page is waited for before the one without network is shown

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
  if (request.method === "POST" && url.pathname === "/sign-out") event.waitUntil(caches.delete(PAGE));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request, url));
  else if (request.mode === "navigate" && (url.pathname === "/" || url.pathname.startsWith("/intake"))) {
    event.respondWith(page(request));
  }
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

async function page(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    const kept = await caches.match(AWAY, { cacheName: PAGE });
    if (!kept) throw error;
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === AWAY) return kept;
    // Under the address of the page with network it would promise what only the server can fill.
    return Response.redirect(`${AWAY}#${encodeURIComponent(searchParams.get("scan") ?? "")}`);
  }
}
