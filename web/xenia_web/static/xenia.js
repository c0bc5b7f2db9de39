// Everything a page needs beyond htmx. Each part is an enhancement: pages work without it.
const on = (selector, type, act) => document.addEventListener(type, (event) => {
  const element = event.target.closest?.(selector);
  if (element) act(event, element);
});

// Buttons and links that need a script are hidden in the HTML, so that they only appear where they can work.
const uncover = () => {
  document.querySelectorAll('[data-reveal], [data-copy], [data-script]').forEach((one) => { one.hidden = false; });
};

// Show password.
on('[data-reveal]', 'click', (_, button) => {
  const input = document.getElementById(button.dataset.reveal);
  const shown = input.type === 'text';
  input.type = shown ? 'password' : 'text';
  button.setAttribute('aria-pressed', String(!shown));
  button.textContent = shown ? button.dataset.show : button.dataset.hide;
});
// Never submit a password from a text field: browsers would offer to remember it as plain text.
document.addEventListener('submit', (event) => event.target.querySelectorAll('[data-reveal]').forEach((button) => {
  document.getElementById(button.dataset.reveal).type = 'password';
}), true);

// Copy a code, an identifier or an address, and say so.
on('[data-copy]', 'click', async (_, button) => {
  await navigator.clipboard?.writeText(button.dataset.copy);
  const status = document.getElementById('status');
  status.textContent = status.dataset.copied;
  button.classList.add('done');
  setTimeout(() => { button.classList.remove('done'); status.textContent = ''; }, 2000);
});

// Times in the reader's own zone: the server, which doesn't know it, wrote them in UTC and said so.
const styles = { moment: { dateStyle: 'medium', timeStyle: 'short' }, day: { dateStyle: 'long' } };
const localise = () => document.querySelectorAll('time[data-utc]').forEach((time) => {
  const style = styles[time.dataset.utc];
  time.title = time.textContent;
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, style).format(new Date(time.dateTime));
  delete time.dataset.utc;
});

// A menu that scrolls shows the entry that one is at.
const unroll = () => document.querySelectorAll('.side .nav, .acct-nav, .tabs').forEach((menu) => {
  const here = menu.querySelector('[aria-current]');
  if (here && menu.scrollWidth > menu.clientWidth) {
    const [outer, inner] = [menu.getBoundingClientRect(), here.getBoundingClientRect()];
    menu.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }
});

// A picture of days that is wider than its place shows the latest ones.
const latest = () => document.querySelectorAll('.chartwrap').forEach((place) => { place.scrollLeft = place.scrollWidth; });

// After a load or a swap, focus goes to the problem, else to the field that asks for it, else (after a swap) to the main part.
const enhance = () => { uncover(); localise(); unroll(); latest(); };
const settle = (swapped) => {
  enhance();
  const main = document.getElementById('main');
  const next = document.querySelector('[data-focus]') ?? (swapped && (main?.querySelector('[autofocus]') ?? main));
  if (next) next.focus();
};
document.addEventListener('DOMContentLoaded', () => settle(false));
document.addEventListener('htmx:after:swap', (event) => {
  enhance();
  if (event.detail?.ctx?.select === '#main') settle(true);
});

// An answer with another layout (the account after a sign-in) is no part of this page: load it as a page of its own.
document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = event.detail;
  const layout = ctx.text?.match(/<body[^>]* data-layout="(\w+)"/)?.[1];
  if (!layout || layout === document.body.dataset.layout) return;
  if (ctx.response.raw.redirected) {
    event.preventDefault();
    location.assign(ctx.response.raw.url);
  } else {
    Object.assign(ctx, { target: document.body, select: null, swap: 'outerHTML', push: null });
  }
});

// A form that is on its way says so and isn't sent twice; after a second it is said aloud.
let waiting;
const say = (words) => { document.getElementById('status').textContent = words; };
const rest = (form) => {
  clearTimeout(waiting);
  form.removeAttribute('aria-busy');
  form.querySelectorAll('button').forEach((button) => button.removeAttribute('aria-disabled'));
};
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.getAttribute('aria-busy') === 'true') { event.preventDefault(); event.stopImmediatePropagation(); return; }
  if (form.method !== 'post') return;
  form.setAttribute('aria-busy', 'true');
  form.querySelectorAll('button').forEach((button) => button.setAttribute('aria-disabled', 'true'));
  waiting = setTimeout(() => say(document.getElementById('status').dataset.busy), 1000);
}, true);
document.addEventListener('htmx:finally:request', () => {
  document.querySelectorAll('form[aria-busy]').forEach(rest);
  say('');
});
addEventListener('pageshow', () => document.querySelectorAll('form[aria-busy]').forEach(rest));

// What never got through is said where everybody sees it, until the next thing happens.
const failed = document.getElementById('failed');
document.addEventListener('htmx:before:request', () => { failed.hidden = true; });
document.addEventListener('htmx:error', (event) => { failed.hidden = Boolean(event.detail?.ctx?.response); });

// The links of an error summary focus the field and bring its label into view.
on('.summary-bad a', 'click', (event, link) => {
  const field = document.querySelector(link.getAttribute('href'));
  if (!field) return;
  event.preventDefault();
  field.closest('.field')?.scrollIntoView({ block: 'start' });
  field.focus({ preventScroll: true });
});

// "/" and Ctrl K focus the search of the page.
document.addEventListener('keydown', (event) => {
  const typing = event.target.matches?.('input, textarea, select, [contenteditable]');
  const wanted = (event.key === '/' && !typing) || (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey));
  const search = wanted && document.querySelector('input[type=search]');
  if (search) { event.preventDefault(); search.focus(); search.select(); }
});
