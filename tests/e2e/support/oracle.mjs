// What the crash test knows: every answer that a client got, and so what the server must still say after a crash.
// It judges from outside, by the answers alone.

/**
 * Below the shortest life of a request, so that one which merely expired is no violation: its events may all be
 * triggered at once, and then the last one's wait remains, 300 s.
 */
const surelyLiveMs = 280_000;

export class Oracle {
    constructor() {
        this.byId = new Map();
        this.byNumber = new Map(); // number → records, oldest first
        this.violations = { lost: 0, doubleSuccess: 0, secondLive: 0, doubledMessages: 0 };
        this.notes = [];
    }

    violate(kind, note) {
        ++this.violations[kind];
        if (this.notes.length < 50) this.notes.push(`${kind}: ${note}`);
    }

    get failed() {
        return Object.values(this.violations).some((count) => count > 0);
    }

    /** A request is known to exist: its start was answered 0, or a 10 named it. */
    known(id, number, answeredZero) {
        let record = this.byId.get(id);
        if (record) {
            if (answeredZero && record.startedZero)
                this.violate('secondLive', `two starts were answered 0 with the id ${id}`);
            record.startedZero ||= answeredZero;
            return record;
        }
        record = {
            id,
            number,
            since: Date.now(),
            startedZero: answeredZero,
            successes: 0, // checks answered 0
            wrong: 0, // checks answered 16
            wrongSent: 0,
            rightSent: 0,
            endSent: false, // whether anything was sent that may have ended it
            final: undefined, // the terminal status that an answer told
        };
        this.byId.set(id, record);
        const others = this.byNumber.get(number) ?? [];
        for (const other of others) {
            if (this.surelyLive(other)) this.violate('secondLive', `${number}: ${other.id} is live, and so is ${id}`);
        }
        others.push(record);
        this.byNumber.set(number, others);
        return record;
    }

    /** Whether nothing that was ever sent, and no time that passed, can have ended a request. */
    surelyLive(record) {
        return !record.endSent && record.final === undefined && Date.now() - record.since < surelyLiveMs;
    }

    succeeded(record) {
        if (++record.successes > 1) this.violate('doubleSuccess', `${record.id} was answered 0 twice`);
        this.ended(record, 'SUCCESS');
    }

    ended(record, status) {
        if (record.final !== undefined && record.final !== status) {
            this.violate('lost', `${record.id} was ${record.final} and is ${status}`);
        }
        record.final = status;
    }

    /** Compares a search after the crash with what is known. */
    compare(record, found) {
        if (found.status === '101') return this.violate('lost', `${record.id} is not found`);
        if (found.number !== record.number)
            this.violate('lost', `${record.id} has the number ${found.number}, not ${record.number}`);
        if (record.final !== undefined && found.status !== record.final) {
            this.violate('lost', `${record.id} was answered as ${record.final} and is ${found.status}`);
        }
        if (this.surelyLive(record) && found.status !== 'IN PROGRESS') {
            this.violate('lost', `${record.id} ended as ${found.status}, and nobody ended it`);
        }
        const valid = found.checks.filter((check) => check.status === 'VALID').length;
        const invalid = found.checks.length - valid;
        if (valid > 1) this.violate('doubleSuccess', `${record.id} has ${valid} VALID checks`);
        if (invalid < record.wrong)
            this.violate('lost', `${record.id}: ${record.wrong} wrong checks were answered, ${invalid} kept`);
        if ((valid === 1) !== (found.status === 'SUCCESS')) {
            this.violate('lost', `${record.id} is ${found.status} with ${valid} VALID checks`);
        }
        if (['SUCCESS', 'FAILED', 'CANCELLED', 'EXPIRED'].includes(found.status)) record.final = found.status;
    }

    /** More than one message of one event is allowed only where the server says that it could not know. */
    compareMessages(record, messages) {
        const seen = new Map();
        for (const message of messages) {
            if (seen.has(message.event_id) && !message.ambiguous) {
                this.violate('doubledMessages', `${record.id}: event ${message.event_id} was sent twice, unflagged`);
            }
            seen.set(message.event_id, message);
        }
    }
}
