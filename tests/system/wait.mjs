// Waiting for events, with an end to it. Under a sanitizer everything takes longer.
import assert from 'node:assert/strict';

export const patience = /asan|tsan/.test(process.env.HEDDLE_PRESET ?? '') ? 30_000 : 10_000;

// The promise's outcome, or a failure that says what did not come.
export async function within(promise, what = 'an answer', milliseconds = patience) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${milliseconds} ms for ${what}`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// The first true value of `probe`, tried now and on each 'data' of the streams.
export function until(probe, what, ...streams) {
  const seen = new Promise((resolve) => {
    const look = () => {
      const value = probe();
      if (!value) return;
      streams.forEach((stream) => stream.off('data', look));
      resolve(value);
    };
    streams.forEach((stream) => stream.on('data', look));
    look();
  });
  return within(seen, what);
}

// Things that arrive, taken one by one in order.
export class Inbox {
  #items = [];
  #taker = null;

  constructor(what = 'something') {
    this.what = what;
    this.push = this.push.bind(this);
  }

  push(item) {
    if (!this.#taker) return void this.#items.push(item);
    const taker = this.#taker;
    this.#taker = null;
    taker(item);
  }

  async next(what = this.what) {
    if (this.#items.length) return this.#items.shift();
    return within(new Promise((resolve) => (this.#taker = resolve)), what);
  }

  // The first item that the test accepts; what came before it is dropped.
  async find(accepts, what = this.what) {
    for (;;) {
      const item = await this.next(what);
      if (accepts(item)) return item;
    }
  }

  get size() {
    return this.#items.length;
  }
}

export async function rejection(promise, what = 'a refusal') {
  let value;
  try {
    value = await within(promise, what);
  } catch (error) {
    return error;
  }
  assert.fail(`expected ${what}, got ${JSON.stringify(value)}`);
}
