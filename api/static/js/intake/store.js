// What this device keeps: entries not yet sent, what became of the last ones, and the kit. In IndexedDB, which outlives a
// closed browser and an empty battery.

const NAME = "panier";
const STORES = { kept: { keyPath: "seq", autoIncrement: true }, told: { keyPath: "key" }, things: {} };

let opened;

function base() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) asked.result.createObjectStore(name, options);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/** Runs one request on a store; what is written is on the disk when this resolves. */
async function run(name, mode, ask) {
  const transaction = (await base()).transaction(name, mode, { durability: "strict" });
  const asked = ask(transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export const all = (name) => run(name, "readonly", (store) => store.getAll());
export const read = (name, key) => run(name, "readonly", (store) => store.get(key));
export const remove = (name, key) => run(name, "readwrite", (store) => store.delete(key));
export const put = (name, value, key) => run(name, "readwrite", (store) => store.put(value, key));

/** A key of this device's own making, for a write that must be done once. */
export const newKey = () => crypto.randomUUID();
