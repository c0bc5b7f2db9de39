// Posts the form that carries an answer to the application; without script its button does it.
document.querySelector('form[data-form-post]')?.requestSubmit();
