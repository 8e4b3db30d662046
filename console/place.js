// Where the console is, and the way to another place.
import { ask } from './dialog.js';

export const adminRealm = 'heddle.admin';
export const app = { client: null, realms: [], page: null };

export const address = (realm, page, ...rest) =>
  `/console/${[realm, page, ...rest].map((part) => encodeURIComponent(part)).join('/')}`;

export async function go(url, { replace = false } = {}) {
  if (app.page?.unsaved?.() && !(await leaves())) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  app.show();
}

export const leaves = () => ask({
  title: 'Leave without saving?', text: `${app.page.unsaved()} on this page are not saved.`, confirm: 'Leave', danger: true, cancel: 'Stay',
  act: () => true,
});

// The realms to choose from; where nobody may list them: the one in the address.
export async function readRealms() {
  try {
    const { kwargs } = await app.client.call('heddle.realm.list', [], { limit: 1000 });
    app.realms = kwargs.items.map((item) => item.name ?? item.realm ?? item);
  } catch {
    app.realms = [app.here() ?? adminRealm];
  }
}
