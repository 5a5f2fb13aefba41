#include "api/handset_page.hpp"

#include "api/problem.hpp"

namespace roger::api {
namespace {

constexpr std::string_view html = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Handset – Roger sandbox</title>
<link rel="stylesheet" href="/handset/handset.css">
<script src="/handset/handset.js" defer></script>
</head>
<body>
<main>
<h1>Handset</h1>
<p>A virtual phone of the sandbox. Start a verification of any number, and its messages arrive here.</p>
<form id="open">
<label>Number <input id="number" data-testid="handset-number" inputmode="tel" placeholder="+44 7700 900123" autocomplete="off"></label>
<div id="credentials">
<label>Key <input id="key" autocomplete="off"></label>
<label>Secret <input id="secret" type="password" autocomplete="off"></label>
</div>
<button>Watch</button>
</form>
<p id="state" role="status">Not connected.</p>
<ol id="messages" aria-live="polite"></ol>
<section id="help">
<h2>Nothing here yet?</h2>
<p>Start a verification; without a number above, this page shows every phone of the account.</p>
<pre id="example"></pre>
</section>
</main>
</body>
</html>
)html";

constexpr std::string_view css =
    R"css(:root { color-scheme: light dark; --bubble: #e8eef7; --ink: #14202e; --page: #ffffff; --accent: #1257a8; }
@media (prefers-color-scheme: dark) { :root { --bubble: #223247; --ink: #e6edf5; --page: #10161d; --accent: #8fc1ff; } }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.6rem; }
form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: 1rem 0; }
label { display: flex; flex-direction: column; font-size: .85rem; }
#credentials { display: flex; gap: .75rem; flex-wrap: wrap; }
#credentials[hidden] { display: none; }
input, button { font: inherit; padding: .45rem .6rem; border: 1px solid #8895a5; border-radius: .4rem; background: transparent; color: inherit; }
button { background: var(--accent); color: var(--page); border-color: var(--accent); cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#messages { list-style: none; padding: 0; display: flex; flex-direction: column; gap: .75rem; }
#messages li { background: var(--bubble); border-radius: 1rem 1rem 1rem .25rem; padding: .6rem .9rem; overflow-wrap: anywhere; }
#messages small { display: block; opacity: .75; }
.pin { font: 600 1.25rem ui-monospace, monospace; letter-spacing: .12em; margin-right: .75rem; }
pre { background: var(--bubble); padding: .75rem; border-radius: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
#state.bad { color: #b3261e; }
@media (prefers-color-scheme: dark) { #state.bad { color: #ffb4ab; } }
)css";

constexpr std::string_view script = R"js('use strict';
const byId = (id) => document.getElementById(id);
let running = null;

function say(text, bad) {
  byId('state').textContent = text;
  byId('state').classList.toggle('bad', Boolean(bad));
}

function show(message) {
  const item = document.createElement('li');
  item.dataset.event = message.event_id;
  const head = document.createElement('small');
  const kind = message.channel === 'tts' ? 'spoken call' : 'SMS';
  head.textContent = `${kind} from ${message.sender} to +${message.number} · ${new Date(message.at).toLocaleTimeString()}`;
  const text = document.createElement('p');
  text.textContent = message.text ?? 'The PIN was the client’s own and has been wiped at the end of the request.';
  item.append(head, text);
  if (message.pin) {
    const pin = document.createElement('span');
    pin.className = 'pin';
    pin.dataset.testid = 'bubble-code';
    pin.textContent = message.pin;
    const copy = document.createElement('button');
    copy.type = 'button';
    copy.textContent = 'Copy';
    copy.addEventListener('click', () => navigator.clipboard.writeText(message.pin).then(() => { copy.textContent = 'Copied'; }));
    item.append(pin, copy);
  }
  byId('messages').prepend(item);
  byId('help').hidden = true;
}

function take(block) {
  const data = block.split('\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('');
  if (data) show(JSON.parse(data));
}

async function watch() {
  running?.abort();
  running = new AbortController();
  byId('messages').replaceChildren();
  byId('help').hidden = false;
  const digits = byId('number').value.replace(/\D/g, '').replace(/^00/, '');
  const headers = {};
  if (byId('key').value) headers.Authorization = 'Basic ' + btoa(`${byId('key').value}:${byId('secret').value}`);
  say('Connecting …');
  try {
    const answer = await fetch('/sandbox/stream' + (digits ? `?number=${digits}` : ''), { headers, signal: running.signal });
    if (!answer.ok) {
      say((await answer.json()).detail, true);
      return;
    }
    say(digits ? `Watching +${digits}.` : 'Watching every phone of this account.');
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop();
      blocks.forEach(take);
    }
    say('The server closed the connection; press Watch to connect again.', true);
  } catch (error) {
    if (error.name !== 'AbortError') say('The server cannot be reached; press Watch to try again.', true);
  }
}

byId('example').textContent =
  `curl -u KEY:SECRET ${location.origin}/verify/json -d number=447700900123 -d brand=Acme`;
byId('open').addEventListener('submit', (event) => { event.preventDefault(); watch(); });
if (location.hash === '#open') {
  byId('credentials').hidden = true;
  watch();
}
)js";

http::Response file(std::string_view type, std::string_view text) {
    http::Response response;
    response.content_type = type;
    response.body = text;
    response.headers = {{"Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cache-Control", "no-store"}};
    return response;
}

}  // namespace

http::Response handset_page(std::string_view path) {
    if (path == "/handset") return file("text/html; charset=utf-8", html);
    if (path == "/handset/handset.css") return file("text/css; charset=utf-8", css);
    if (path == "/handset/handset.js") return file("text/javascript; charset=utf-8", script);
    return problem(404, "Not Found", "There is nothing at this path.");
}

}  // namespace roger::api
