const [transfer, confirm] = [document.querySelector('#transfer'), document.querySelector('#confirm')];
const said = document.querySelector('#said');

async function post(path, form) {
    const answer = await fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    const result = await answer.json();
    said.textContent = result.text;
    return result;
}

transfer.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { ok } = await post('/transfer', transfer);
    confirm.hidden = !ok;
    if (ok) confirm.elements.code.focus();
});
confirm.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { done, restart } = await post('/confirm', confirm);
    confirm.hidden = Boolean(done || restart);
});
