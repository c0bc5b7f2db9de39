// The puzzle before a guess: a worker finds the number, and the form is sent by itself; where there is an error to be read first, when the person
// says so. Without this script the page says how long to wait.
const ANSWER = 'input[name=answer]';
let working = null;
let pressed = false;

const solve = (place, form) => {
  const worker = new Worker(place.dataset.worker);
  working?.terminate();
  working = worker;
  const end = () => { worker.terminate(); if (working === worker) working = null; };
  worker.onerror = () => { end(); place.textContent = place.dataset.unable; };
  worker.onmessage = ({ data }) => {
    end();
    if (!form.isConnected) return;
    form.querySelector(ANSWER).value = data;
    if (pressed || 'start' in place.dataset) form.requestSubmit();
    else place.textContent = place.dataset.ready;
  };
  worker.postMessage({ challenge: place.dataset.puzzle, bits: Number(place.dataset.bits) });
};

// Whoever presses the button early waits for the worker: it sends the form.
window.addEventListener('submit', (event) => {
  const field = event.target.querySelector(ANSWER);
  if (!field || field.value || !working) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  pressed = true;
}, true);

const begin = () => {
  const place = document.querySelector('[data-puzzle]:not([data-begun])');
  const form = place && document.querySelector(ANSWER)?.form;
  if (!form) return;
  place.dataset.begun = '';
  place.textContent = place.dataset.working;
  place.hidden = false;
  pressed = false;
  solve(place, form);
};
document.addEventListener('htmx:after:swap', begin);
begin();
