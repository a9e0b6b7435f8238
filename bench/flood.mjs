// A worker that floods the system with one load until it receives a message, in its own thread so that sending does not
// delay the measurement.
import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { hostileBodies } from './hostile.mjs';
import { oktaUser } from './okta-user.mjs';

const { url, headers, ids, connections, load } = workerData;
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const stopping = new AbortController();
setMaxListeners(0, stopping.signal);
const { signal } = stopping;

async function send(method, path, body) {
  const response = await fetch(url + path, { method, headers, body, signal });
  await response.arrayBuffer();
  return response.status;
}

/** Each returns the function that a caller repeats. Its parameters are the number of the caller and of the call. */
const KINDS = {
  /** A body of `hostile.mjs`, created for each call or once. */
  body: ({ title, again }) => {
    const { method, path, body } = hostileBodies(ids).find(({ name }) => name === title);
    const once = Buffer.from(body());
    return () => send(method, path, again ? body() : once);
  },
  create: () => {
    const run = Date.now();
    return (caller, i) => send('POST', '/Users', JSON.stringify(oktaUser(`n${run}-${caller}-${i}`)));
  },
  deactivate: () => (caller, i) => {
    const body = { schemas: [PATCH], Operations: [{ op: 'replace', value: { active: i % 200 >= 100 } }] };
    return send('PATCH', `/Users/${ids.members[caller * 100 + (i % 100)]}`, JSON.stringify(body));
  },
  search: () => () =>
    send('GET', `/Users?filter=${encodeURIComponent('title co "zq" or nickName co "qz"')}&sortBy=title`),
  unread: () => unread,
};

/** Requests a long list and never reads the response. */
function unread() {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port, signal });
    for (const event of ['error', 'close']) socket.on(event, () => resolve('closed'));
    socket.pause();
    const head = `host: ${hostname}\r\nauthorization: ${headers.authorization}`;
    socket.write(`GET ${pathname}/Users?count=200 HTTP/1.1\r\n${head}\r\n\r\n`);
  });
}

const counts = {};
const call = KINDS[load.kind](load);
const caller = async (_, number) => {
  for (let i = 0; !signal.aborted; i++) {
    const status = await call(number, i).catch((error) => error.cause?.code ?? error.name);
    if (!signal.aborted) counts[status] = (counts[status] ?? 0) + 1;
  }
};
const done = Promise.all(Array.from({ length: connections }, caller));
parentPort.once('message', async () => {
  stopping.abort();
  await done;
  parentPort.postMessage(counts);
  parentPort.close();
});
