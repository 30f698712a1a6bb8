/** What is kept in this browser: a small database, or memory where there is none. */

const NAME = "verbatim";
const VERSION = 1;

/** Opens the database. Each record is written by itself, so two tabs take nothing from each
 *  other. `isKept` tells whether what is written outlasts the page. */
export async function openStore() {
  try {
    return new Store(await open());
  } catch {
    // Denied, as in some private windows.
    return new Memory();
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, VERSION);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("talks", { keyPath: "id" });
      opening.result.createObjectStore("exchanges", { keyPath: "at" }).createIndex("talk", "talk");
    };
    opening.onsuccess = () => {
      // Who clears the site's data is not to wait for this page.
      opening.result.onversionchange = () => opening.result.close();
      resolve(opening.result);
    };
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error("blocked"));
  });
}

class Store {
  #database;
  isKept = true;

  constructor(database) {
    this.#database = database;
  }

  talks() {
    return this.#run("talks", "readonly", (talks) => talks.getAll());
  }

  exchanges(talk) {
    return this.#run("exchanges", "readonly", (all) => all.index("talk").getAll(talk));
  }

  put(name, record) {
    return this.#run(name, "readwrite", (records) => records.put(record));
  }

  /** Changes some of a talk's fields: what another tab has changed in it meanwhile stays. */
  change(talk, changes) {
    return this.#run("talks", "readwrite", (talks) => {
      const found = talks.get(talk.id);
      found.onsuccess = () => talks.put({ ...talk, ...found.result, ...changes });
      return found;
    });
  }

  remove(name, key) {
    return this.#run(name, "readwrite", (records) => records.delete(key));
  }

  #run(name, mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(name, mode);
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

class Memory {
  #records = { talks: new Map(), exchanges: new Map() };
  isKept = false;

  async talks() {
    return [...this.#records.talks.values()];
  }

  async exchanges(talk) {
    return [...this.#records.exchanges.values()].filter((each) => each.talk === talk);
  }

  async put(name, record) {
    this.#records[name].set(record.id ?? record.at, record);
  }

  async change(talk, changes) {
    const { talks } = this.#records;
    talks.set(talk.id, { ...talk, ...talks.get(talk.id), ...changes });
  }

  async remove(name, key) {
    this.#records[name].delete(key);
  }
}

/** Keeps a small choice; where that is not allowed it lasts as long as the page. */
export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // No room, or it is off.
  }
}

/** Returns what `keep` kept, or null. */
export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}
