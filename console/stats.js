// The last 15 minutes of live figures, of every realm, kept in this page's memory: heddle.stats.on_update comes once a second.
export const kept = 900;
const counters = ['published', 'delivered', 'calls', 'denied', 'dropped'];

class Stats {
  latest = null;
  #history = new Map(); // name of a series -> [{ at, value }]
  #listeners = new Set();
  #subscription = null;

  async start(client) {
    this.stop();
    const mine = (this.#subscription = {});
    const heard = (args, kwargs) => this.take(Object.keys(kwargs).length ? kwargs : args[0]);
    try {
      const made = await client.subscribe('heddle.stats.on_update', heard);
      if (this.#subscription === mine) mine.cancel = made.cancel;
      else made.cancel();
    } catch { /* a role that may not hear it */ }
  }

  stop() {
    this.#subscription?.cancel?.();
    this.#subscription = null;
    this.latest = null;
    this.#history.clear();
  }

  // Counters become rates: "calls" is also kept as "calls/s".
  take(update) {
    const [before, then, at] = [realmsOf(this.latest), this.at, Date.now()];
    this.latest = update;
    this.at = at;
    for (const [realm, figures] of Object.entries(realmsOf(update))) {
      for (const name of counters) {
        const last = before[realm]?.[name];
        if (last === undefined || figures[name] === undefined || at - then < 100) continue;
        figures[`${name}/s`] = Math.max(0, ((figures[name] - last) * 1000) / (at - then));
        this.#keep(`${realm} ${name}/s`, figures[`${name}/s`]);
      }
    }
    for (const listener of this.#listeners) listener(update);
  }

  #keep(name, value) {
    let series = this.#history.get(name);
    if (!series) this.#history.set(name, (series = []));
    series.push({ at: this.at, value });
    if (series.length > kept) series.shift();
  }

  series(realm, name) {
    return this.#history.get(`${realm} ${name}`) ?? [];
  }

  of(realm) {
    return this.latest ? realmsOf(this.latest)[realm] : undefined;
  }

  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const realmsOf = (update) => update?.realms ?? {}; // { name: figures }

export const stats = new Stats();
