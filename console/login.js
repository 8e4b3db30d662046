// Logging in; who has no password yet learns here where the first one comes from.
import { field, values } from './dialog.js';
import { code, fill, h, problem, snippet } from './dom.js';

const told = {
  'wamp.error.authentication_failed': 'Name or password is wrong.',
  'wamp.error.authentication_denied': 'Name or password is wrong.',
  'wamp.error.no_such_principal': 'Name or password is wrong.',
  'wamp.error.no_such_realm': 'This listener does not serve the administration (serve = ["admin", "console", ..]).',
  'wamp.error.no_matching_auth_method': 'No administrator can log in with a password here, or nobody is one yet: see below.',
};

export function showLogin(main, { sentence, login }) {
  const trouble = h('div', {}, sentence && h('p.problem', { role: 'alert' }, sentence));
  const button = h('button.primary', { type: 'submit' }, 'Log in');
  const form = h('form', { 'aria-label': 'Log in' }, h('h1', {}, 'heddle console'),
    field({ name: 'authid', label: 'Name', required: true, autocomplete: 'username', value: 'admin' }),
    field({ name: 'password', label: 'Password', kind: 'password', required: true, autocomplete: 'current-password' }),
    trouble, h('div.buttons', {}, button));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    fill(trouble);
    const { authid, password } = values(form);
    try {
      await login(authid, password);
    } catch (error) {
      const words = told[error.uri];
      fill(trouble, problem(words ? Object.assign(new Error(words), { uri: error.uri }) : error));
      form.password.select();
    } finally {
      button.disabled = false;
    }
  });
  fill(main, h('div.login', {}, form, h('section', { 'aria-labelledby': 'first' },
    h('h2', { id: 'first' }, 'Where does the first password come from?'),
    h('dl', {},
      h('dt', {}, 'Started with ', code('./run'), ' or ', code('serve --dev')),
      h('dd', {}, 'The terminal shows it, once, when the store is new: ', code('admin  user admin, password ..')),
      h('dt', {}, 'Installed as a service'),
      h('dd', {}, 'The admin socket trusts root and the group heddle:',
        snippet('sudo heddle user put ada --realm heddle.admin --role administrator --scram')),
      h('dt', {}, 'In a container'),
      h('dd', {}, 'Give it a file, which is read while there is no administrator: ', code('HEDDLE_ADMIN__PASSWORD_FILE'), '. Name: admin.'),
      h('dt', {}, 'Forgotten'),
      h('dd', {}, 'Another administrator sets it on the page Users of realm heddle.admin, or root by ',
        code('heddle user passwd'), '.')))));
  (form.authid.value ? form.password : form.authid).focus();
}
