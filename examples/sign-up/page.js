const [start, check] = [document.querySelector('#start'), document.querySelector('#check')];
const said = document.querySelector('#said');

async function post(path, body = {}) {
    const answer = await fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
    });
    const result = await answer.json();
    said.textContent = result.text;
    return result;
}

start.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { ok } = await post('/start', { number: start.elements.number.value.replace(/[\s().-]/g, '') });
    check.hidden = !ok;
    if (ok) check.elements.code.focus();
});
check.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { done, restart } = await post('/check', { code: check.elements.code.value });
    if (done || restart) check.hidden = true;
    if (done) start.hidden = true;
});
document.querySelector('#call').addEventListener('click', () => post('/call'));
