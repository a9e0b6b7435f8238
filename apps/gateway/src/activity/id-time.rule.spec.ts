import { v7 as uuidv7 } from 'uuid';
import { firstIdAt, timeOf } from './id-time.rule.js';

const moment = new Date('2026-01-02T03:04:05.678Z');

it('reads the creation time from an id', () => {
  expect(timeOf(uuidv7({ msecs: moment.getTime() }))).toEqual(moment);
  expect(timeOf(firstIdAt(moment))).toEqual(moment);
});

it('firstIdAt is the lower bound of the ids from that time on', () => {
  const bound = firstIdAt(moment);
  expect(uuidv7({ msecs: moment.getTime(), seq: 0, random: new Uint8Array(16) }) >= bound).toBe(true);
  expect(uuidv7({ msecs: moment.getTime() - 1 }) < bound).toBe(true);
  expect(firstIdAt(new Date(-1))).toBe('00000000-0000-7000-8000-000000000000');
});
