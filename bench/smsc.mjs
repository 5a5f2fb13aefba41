// An SMSC by npm `smpp` for bench/smpp_load: takes every bind, accepts every submit_sm with an id in hex; with --receipts
// each is followed by its receipt, which names the id in decimal.
//
//   node bench/smsc.mjs [--receipts]      prints {"port": N} when it listens
import { createRequire } from "node:module";

const smpp = createRequire(new URL("../tests/e2e/package.json", import.meta.url))("smpp");
const receipts = process.argv.includes("--receipts");
let id = 0;

function receipt(number) {
    return new smpp.PDU("deliver_sm", {
        source_addr: number,
        source_addr_ton: 1,
        source_addr_npi: 1,
        destination_addr: "ACME",
        esm_class: 4,
        short_message:
            `id:${id} sub:001 dlvrd:001 submit date:2601020304 done date:2601020305 stat:DELIVRD err:000 text:`,
    });
}

const server = smpp.createServer((session) => {
    session.on("error", () => session.destroy());
    session.on("bind_transceiver", (pdu) => session.send(pdu.response({ system_id: "smsc" })));
    session.on("enquire_link", (pdu) => session.send(pdu.response()));
    session.on("unbind", (pdu) => session.send(pdu.response(), () => session.close()));
    session.on("submit_sm", (pdu) => {
        id += 1;
        session.send(pdu.response({ message_id: id.toString(16) }));
        if (receipts) session.send(receipt(pdu.destination_addr));
    });
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
