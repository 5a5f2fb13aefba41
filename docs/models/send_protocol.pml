/* The send protocol as src/verification/machine.cpp, src/engine/engine.cpp and src/dispatch/dispatcher.cpp have it:
 * one request of two events, two routes, one process that may be killed between any two steps. script/model checks it
 * exhaustively, and that each mutation below (spin -D…) fails.
 *
 *   row (durable)     over, event[]: state, attempt, ambiguous, tried        changes in one atomic commit
 *   posts             claims, revocations, answers: from the commit thread to the io thread, in order, lost in a crash
 *   tasks             claims under way on the io thread, each with its own revoked flag; lost in a crash
 *   reports           outcomes on their way back, fenced by their attempt; lost in a crash
 *
 * Held: I2 one success; I5 a claim is one handover, at most MAXATT an event, doubled only when the row says so before,
 * and at least once when there was one fault at most; I6 no handover begins once the client was told of the end.
 */
#define NEV 2
#define NROUTES 2
#define NTASKS 4
#ifndef MAXATT
#define MAXATT 3
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef LEASES
#define LEASES 1
#endif

mtype = { unborn, sending, submitted, failed };
mtype = { claim, revoke, tell };
mtype = { idle, fresh, handing };
mtype = { accepted, refused, unknown, not_sent };

/* the row */
bool over = false;
byte begun = 0;
mtype state[NEV] = unborn;
byte attempt[NEV] = 0;
bool ambiguous[NEV] = false;
byte tried[NEV] = 0;              /* bit r: route r must not be used again */

/* the process's memory */
chan posts = [6] of { mtype, byte, byte, byte };       /* kind, event, attempt, tried */
chan reports = [4] of { mtype, byte, byte, byte };     /* outcome, event, attempt, route */
typedef Task { mtype phase = idle; byte event; byte attempt; byte tried; byte route; bool revoked }
Task task[NTASKS];

/* the world outside */
bool told = false;                /* a client was told of the end */
byte successes = 0;
byte handed[NEV] = 0;
byte out[NEV] = 0;                /* handovers that the subscriber may have got */
byte over_route[NEV * NROUTES] = 0;
byte crashes = 0, leases = 0, checks = 0, triggers = 0;
hidden byte ix, rt, ev, att, off;        /* used within one atomic step only */
hidden mtype o;
bool half = false;                /* SENDFIRST: sent, and not yet written */

/* A task that is over leaves nothing behind, or equal states would count as different. */
inline forget(x) {
    task[x].phase = idle; task[x].event = 0; task[x].attempt = 0; task[x].tried = 0; task[x].route = 0;
    task[x].revoked = false
}

#define LAST(x) ((x) + 1 == begun)
#define QUIET (len(posts) == 0 && len(reports) == 0 && task[0].phase == idle && task[1].phase == idle && \
               task[2].phase == idle && task[3].phase == idle)

#ifdef NOBOUND
#define MAY_TRY(x) (!over && LAST(x) && attempt[x] < 9)
#else
#define MAY_TRY(x) (!over && LAST(x) && attempt[x] < MAXATT)
#endif

/* The commit and the claim that follows it, in one step: a crash between them is a lost post. */
inline claim_again(x) {
    state[x] = sending; attempt[x]++;
    posts!claim(x, attempt[x], tried[x])
}
inline begin_event() {
    ev = begun; begun++; state[ev] = sending; attempt[ev] = 1;
    posts!claim(ev, 1, 0)
}
/* machine.cpp, recover(): the sender of the claim is gone, or its lease ran out. */
inline recover(x) {
#ifndef NOFLAG
    ambiguous[x] = true;
#endif
#ifdef NORECOVER
    state[x] = submitted
#else
    if
    :: MAY_TRY(x) -> claim_again(x)
    :: else -> state[x] = submitted
    fi
#endif
}
inline fail_event(x) {
    state[x] = failed;
    if
    :: !over && LAST(x) && begun < NEV -> begin_event()
    :: else
    fi
}
/* The end: revocation, then the answer, in this order. */
inline end_and_answer() {
#ifdef ANSWERFIRST
    over = true; posts!tell(0, 0, 0); posts!revoke(0, 0, 0)
#else
#ifdef NOREVOKE
    over = true; posts!tell(0, 0, 0)
#else
    over = true; posts!revoke(0, 0, 0); posts!tell(0, 0, 0)
#endif
#endif
}

active proctype House() {
    atomic { begin_event() };
    do
    /* --- the commit thread ------------------------------------------------------------------------------------- */
    /* the wait is over, or a client triggers the next event */
#ifdef SENDFIRST
    :: atomic { !over && begun < NEV && !half && state[begun - 1] != sending && nfull(posts) ->
           half = true; posts!claim(begun, 1, 0) }
    :: atomic { half -> half = false; ev = begun; begun++; state[ev] = sending; attempt[ev] = 1 }
#else
#ifdef NOLIVECHECK
    :: atomic { begun < NEV && state[begun - 1] != sending && nfull(posts) -> begin_event() }
#else
    :: atomic { !over && begun < NEV && state[begun - 1] != sending && nfull(posts) -> begin_event() }
#endif
    :: atomic { !over && begun < NEV && triggers < 1 && nfull(posts) -> triggers++; begin_event() }
#endif
    /* a right check, or a cancel */
#ifdef ANSWERBEFORECOMMIT
    :: atomic { !over && checks < 2 -> checks++; told = true }
    :: atomic { told && !over -> successes++; over = true; posts!revoke(0, 0, 0) }
#else
#ifdef UNCONDITIONALCHECK
    :: atomic { checks < 2 && len(posts) < 4 -> checks++; successes++; end_and_answer() }
#else
    :: atomic { !over && checks < 2 && len(posts) < 4 -> checks++; successes++; end_and_answer() }
#endif
    :: atomic { !over && checks < 2 && len(posts) < 4 -> checks++; end_and_answer() }
#endif
    /* a lease runs out although its sender lives */
    :: atomic { !over && leases < LEASES && begun > 0 && state[begun - 1] == sending && nfull(posts) ->
           leases++; ev = begun - 1; recover(ev) }
    /* a report; one of an older attempt changes nothing */
    :: atomic { nempty(reports) && nfull(posts) ->
           reports?o, ev, att, rt;
           if
           :: state[ev] == sending && attempt[ev] == att ->
                  if
                  :: o == accepted -> state[ev] = submitted
                  :: o == not_sent -> fail_event(ev)
                  :: o == refused || o == unknown ->
                         if
                         :: MAY_TRY(ev) && ((tried[ev] | (1 << rt)) != 3) ->
#ifndef FORGETTRIED
                                tried[ev] = tried[ev] | (1 << rt);
#endif
#ifndef NOFLAG
                                if :: o == unknown -> ambiguous[ev] = true :: else fi;
#endif
                                claim_again(ev)
                         :: else ->
                                if
                                :: o == unknown -> state[ev] = submitted
                                :: else -> fail_event(ev)
                                fi
                         fi
                  fi
           :: else
           fi }
    /* --- the io thread ----------------------------------------------------------------------------------------- */
    :: atomic { nempty(posts) ->
           posts?o, ev, att, off;
           if
           :: o == claim ->
                  ix = 0;
                  do
                  :: ix < NTASKS && task[ix].phase != idle -> ix++
                  :: else -> break
                  od;
                  assert(ix < NTASKS);
                  task[ix].phase = fresh; task[ix].event = ev; task[ix].attempt = att; task[ix].tried = off;
                  task[ix].revoked = false
           :: o == revoke ->
                  ix = 0;
                  do
                  :: ix < NTASKS -> task[ix].revoked = (task[ix].phase != idle); ix++
                  :: else -> break
                  od
           :: o == tell -> told = true
           fi }
    /* the last look, and the handover */
    :: atomic { (task[0].phase == fresh || task[1].phase == fresh || task[2].phase == fresh || task[3].phase == fresh) &&
                nfull(reports) ->
           if
           :: task[0].phase == fresh -> ix = 0
           :: task[1].phase == fresh -> ix = 1
           :: task[2].phase == fresh -> ix = 2
           :: task[3].phase == fresh -> ix = 3
           fi;
           if
#ifndef NOLASTLOOK
           :: task[ix].revoked -> reports!not_sent, task[ix].event, task[ix].attempt, 0; forget(ix)
           :: !task[ix].revoked ->
#else
           :: true ->
#endif
                  if
                  :: !(task[ix].tried & 1) -> rt = 0
                  :: (task[ix].tried & 1) && !(task[ix].tried & 2) -> rt = 1
                  fi;
                  ev = task[ix].event;
                  assert(!told);                                               /* I6 */
                  assert(out[ev] == 0 || ambiguous[ev]);                         /* I5: admitted beforehand */
                  assert(over_route[ev * NROUTES + rt] == 0 || ambiguous[ev]);    /* I5: once a route */
                  handed[ev]++; out[ev]++; over_route[ev * NROUTES + rt]++;
                  assert(handed[ev] <= MAXATT);                                 /* I5 */
                  task[ix].route = rt; task[ix].phase = handing
           fi }
    /* the peer's answer, or none */
    :: atomic { (task[0].phase == handing || task[1].phase == handing || task[2].phase == handing ||
                 task[3].phase == handing) && nfull(reports) ->
           if
           :: task[0].phase == handing -> ix = 0
           :: task[1].phase == handing -> ix = 1
           :: task[2].phase == handing -> ix = 2
           :: task[3].phase == handing -> ix = 3
           fi;
           if
           :: o = accepted
           :: o = refused; out[task[ix].event]--
           :: o = unknown
           fi;
           reports!o, task[ix].event, task[ix].attempt, task[ix].route;
           forget(ix) }
    /* --- killed, and started again ----------------------------------------------------------------------------- */
    :: atomic { crashes < CRASHES ->
           crashes++; half = false;
           do :: nempty(posts) -> posts?o, ev, att, off :: empty(posts) -> break od;
           do :: nempty(reports) -> reports?o, ev, att, rt :: empty(reports) -> break od;
           ix = 0;
           do
           :: ix < NTASKS -> forget(ix); ix++
           :: else -> break
           od;
           ix = 0;
           do
           :: ix < begun ->
                  if
                  :: !over && state[ix] == sending -> recover(ix)
                  :: else
                  fi;
                  ix++
           :: else -> break
           od }
    /* --- at rest ----------------------------------------------------------------------------------------------- */
    :: atomic { QUIET && begun > 0 ->
           ev = begun - 1;
           assert(successes <= 1);                                             /* I2 */
           /* at least once: a crash or a lease that ran out, but not both, and the end not before */
           assert(over || state[ev] == sending || handed[ev] >= 1 || crashes + leases > 1);
           assert(over || state[ev] != sending || half);                        /* nothing is forgotten */
           break }
    od
}
