// HTTP gateways for script/bench-gateway: one that answers each message after 200 ms, and one that takes connections and
// requests, and never answers. Prints their ports, "LIVE DEAD".
import http from 'node:http';

const answerAfterMs = 200;
const answer = '{"id":"m1"}';
const headers = { 'Content-Type': 'application/json', 'Content-Length': answer.length };

const live = http.createServer((request, response) => {
    request.resume();
    setTimeout(() => {
        response.writeHead(202, headers);
        response.end(answer);
    }, answerAfterMs);
});
const dead = http.createServer((request) => request.resume());
for (const server of [live, dead]) {
    server.keepAliveTimeout = 60_000;
    server.requestTimeout = 0;
    await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
}
process.stdout.write(`${live.address().port} ${dead.address().port}\n`);
