// Reads `strace -f -y` output: when each system call began and ended, in the order of the trace.

const line = /^(\d+)\s+(.*)$/;
const begun = /^(\w+)\((.*)$/;
const resumed = /^<\.\.\. (\w+) resumed>(.*)$/;

/**
 * @param {string} text
 * @returns {Array<{pid: number, name: string, args: string, begin: number, end: number}>} begin and end are positions
 *   in the trace; end is Infinity for a call that was still running
 */
export function parseTrace(text) {
    const calls = [];
    const open = new Map();
    text.split('\n').forEach((raw, position) => {
        const [, pid, rest] = line.exec(raw) ?? [];
        if (!pid) return;
        const again = resumed.exec(rest);
        if (again) {
            const call = open.get(pid);
            if (call?.name !== again[1]) return;
            call.args += again[2];
            call.end = position;
            open.delete(pid);
            return;
        }
        const [, name, args] = begun.exec(rest) ?? [];
        if (!name) return;
        const call = { pid: Number(pid), name, args, begin: position, end: position };
        if (/<unfinished \.\.\.>$/.test(args)) {
            call.end = Infinity;
            open.set(pid, call);
        }
        calls.push(call);
    });
    return calls;
}

export const isSync = (call) => call.name === 'fdatasync' || call.name === 'fsync';
export const isWalWrite = (call) =>
    /^(pwrite64|pwritev|write|writev)$/.test(call.name) && /^\d+<[^>]*-wal>/.test(call.args);
export const isWalSync = (call) => isSync(call) && /^\d+<[^>]*-wal>/.test(call.args);
export const isRead = (call) => /^(recvfrom|recvmsg|read|readv)$/.test(call.name);
export const isSend = (call) => /^(sendto|sendmsg|write|writev)$/.test(call.name);
