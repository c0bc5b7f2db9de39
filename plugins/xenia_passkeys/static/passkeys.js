// Passkeys in a browser (WebAuthn level 3). A page says what it wants in `data-passkey`; the answer goes into the form's
// field `credential`, and the form is sent like any other. Without this script, pages say so and offer other ways.
const RENEW = 240_000; // a challenge lives five minutes
const FIELD = 'input[name=credential]';
const able = 'PublicKeyCredential' in window;
let waiting = null; // the one ceremony that is under way

const octets = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
const base64url = (data) => btoa(String.fromCharCode(...new Uint8Array(data)))
  .replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const descriptors = (list = []) => list.map((one) => ({ ...one, id: octets(one.id) }));

// The JSON of the server (section 5.4, 5.5) as the browser's interface wants it, and its answer as JSON (5.1).
const wanted = {
  get: (json) => ({ ...json, challenge: octets(json.challenge), allowCredentials: descriptors(json.allowCredentials) }),
  create: (json) => ({
    ...json,
    challenge: octets(json.challenge),
    user: { ...json.user, id: octets(json.user.id) },
    excludeCredentials: descriptors(json.excludeCredentials),
  }),
};
const answered = ({ id, rawId, type, response }) => JSON.stringify({
  id,
  rawId: base64url(rawId),
  type,
  response: {
    clientDataJSON: base64url(response.clientDataJSON),
    ...(response.attestationObject && {
      attestationObject: base64url(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    }),
    ...(response.signature && {
      authenticatorData: base64url(response.authenticatorData),
      signature: base64url(response.signature),
      userHandle: response.userHandle && base64url(response.userHandle),
    }),
  },
});

// One at a time: a new ceremony ends the one before.
const ceremony = async (kind, json, mediation) => {
  waiting?.abort();
  waiting = new AbortController();
  const options = { publicKey: wanted[kind](json), signal: waiting.signal, ...(mediation && { mediation }) };
  return answered(await navigator.credentials[kind](options));
};

// -- a page that wants a passkey

const say = (place, what) => {
  place.textContent = place.dataset[what] ?? place.dataset.failed;
  place.hidden = false;
};
const send = (form, credential) => {
  form.querySelector(FIELD).value = credential;
  form.requestSubmit();
};
const run = async (place, form, { quietly = false } = {}) => {
  place.hidden = true;
  if (!able) return say(place, 'unable');
  try {
    return send(form, await ceremony(place.dataset.passkey, JSON.parse(place.dataset.options)));
  } catch (problem) {
    if (problem.name === 'AbortError' || quietly) return undefined;
    return say(place, problem.name === 'InvalidStateError' ? 'known' : 'failed');
  }
};
const automatically = async (place, form) => {
  const can = await PublicKeyCredential.getClientCapabilities?.().catch(() => ({}));
  if (!can?.conditionalCreate) return;
  const made = await ceremony('create', JSON.parse(place.dataset.automatic), 'conditional').catch(() => null);
  if (made && form.isConnected) send(form, made);
};

// The form's own button starts the ceremony; with an answer in its field the form is sent as it is. Listens first of all,
// so that nobody else takes the form for one that is on its way.
window.addEventListener('submit', (event) => {
  const field = event.target.querySelector(FIELD);
  const place = document.querySelector('[data-passkey]');
  if (!field || !place || field.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  run(place, event.target);
}, true);

// -- the page that asks who somebody is

const identifying = () => ({
  field: document.querySelector('input[name=identifier]'),
  form: document.querySelector('button[name=action][value="method:passkey"]')?.form,
});

// What this browser can do goes along with the form, so that a passkey is only offered where it can be made.
const tell = async (field) => {
  if (!await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable() || !field.form) return;
  const told = field.form.querySelector('input[name=can]') ?? document.createElement('input');
  Object.assign(told, { type: 'hidden', name: 'can', value: 'passkey' });
  field.form.append(told);
};

// A button named `action` hides the form's own.
const addressOf = (form) => form.getAttribute('action');

const ask = async (form) => {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, action: 'beside:passkey' });
  const answer = await fetch(addressOf(form), { method: 'POST', headers: { accept: 'application/json' }, body });
  return (await answer.json()).view.data;
};

// Passkeys among the browser's own suggestions for the field: no address typed, no button pressed.
const suggest = async ({ field, form }) => {
  if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
  const { options, autofill } = await ask(form);
  if (!autofill || !field.isConnected) return;
  field.autocomplete = 'username webauthn';
  const again = setTimeout(() => suggest({ field, form }).catch(() => {}), RENEW);
  const credential = await ceremony('get', options, 'conditional').finally(() => clearTimeout(again));
  const way = document.createElement('form');
  const values = { csrf: form.elements.csrf.value, action: 'beside:passkey', credential };
  const inputs = Object.entries(values).map(([name, value]) => Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  way.append(...inputs);
  Object.assign(way, { method: 'post', action: addressOf(form), hidden: true });
  document.body.append(way);
  HTMLFormElement.prototype.submit.call(way);
};

// -- whenever there is a page, loaded or swapped in

const begin = () => {
  const place = document.querySelector('[data-passkey]:not([data-begun])');
  const form = document.querySelector(FIELD)?.form;
  if (place && form) {
    place.dataset.begun = '';
    if (able && 'start' in place.dataset) run(place, form, { quietly: true });
    if (able && place.dataset.automatic) automatically(place, form);
    return;
  }
  const { field, form: way } = identifying();
  if (!able || !field || !way || 'begun' in field.dataset) return;
  field.dataset.begun = '';
  tell(field).catch(() => {});
  suggest({ field, form: way }).catch(() => {});
};
document.addEventListener('htmx:after:swap', () => {
  if (!document.querySelector('input[data-begun]')) waiting?.abort();
  begin();
});
begin();
