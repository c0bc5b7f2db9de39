// Everything a page needs beyond htmx. Each part is an enhancement: pages work without it.
const on = (selector, type, act) => document.addEventListener(type, (event) => {
  const element = event.target.closest?.(selector);
  if (element) act(event, element);
});

// Buttons that need a script are hidden in the HTML, so that they only appear where they can work.
const uncover = () => document.querySelectorAll('[data-reveal], [data-copy]').forEach((button) => { button.hidden = false; });

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

// After a load or a swap, focus goes to the problem, else to the field that asks for it, else (after a swap) to the main part.
const settle = (swapped) => {
  uncover();
  const main = document.getElementById('main');
  const next = document.querySelector('[data-focus]') ?? (swapped && (main?.querySelector('[autofocus]') ?? main));
  if (next) next.focus();
};
document.addEventListener('DOMContentLoaded', () => settle(false));
document.addEventListener('htmx:after:swap', (event) => {
  uncover();
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
