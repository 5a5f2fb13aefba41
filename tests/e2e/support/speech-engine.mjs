// A speech engine of a test's own: a shell script.
import fs from 'node:fs';
import path from 'node:path';

import { temporaryDirectory } from './server.mjs';

/**
 * @param {string} lines of the script: its arguments are locale and voice, the text comes on standard input; $DIR is a
 *   directory of its own, and $DIR/sound.wav a quarter of a second of sound whose length is not known, as in a pipe
 * @returns {{directory: string, config: string}} config: keys of the table [voice]
 */
export function speechEngine(lines) {
    const directory = temporaryDirectory('roger-engine');
    const engine = path.join(directory, 'engine');
    const sound = Buffer.alloc(4000, Buffer.from([0, 0x20, 0, 0xe0])); // 2,000 samples
    const head = Buffer.alloc(44);
    head.write('RIFF\0\0\0\0WAVEfmt ', 'latin1');
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt32LE(8000, 24);
    head.writeUInt32LE(16000, 28);
    head.writeUInt16LE(2, 32);
    head.writeUInt16LE(16, 34);
    head.write('data', 36);
    head.writeUInt32LE(0xffffffff, 40);
    fs.writeFileSync(path.join(directory, 'sound.wav'), Buffer.concat([head, sound]));
    fs.writeFileSync(engine, `#!/bin/sh\nDIR='${directory}'\n${lines}\n`, { mode: 0o755 });
    return { directory, config: `engine = "command"\ncommand = ["${engine}", "\${locale}", "\${voice}"]\n` };
}
