// Rules of the client that need no server, with a clock of their own.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Backoff, FluxClient, SilenceWatch } from '../flux-client-js/flux-client.js';

const LIMIT = 3000;
const watchAt = (now, doublings = 0) => new SilenceWatch(LIMIT, 10000, doublings, now);

/** Ticks until it is dead, and says when; `each` may answer. */
function death(watch, mode, from, until, each = () => {}) {
  for (let now = from + watch.tick; now <= until; now += watch.tick) {
    const verdict = watch.judge(now, mode);
    if (verdict.dead !== undefined) return { at: now, ...verdict };
    each(verdict, now);
  }
  return undefined;
}

test('a live feed is dead shortly before the limit, and a pong does not help', () => {
  const watch = watchAt(0);
  assert.equal(death(watch, 'live', 0, 2500), undefined);
  watch.heard(2500, false);
  const { at, dead } = death(watch, 'live', 2500, 5000);
  assert.equal(at, 2875);
  assert.equal(dead, 2875);
});

test('a subscription that catches up dies of unanswered pings, or when patience is over', () => {
  assert.equal(death(watchAt(0), 'catching up', 0, 5000).at, 2875);
  for (const doublings of [0, 1, 2]) {
    const watch = watchAt(0, doublings);
    const { at, tired } = death(watch, 'catching up', 0, 1e6, ({ ping }, now) => ping === '' && watch.heard(now, false));
    assert.ok(tired && at > 29500 * 2 ** doublings && at <= 30000 * 2 ** doublings, `${at}`);
  }
});

test('an answer may take longer, and without proof of life only pings count', () => {
  const answer = death(watchAt(0), 'asked', 0, 20000).at;
  assert.ok(answer > 9700 && answer <= 10000, `${answer}`);
  const idle = death(watchAt(0), 'idle', 0, 60000).at;
  assert.ok(idle > 29700 && idle <= 30000, `${idle}`);
});

test('a process that slept begins to listen anew, and asks before it believes that the feed is live', () => {
  const watch = watchAt(0);
  assert.equal(death(watch, 'live', 0, 2500), undefined);
  assert.deepEqual(watch.judge(3600_000, 'live'), { absent: true, ping: '1' });
  assert.equal(watch.isPresent, false);
  watch.pong('1');
  assert.equal(watch.isPresent, true);
  assert.equal(death(watch, 'live', 3600_000, 3700_000).at, 3602_875);
});

test('short sleeps never make a living feed look dead', () => {
  for (let seed = 1; seed <= 200; seed++) {
    let state = seed;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const watch = watchAt(0);
    let nextFrame = 1000 * random();
    for (let now = 0; now < 60000; ) {
      now += watch.tick + (random() < 0.02 ? random() * 9000 : 0);
      const verdicts = random() < 0.5 ? [watch.judge(now, 'live')] : [];
      while (nextFrame <= now) {
        verdicts.push(watch.heard(now, true));
        nextFrame += 500 + 500 * random();
      }
      verdicts.push(watch.judge(now, 'live'));
      for (const { dead, ping } of verdicts) {
        assert.equal(dead, undefined, `seed ${seed} at ${now}`);
        if (ping) watch.pong(ping);
      }
    }
  }
});

test('in a hidden tab, whose timers come once a minute, a living feed is never dead', () => {
  const watch = watchAt(0);
  for (let minute = 1; minute <= 60; minute++) {
    for (let second = 1; second < 60; second++) {
      const { ping } = watch.heard((minute - 1) * 60000 + second * 1000, true);
      assert.equal(ping, undefined); // frames come, so it is awake
    }
    assert.equal(watch.judge(minute * 60000, 'live').dead, undefined);
  }
});

test('a tab that is frozen for an hour at a time is never dead, whatever comes first when it wakes', () => {
  const watch = watchAt(0);
  for (let hour = 1; hour <= 24; hour++) {
    const now = hour * 3600_000;
    const verdict = watch.judge(now, 'live');
    assert.equal(verdict.dead, undefined);
    if (hour % 3 > 0) watch.heard(now + 1, true); // a frame that waited
    if (verdict.ping) watch.pong(verdict.ping);
  }
});

test('in a hidden tab a dead socket is found at the third timer, and a dead feed behind a living socket too', () => {
  const socket = watchAt(0);
  const verdicts = [1, 2, 3].map((minute) => socket.judge(minute * 60000, 'live'));
  assert.deepEqual(verdicts, [{ absent: true, ping: '1' }, { absent: true }, { dead: 180000 }]);

  const feed = watchAt(0);
  const pings = [];
  for (let minute = 1; minute <= 5; minute++) {
    const verdict = feed.judge(minute * 60000, 'catching up');
    if (verdict.dead) {
      assert.equal(minute, 3);
      return;
    }
    pings.push(verdict.ping);
    feed.heard(minute * 60000 + 5, false);
    feed.pong(verdict.ping);
  }
  assert.fail(`it was not found: ${pings}`);
});

test('waits grow to their last bound and begin anew', () => {
  const waits = new Backoff(100, 10000, () => 1);
  assert.deepEqual(Array.from({ length: 9 }, () => waits.next()), [100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000]);
  waits.reset();
  assert.equal(waits.next(), 100);
  const jitter = new Backoff(100, 10000, Math.random);
  for (let attempt = 0; attempt < 1000; attempt++) {
    const wait = jitter.next();
    assert.ok(wait >= 0 && wait <= Math.min(10000, 100 * 2 ** Math.min(attempt, 20)));
  }
});

test('a client without a class of sockets, or without addresses, says so', () => {
  assert.throws(() => new FluxClient({ addresses: ['http://localhost'], WebSocket: null }), /pass one as the option WebSocket/);
  assert.throws(() => new FluxClient({ addresses: [], WebSocket: class {} }), /addresses/);
});
