import autocannon from 'autocannon';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Posts a new body with each request over keep-alive connections and waits for all responses.
 * @param {{ url: string, headers?: Record<string, string>, connections: number, seconds: number, body: () => string }} load
 * @returns {Promise<{ perSecond: number, p50: number, p99: number }>} responses per second, milliseconds
 * @throws Error when a response is not 2xx, because errors can be faster than results
 */
export async function post({ url, headers, connections, seconds, body }) {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [{ method: 'POST', headers, setupRequest: (request) => ({ ...request, body: body() }) }],
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} responses are not 2xx, ${result.errors} calls failed`);
  return { perSecond: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}

/**
 * Keeps a number of calls in flight.
 * @returns {Promise<number>} completed calls per second
 */
export async function callsPerSecond({ inFlight, seconds, call }) {
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  let answered = 0;
  const caller = async () => {
    while (performance.now() < until) {
      await call();
      answered++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return (answered * 1000) / (performance.now() - startedAt);
}

/**
 * Measures alternately, so that other load on the machine affects all measures.
 * @param {{ rounds: number, warmUpSeconds: number, seconds: number }} plan `seconds` is the duration of each measurement
 * @param {((seconds: number) => Promise<T>)[]} measures
 * @returns {Promise<T[][]>} the results of each measure, round by round
 * @template T
 */
export async function inTurn({ rounds, warmUpSeconds, seconds }, measures) {
  for (const measure of measures) await measure(warmUpSeconds);
  const results = measures.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, measure] of measures.entries()) {
      results[i].push(await measure(seconds));
      await pause(500); // deferred work (a relay's last batch, the log of the database) must not affect the next measurement
    }
  }
  return results;
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @returns {number} the value below which `share` (0–1) of the values lie */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
