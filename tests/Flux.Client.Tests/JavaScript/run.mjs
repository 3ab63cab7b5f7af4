// Runs the client as a test says: {options, requests, manual, replays} come as an argument; what happens goes out as one line of JSON each. Where it reads by hand, each
// line that comes in takes one item. It ends when what comes in does.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { FluxClient } from '../flux-client-js/flux-client.js';

const { options, requests, manual, webSocket, replays } = JSON.parse(process.argv[2]);
if (webSocket) options.WebSocket = (await import(pathToFileURL(webSocket))).default;
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

if (options.fixedRandom !== undefined) options.random = () => options.fixedRandom;
const client = new FluxClient(options);
for (const type of ['connected', 'lost', 'feedlost', 'unreachable']) {
  client.addEventListener(type, ({ detail }) => say({ event: type, ...detail }));
}

const input = createInterface({ input: process.stdin });
const takes = [];
let wanted = () => {};
input.on('line', (line) => {
  takes.push(line);
  wanted();
});
input.on('close', () => {
  client.close();
  process.exit(0);
});

async function take() {
  while (takes.length === 0) await new Promise((resolve) => (wanted = resolve));
  return takes.shift();
}

// A replay obeys lines such as {"seek": [5]}.
function control(replay) {
  input.on('line', (line) => {
    for (const [method, values] of Object.entries(JSON.parse(line))) replay[method](...values);
  });
}

for (const request of requests) {
  const begin = (...values) => (replays ? client.replay(...values) : client.subscribe(...values));
  const subscription = manual ? begin(request) : begin(request, (item) => say({ item, cursor: subscription.cursor ?? null }));
  if (replays) control(subscription);
  const done = manual
    ? (async () => {
        await take();
        for await (const item of subscription) {
          say({ item, cursor: subscription.cursor ?? null });
          if ((await take()) === 'close') subscription.close();
        }
      })()
    : subscription.done;
  done.then(
    () => say({ end: subscription.name }),
    (error) => say({ error: error.name, code: error.code, message: error.message }),
  );
}
