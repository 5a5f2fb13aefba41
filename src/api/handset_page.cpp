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
<link rel="icon" href="/handset/icon.svg" type="image/svg+xml">
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
<section id="call" aria-live="assertive" hidden>
<p id="caller"></p>
<audio id="voice" controls hidden></audio>
<div>
<button type="button" id="answer" data-testid="call-answer">Answer</button>
<button type="button" id="decline" data-testid="call-decline">Decline</button>
<button type="button" id="press" data-testid="call-key">Press 1</button>
<button type="button" id="hangup" data-testid="call-hangup">Hang up</button>
</div>
</section>
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

constexpr std::string_view icon =
    R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="4" y="1" width="8" height="14" rx="2" fill="#1257a8"/><path d="M7 13h2" stroke="#fff"/></svg>)svg";

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
#call { background: var(--bubble); border-radius: 1rem; padding: .75rem 1rem; margin: 1rem 0; }
#call p { margin: 0 0 .5rem; }
#call audio { width: 100%; margin-bottom: .5rem; }
#state.bad { color: #b3261e; }
@media (prefers-color-scheme: dark) { #state.bad { color: #ffb4ab; } }
)css";

constexpr std::string_view script = R"js('use strict';
const byId = (id) => document.getElementById(id);
let running = null;
let headers = {};
let current = null;        // the call that rings, or was answered here
const spoken = new Map();  // calls' messages by id, shown when the call is over

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
  text.dir = 'auto';  // Arabic reads from the right
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

function note(text) {
  const item = document.createElement('li');
  item.textContent = text;
  byId('messages').prepend(item);
}

function buttons(state) {
  byId('call').hidden = !state;
  for (const [id, when] of [['answer', 'ringing'], ['decline', 'ringing'], ['press', 'answered'], ['hangup', 'answered']]) {
    byId(id).hidden = state !== when;
  }
}

async function act(action, digit) {
  const answer = await fetch(`/sandbox/calls/${current.id}?request_id=${current.request_id}`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(digit ? { action, digit } : { action }),
  });
  if (!answer.ok) say((await answer.json()).detail, true);
  return answer.ok;
}

async function play(url) {
  const answer = await fetch(url, { headers });
  if (!answer.ok) {
    say((await answer.json()).detail, true);
    return;
  }
  const voice = byId('voice');
  URL.revokeObjectURL(voice.src);
  voice.src = URL.createObjectURL(await answer.blob());
  voice.hidden = false;
  await voice.play();
}

function takeCall(call) {
  const mine = current?.id === call.id;
  if (call.state === 'ringing' && !current) {
    current = call;
    byId('voice').hidden = true;
    byId('caller').textContent = `${call.sender} is calling +${call.number} …`;
    buttons('ringing');
  } else if (call.state === 'answered' && mine) {
    byId('caller').textContent = `In a call with ${call.sender}.`;
    buttons('answered');
  } else if (call.state === 'delivered' || call.state === 'failed') {
    if (spoken.has(call.id) && call.state === 'delivered') show(spoken.get(call.id));
    if (call.state === 'failed') note(`A call from ${call.sender} to +${call.number}: ${call.reason}.`);
    spoken.delete(call.id);
    if (mine) {
      current = null;
      byId('caller').textContent = call.state === 'delivered' ? 'The PIN has been said.' : `The call is over: ${call.reason}.`;
      buttons('over');
      if (call.state === 'failed') byId('voice').pause();
    }
  }
}

function take(block) {
  const lines = block.split('\n');
  const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('');
  if (!data) return;
  const what = JSON.parse(data);
  if (lines.includes('event: call')) takeCall(what);
  else if (what.channel === 'tts') spoken.set(what.event_id, what);
  else show(what);
}

async function watch() {
  running?.abort();
  running = new AbortController();
  byId('messages').replaceChildren();
  buttons('');
  current = null;
  spoken.clear();
  byId('help').hidden = false;
  const digits = byId('number').value.replace(/\D/g, '').replace(/^00/, '');
  headers = {};
  if (byId('key').value) headers.Authorization = 'Basic ' + btoa(`${byId('key').value}:${byId('secret').value}`);
  say('Connecting …');
  try {
    const answer = await fetch('/sandbox/stream?answer=page' + (digits ? `&number=${digits}` : ''), { headers, signal: running.signal });
    if (!answer.ok) {
      say((await answer.json()).detail, true);
      return;
    }
    say(digits ? `Watching +${digits}; its calls ring here.` : 'Watching every phone of this account.');
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
byId('answer').addEventListener('click', async () => {
  const { audio_url: url } = current;
  if (await act('answer') && url) await play(url);
});
byId('decline').addEventListener('click', () => act('decline'));
byId('hangup').addEventListener('click', () => {
  byId('voice').pause();
  act('hangup');
});
byId('press').addEventListener('click', () => act('key', '1'));
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
    response.headers = {{"Content-Security-Policy",
                         "default-src 'self'; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cache-Control", "no-store"}};
    return response;
}

}  // namespace

http::Response handset_page(std::string_view path) {
    if (path == "/handset") return file("text/html; charset=utf-8", html);
    if (path == "/handset/icon.svg") return file("image/svg+xml", icon);
    if (path == "/handset/handset.css") return file("text/css; charset=utf-8", css);
    if (path == "/handset/handset.js") return file("text/javascript; charset=utf-8", script);
    return problem(404, "Not Found", "There is nothing at this path.");
}

}  // namespace roger::api
