// A client of flux.v2 for browsers and Node 18 or later. It has no dependencies; README.md shows how to use it.

const SUBPROTOCOL = 'flux.v2';
const FINAL_CODES = new Set([1002, 1007, 1008, 1009, 4400, 4401, 4403]); // whoever is closed with one of these would be turned away again

/**
 * @typedef {object} Options
 * @property {string[]} addresses  The silos, such as `http://localhost:3000/`. The first is tried first, after every loss the next one.
 * @property {string} [token]  Opens private namespaces; shown in a frame, because browsers cannot set a header.
 * @property {typeof WebSocket} [WebSocket]  The class of sockets. Default: the global one, which Node has from version 22 on.
 * @property {number} [silenceLimit]  Milliseconds after which a silent live feed is reported, a little before they are over. Default: 3000.
 * @property {number} [answerLimit]  Milliseconds that the server may take to answer a subscription. Default: 10000.
 * @property {number} [connectLimit]  Milliseconds that making a connection may take. Default: 5000.
 * @property {number} [firstRetryWithin]  Upper bound of the first wait before connecting again; it doubles with each failure. Default: 100.
 * @property {number} [lastRetryWithin]  What that bound never exceeds. Default: 10000.
 * @property {number} [stableAfter]  Milliseconds after which a connection has lived, so that the waits begin anew. Default: 10000.
 * @property {number} [bufferLength]  Characters of frames that may wait for the application. Beyond it the connection is given up, and
 *   taken up again at the last cursors when they are read: a browser cannot stop reading a socket. Default: 8388608.
 * @property {() => number} [random]  From 0 up to 1, for the waits. Default: Math.random.
 *
 * @typedef {object} Request
 * @property {string|string[]} [entity]  Ids, `ns/*` or `*`.
 * @property {string|string[]} [prefix]  Texts with which ids start.
 * @property {string|number} [from]  `now` (default), `snapshot`, a cursor, or a position.
 * @property {string} [where]  A predicate.
 * @property {'catch_up'|'conflate'|'disconnect'} [slow]  What the server does when this client reads too slowly.
 * @property {boolean} [progress]  Whether the server proves that the feed lives. Default: true.
 *
 * @typedef {object} ReplayRequest
 * @property {string|string[]} [entity]  Ids, `ns/*` or `*`.
 * @property {string|string[]} [prefix]  Texts with which ids start.
 * @property {string|number} [from]  `start` (default), a cursor, a position, or a time such as `2026-02-25T20:04:27Z`.
 * @property {string|number} [to]  The same, or `live`. Default: what is the end of the log when the replay begins.
 * @property {number|'max'} [speed]  How much faster than it was. Default: 1.
 * @property {number} [max_idle]  Seconds to which a longer silence is cut.
 * @property {boolean} [paused]  Whether it begins paused.
 * @property {string} [where]  A predicate.
 * @property {'catch_up'|'conflate'|'disconnect'} [slow]  What the server does when this client reads too slowly once it is live.
 * @property {boolean} [progress]  Whether the server tells its clock once a second. Default: true.
 *
 * @typedef {{type: string, cursor?: string, [member: string]: any}} Item  A frame of the protocol as it came, or `{type: 'restarted'}`: a
 *   snapshot was cut off and begins anew, so forget what was shown. A `subscribed` that takes up the sequence again has the cursor in
 *   `resumed_after`.
 */

/** What ended a subscription for good: `code` is that of the error frame, or the close code. */
export class FluxError extends Error {
  /** @param {string} message @param {object} members */
  constructor(message, members) {
    super(message);
    this.name = 'FluxError';
    Object.assign(this, members);
  }
}

/** Waits with full jitter: each is anywhere from nothing up to a bound that doubles. */
export class Backoff {
  #doublings = 0;

  constructor(first, last, random) {
    Object.assign(this, { first, last, random });
  }

  next() {
    return this.random() * Math.min(this.last, this.first * 2 ** Math.min(this.#doublings++, 30));
  }

  reset() {
    this.#doublings = 0;
  }
}

/**
 * Judges the silence of one connection; it is told the time and has no timers. Silence is summed up from tick to tick, and a late tick
 * counts as two at most, so that what a process or a tab slept through is not taken for the server's silence. Timers of hidden tabs come
 * once a minute: then a ping is sent at each, and only answers that are missing twice in a row, or answered pings with no frame of a
 * subscription twice in a row, mean death.
 */
export class SilenceWatch {
  #quiet = 0; // since the last frame of a subscription, as far as it was listened to
  #quietAtAll = 0; // since the last frame of any kind
  #sincePing = 0;
  #ping = 0; // the number of the ping that was sent because of an absence
  #answered = true;
  #frames = true; // a frame of a subscription came since that ping
  #unanswered = 0;
  #barren = 0;

  constructor(limit, answerLimit, doublings, now) {
    Object.assign(this, { limit, answerLimit, seen: now, lastFrame: now, tick: limit / 24 });
    this.patience = limit * 10 * 2 ** Math.min(doublings, 16);
  }

  /** What comes now was sent after the last absence. */
  get isPresent() {
    return this.#answered;
  }

  begin(now) {
    this.#pass(now);
    this.#quiet = this.#quietAtAll = this.#sincePing = 0;
  }

  heard(now, provesFeed) {
    const wasAbsent = this.#pass(now);
    this.#quietAtAll = 0;
    if (provesFeed) {
      this.#quiet = 0;
      this.lastFrame = now;
      this.#frames = true;
    }
    return wasAbsent ? this.#absent() : {};
  }

  pong(data) {
    this.#answered ||= data === String(this.#ping);
  }

  /** Says what to do: `{dead: milliseconds}`, `{ping: data}`, `{absent: true}` (nothing is known to be live any more), or several. */
  judge(now, mode) {
    if (this.#pass(now)) {
      this.#unanswered = this.#answered ? 0 : this.#unanswered + 1;
      this.#barren = this.#answered && !this.#frames && mode !== 'idle' ? this.#barren + 1 : 0;
      const isDead = this.#unanswered >= 2 || (this.#barren >= 2 && now - this.lastFrame > this.patience);
      return isDead ? { dead: now - this.lastFrame } : this.#absent();
    }
    const soon = this.tick * 1.5; // the next tick would be too late
    const tired = mode === 'catching up' && this.#quiet + soon > this.patience;
    const [quiet, limit] = {
      live: [this.#quiet, this.limit],
      asked: [this.#quiet, this.answerLimit],
      'catching up': [this.#quietAtAll, this.limit],
      idle: [this.#quietAtAll, this.limit * 10],
    }[mode];
    if (tired || quiet + soon > limit) {
      return { dead: tired ? this.#quiet : quiet, tired };
    }
    const pingAfter = { 'catching up': this.limit / 3, idle: (this.limit * 10) / 3 }[mode];
    if (this.#quietAtAll >= pingAfter && this.#sincePing >= pingAfter) {
      this.#sincePing = 0;
      return { ping: '' };
    }
    return {};
  }

  #absent() {
    if (!this.#answered) {
      return { absent: true };
    }
    this.#answered = this.#frames = false;
    return { absent: true, ping: String(++this.#ping) };
  }

  #pass(now) {
    const passed = now - this.seen;
    this.seen = Math.max(now, this.seen);
    if (passed > this.limit) {
      this.#quiet = this.#quietAtAll = this.#sincePing = 0;
      return true;
    }
    const counted = Math.min(Math.max(passed, 0), this.tick * 2);
    this.#quiet += counted;
    this.#quietAtAll += counted;
    this.#sincePing += counted;
    return false;
  }
}

/**
 * An ordered sequence of changes: each once, none left out, across all connections. Read it with `for await`, one loop at a time. It throws
 * a FluxError when the server has ended it for good, and ends after `cursor_unknown` and after `close()`.
 */
export class Subscription {
  /** The cursor of what the application has finished: it moves when the next item is asked for. Store it, and hand it in as `from`. */
  cursor;
  #queue = [];
  #wake = () => {};
  #end;
  #client;

  constructor(client, name, request, retries) {
    this.#client = client;
    Object.assign(this, { name, request, retries, resumeAfter: undefined, isPartial: false });
    this.cursor = typeof request.from === 'string' && !['now', 'snapshot'].includes(request.from) ? request.from : undefined;
  }

  get message() {
    const from = this.resumeAfter && { from: this.resumeAfter };
    return { from: 'now', progress: true, ...this.request, ...from, type: 'subscribe', sub: this.name };
  }

  /** @returns {AsyncGenerator<Item, void, void>} */
  async *[Symbol.asyncIterator]() {
    while (true) {
      while (this.#queue.length > 0) {
        const { item, length } = this.#queue.shift();
        this.#client._taken(length);
        yield item;
        this.cursor = (item.type !== 'cursor_unknown' && item.cursor) || this.cursor;
      }
      if (this.#end) {
        if (this.#end.error) throw this.#end.error;
        return;
      }
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }

  /** Ends it on the server too. What had arrived can still be read. */
  close() {
    this.#client._remove(this, this.#queue.reduce((sum, { length }) => sum + length, 0));
    this.#queue = this.#queue.map(({ item }) => ({ item, length: 0 }));
    this._end();
  }

  _push(item, length) {
    if (!item.refused) this.resumeAfter = item.cursor ?? this.resumeAfter;
    this.isPartial ||= ['entity', 'change', 'entity_deleted', 'enter', 'leave'].includes(item.type);
    this.#queue.push({ item, length });
    this.#wake();
    return length;
  }

  _end(error) {
    clearTimeout(this.retry);
    this.#end ??= { error };
    this.#wake();
  }
}

/**
 * The past of a scope again, as a sequence like others. What its methods ask for is not awaited: the answer comes as an item, `replaying` or one with
 * `refused`, and what comes behind it is from after it. It ends after `replayed`, unless it goes live then, and after `stopped`. A lost connection is taken up
 * behind the last change that came, as fast and as paused as it was.
 */
export class Replay extends Subscription {
  #client;
  #isPaused;
  #speed;
  #wanted; // where the application wants to be; undefined when it is there
  #seeks = 0; // that were sent on this connection and are not answered
  #end; // what the end of the log was at the beginning
  #isStopping = false;
  #isLive = false;

  constructor(client, name, request, retries) {
    super(client, name, request, retries);
    this.#client = client;
    this.#isPaused = request.paused ?? false;
    this.#speed = request.speed ?? 1;
    this.cursor = undefined; // what it begins with need not be one
  }

  get message() {
    const { to, speed, max_idle, paused, ...shared } = this.request;
    const common = { progress: true, ...shared, sub: this.name };
    if (this.#isLive) return { ...common, from: this.resumeAfter, type: 'subscribe' };
    this.#seeks = 0; // this message stands for them
    const from = this.#wanted ?? this.resumeAfter ?? this.request.from ?? 'start';
    const end = to ?? this.#end;
    return {
      ...common, from, ...(end !== undefined && { to: end }), ...(max_idle !== undefined && { max_idle }),
      speed: this.#speed, paused: this.#isPaused, type: 'replay',
    };
  }

  pause() {
    this.#isPaused = true;
    this.#client._tell(this, { type: 'pause' });
  }

  resume() {
    this.#isPaused = false;
    this.#client._tell(this, { type: 'resume' });
  }

  /** @param {number|'max'} speed */
  setSpeed(speed) {
    this.#speed = speed;
    this.#client._tell(this, { type: 'speed', speed });
  }

  /** Goes on from another place, which may lie behind. @param {string|number} from */
  seek(from) {
    this.#wanted = from;
    this.#seeks++;
    this.#client._tell(this, { type: 'seek', from });
  }

  /** Ends it on the server, which tells how far it came. `close()` does not wait for that. */
  stop() {
    this.#isStopping = true;
    this.#client._tell(this, { type: 'stop' });
  }

  /** Takes note of a frame, and says whether it is the last. */
  _note(item) {
    const answered = item.refused ?? item.answer;
    if (item.type === 'replaying' && item.to !== 'live') this.#end ??= item.to;
    if (answered === 'seek') this.#seeks--;
    if ((answered === 'seek' || answered === 'replay') && this.#seeks <= 0) this.#wanted = undefined;
    if (item.answer === 'replay' && this.#isStopping) this.stop(); // it may have been lost
    this.#isLive ||= item.type === 'replayed' && this.request.to === 'live';
    return item.type === 'stopped' || (item.type === 'replayed' && !this.#isLive);
  }
}

/**
 * Subscriptions over one WebSocket that comes back by itself. Its events tell at once what happens to the connection: `connected`, `lost`
 * (`detail` has `code` and `reason`), `feedlost` (`silence`: what the application shows may be out of date), `unreachable`; all have
 * `address`, and all but the first `retryAfter`.
 */
export class FluxClient extends EventTarget {
  #options;
  #subscriptions = new Map();
  #connection; // the current one: {socket, address, started, watch, timer, stages, isOpen, wasLive}
  #retry; // the timer of the next one
  #waits;
  #index = 0;
  #names = 0;
  #doublings = 0;
  #waiting = 0; // characters that wait for the application
  #isPaused = false; // given up until they are read
  #end;

  /** @param {Options} options */
  constructor(options) {
    super();
    this.#options = {
      WebSocket: globalThis.WebSocket, silenceLimit: 3000, answerLimit: 10000, connectLimit: 5000,
      firstRetryWithin: 100, lastRetryWithin: 10000, stableAfter: 10000, bufferLength: 8 * 1024 * 1024, random: Math.random, ...options,
    };
    if (!this.#options.WebSocket) throw new TypeError('there is no global WebSocket: pass one as the option WebSocket');
    if (!this.#options.addresses?.length) throw new TypeError('name at least one silo in the option addresses');
    this.#waits = this.#backoff();
  }

  /**
   * Subscribes. With a callback each item is handed to it, and awaited before the next; `done` of the subscription tells how it ended.
   * @param {Request} request @param {(item: Item) => any} [callback] @returns {Subscription & {done?: Promise<void>}}
   */
  subscribe(request, callback) {
    return this.#add(Subscription, request, callback);
  }

  /**
   * Asks for the past; with a callback as `subscribe` does.
   * @param {ReplayRequest} request @param {(item: Item) => any} [callback] @returns {Replay & {done?: Promise<void>}}
   */
  replay(request, callback) {
    return this.#add(Replay, request, callback);
  }

  #add(Kind, request, callback) {
    if (this.#end) throw this.#end.error ?? new Error('the client is closed');
    const subscription = new Kind(this, `s${++this.#names}`, request, this.#backoff());
    this.#subscriptions.set(subscription.name, subscription);
    if (callback) {
      subscription.done = (async () => {
        for await (const item of subscription) await callback(item);
      })();
    }
    if (this.#connection?.isOpen) this.#ask(this.#connection, subscription);
    else if (!this.#connection && !this.#retry && !this.#isPaused) this.#open();
    return subscription;
  }

  /** Closes the connection and ends all subscriptions; what had arrived can still be read. */
  close() {
    this.#finish();
  }

  _remove(subscription, length) {
    this._taken(length); // nobody may read it any more, and nobody may wait for that
    if (this.#subscriptions.delete(subscription.name) && this.#connection?.stages.delete(subscription.name)) {
      this.#send(this.#connection, { type: 'unsubscribe', sub: subscription.name });
    }
  }

  _tell(subscription, message) {
    const stage = this.#connection?.stages.get(subscription.name);
    if (stage && stage !== 'refused') this.#send(this.#connection, { ...message, sub: subscription.name });
  }

  _taken(length) {
    this.#waiting -= length;
    if (this.#isPaused && this.#waiting === 0 && !this.#end) {
      this.#isPaused = false;
      this.#open();
    }
  }

  #backoff() {
    return new Backoff(this.#options.firstRetryWithin, this.#options.lastRetryWithin, this.#options.random);
  }

  #open() {
    const options = this.#options;
    this.#retry = undefined;
    const address = options.addresses[this.#index];
    const url = new URL('api/ws', address.replace(/^http/, 'ws').replace(/\/?$/, '/'));
    const socket = new options.WebSocket(url.href, SUBPROTOCOL);
    const connection = { socket, address, stages: new Map(), isOpen: false, wasLive: false };
    this.#connection = connection;
    const isCurrent = () => this.#connection === connection;
    connection.timer = setTimeout(() => {
      if (isCurrent()) this.#lost('unreachable', { reason: `no connection within ${options.connectLimit} ms` });
    }, options.connectLimit);
    socket.onopen = () => isCurrent() && this.#opened(connection);
    socket.onmessage = (event) => isCurrent() && this.#obey(connection, event.data);
    const closed = ({ code, reason }) => {
      if (!isCurrent()) return;
      if (FINAL_CODES.has(code)) this.#finish(new FluxError(`closed with ${code}: ${reason}`, { code, reason }));
      else this.#lost(connection.isOpen ? 'lost' : 'unreachable', { code, reason });
    };
    socket.onclose = closed;
    // "close" follows at once and says more, except in Node 20, where nothing follows a refused upgrade.
    socket.onerror = (event) => setTimeout(() => closed({ code: 1006, reason: event.message ?? '' }));
  }

  #opened(connection) {
    clearTimeout(connection.timer);
    if (connection.socket.protocol !== SUBPROTOCOL) {
      this.#lost('unreachable', { reason: `it does not speak ${SUBPROTOCOL}` });
      return;
    }
    connection.started = performance.now();
    connection.isOpen = true;
    connection.watch = new SilenceWatch(this.#options.silenceLimit, this.#options.answerLimit, this.#doublings, connection.started);
    connection.timer = setInterval(() => this.#watch(connection), connection.watch.tick);
    if (this.#options.token) this.#send(connection, { type: 'auth', token: this.#options.token });
    for (const subscription of this.#subscriptions.values()) this.#ask(connection, subscription);
    this.#tell('connected', { address: connection.address });
  }

  #ask(connection, subscription) {
    if (this.#mode(connection) !== 'live') connection.watch.begin(performance.now());
    connection.stages.set(subscription.name, 'asked');
    this.#send(connection, subscription.message);
  }

  #obey(connection, data) {
    let item;
    try {
      item = JSON.parse(data);
    } catch (error) {
      this.#finish(new FluxError(`the server sent what is no frame of ${SUBPROTOCOL}: ${error.message}`, {}));
      return;
    }
    this.#follow(connection, connection.watch.heard(performance.now(), item.sub !== undefined));
    if (item.type === 'pong') connection.watch.pong(item.data);
    if (item.type === 'error' && item.sub === undefined) this.#finish(new FluxError(`${item.code}: ${item.error}`, item));
    const subscription = this.#subscriptions.get(item.sub);
    if (!subscription || !connection.stages.has(item.sub)) return; // about nobody, or was on its way when the application had enough
    if (item.type === 'error' && !item.refused) {
      this.#refused(connection, subscription, item);
      return;
    }
    if (item.type === 'subscribed') {
      if (subscription.isPartial && !subscription.resumeAfter) this.#waiting += subscription._push({ type: 'restarted' }, 1);
      const after = subscription.resumeAfter ?? subscription.cursor;
      if (after) item.resumed_after = after;
      const isLive = !subscription.resumeAfter && (subscription.request.from ?? 'now') === 'now';
      subscription.isPartial = false;
      this.#arrive(connection, subscription, isLive ? 'live' : 'catching up');
    } else if (item.answer === 'replay' || item.type === 'replayed') {
      this.#arrive(connection, subscription, 'catching up');
    } else if (item.type === 'caught_up' || item.type === 'progress') {
      this.#arrive(connection, subscription, 'live');
    }
    this.#waiting += subscription._push(item, data.length);
    const isLast = subscription instanceof Replay && subscription._note(item);
    if (isLast || (item.type === 'cursor_unknown' && !item.refused)) this.#drop(connection, subscription);
    const tears = [...this.#subscriptions.values()].some((each) => each.isPartial && !each.resumeAfter);
    if (this.#waiting > this.#options.bufferLength && !tears) {
      // The application is too slow, and no snapshot would be torn: go away until it has read what is here.
      this.#isPaused = true;
      this.#leave();
    }
  }

  #refused(connection, subscription, item) {
    subscription.resumeAfter = item.cursor ?? subscription.resumeAfter;
    if (item.code !== 'unavailable') {
      this.#drop(connection, subscription, new FluxError(`${item.code}: ${item.error}`, item));
      return;
    }
    connection.stages.set(subscription.name, 'refused');
    subscription.retry = setTimeout(() => {
      if (this.#connection === connection && connection.stages.get(subscription.name) === 'refused') this.#ask(connection, subscription);
    }, subscription.retries.next());
  }

  #drop(connection, subscription, error) {
    this.#subscriptions.delete(subscription.name);
    connection.stages.delete(subscription.name);
    subscription._end(error);
  }

  #arrive(connection, subscription, stage) {
    const isLive = stage === 'live' && connection.watch.isPresent; // what was sent before an absence does not say how things stand now
    connection.stages.set(subscription.name, isLive ? 'live' : 'catching up');
    connection.wasLive ||= isLive;
    subscription.retries.reset();
  }

  #mode(connection) {
    const stages = new Set();
    for (const [name, stage] of connection.stages) {
      if (stage === 'asked' || (this.#subscriptions.get(name)?.request.progress ?? true)) stages.add(stage);
    }
    return ['live', 'asked', 'catching up'].find((stage) => stages.has(stage)) ?? 'idle';
  }

  #watch(connection) {
    const verdict = connection.watch.judge(performance.now(), this.#mode(connection));
    if (verdict.dead === undefined) {
      this.#follow(connection, verdict);
    } else {
      this.#doublings = verdict.tired ? this.#doublings + 1 : this.#doublings;
      this.#lost('feedlost', { silence: verdict.dead }, verdict.tired);
    }
  }

  #follow(connection, { absent, ping }) {
    for (const [name, stage] of absent ? connection.stages : []) if (stage === 'live') connection.stages.set(name, 'catching up');
    if (ping !== undefined) this.#send(connection, { type: 'ping', data: ping });
  }

  #send(connection, message) {
    if (connection.socket.readyState === 1) connection.socket.send(JSON.stringify(message));
  }

  #leave() {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) {
      clearInterval(connection.timer); // which clears timeouts as well
      connection.socket.close();
    }
    return connection;
  }

  #lost(type, detail, isTired = false) {
    const connection = this.#leave();
    if (connection.isOpen && performance.now() - connection.started >= this.#options.stableAfter) this.#waits.reset();
    if (connection.wasLive && !isTired) this.#doublings = 0;
    this.#index = (this.#index + 1) % this.#options.addresses.length;
    const retryAfter = this.#waits.next();
    this.#retry = setTimeout(() => this.#open(), retryAfter);
    this.#tell(type, { address: connection.address, ...detail, retryAfter });
  }

  #finish(error) {
    this.#end ??= { error };
    clearTimeout(this.#retry);
    this.#leave();
    for (const subscription of this.#subscriptions.values()) subscription._end(error);
    this.#subscriptions.clear();
  }

  #tell(type, detail) {
    this.dispatchEvent(Object.assign(new Event(type), { detail }));
  }
}
