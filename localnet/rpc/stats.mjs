/** Counters for `/admin/stats`. */
export class Stats {
  #counters = new Map();
  #methods = new Map();

  /** @param {string} name @param {number} [by] */
  count(name, by = 1) {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + by);
  }

  /** @param {string} method of JSON-RPC */
  call(method) {
    this.#methods.set(method, (this.#methods.get(method) ?? 0) + 1);
  }

  toJSON() {
    return { counters: Object.fromEntries(this.#counters), methods: Object.fromEntries(this.#methods) };
  }
}
