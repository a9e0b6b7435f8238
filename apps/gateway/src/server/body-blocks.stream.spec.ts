import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { BodyBlocks } from './body-blocks.stream.js';

const piecesOf = (body: Buffer, length: number): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < body.length; at += length) yield body.subarray(at, at + length);
    })(),
    { objectMode: false },
  );

describe('the blocks of a body', () => {
  const body = Buffer.from(Array.from({ length: 20_000 }, (_, i) => i % 251));

  it.each([1, 100, 8_192, 8_193, 20_000])(
    'hold 8 KiB each, and all bytes in order, from pieces of %i bytes',
    async (n) => {
      const blocks: Buffer[] = [];
      const stream = BodyBlocks.of(piecesOf(body, n)).on('data', (block: Buffer) => blocks.push(block));
      await once(stream, 'end');
      expect(blocks.map(({ length }) => length)).toEqual([8_192, 8_192, 3_616]);
      expect(Buffer.concat(blocks).equals(body)).toBe(true);
    },
  );

  it('are known to be short before anything is read', async () => {
    const blocks = BodyBlocks.of(piecesOf(body.subarray(0, 8_192), 1));
    await blocks.untilLonger(8_192);
    expect([blocks.received, blocks.writableFinished]).toEqual([8_192, true]);
    expect(await buffer(blocks)).toHaveLength(8_192);
  });

  it('are known to be long before the body is complete', async () => {
    const endless = new Readable({ read: () => undefined });
    const blocks = BodyBlocks.of(endless);
    endless.push(body.subarray(0, 8_193));
    await blocks.untilLonger(8_192);
    expect([blocks.received > 8_192, blocks.writableFinished]).toEqual([true, false]);
    endless.destroy();
  });

  it('end when the body is aborted', async () => {
    const endless = new Readable({ read: () => undefined });
    const blocks = BodyBlocks.of(endless);
    endless.push('{');
    const waiting = blocks.untilLonger(8_192);
    endless.destroy();
    await waiting;
    expect(blocks.destroyed).toBe(true);
  });

  it('end when the body was aborted before they began', async () => {
    const aborted = new Readable({ read: () => undefined }).on('error', () => undefined);
    aborted.destroy(new Error('aborted'));
    await new Promise((closed) => aborted.once('close', closed));
    const blocks = BodyBlocks.of(aborted);
    expect(blocks.destroyed).toBe(true);
    await blocks.untilLonger(8_192);
  });

  it('fail when the body is closed without an error, because a reader waits for an end or an error', async () => {
    const endless = new Readable({ read: () => undefined });
    const failed = jest.fn();
    BodyBlocks.of(endless).on('error', failed);
    endless.destroy();
    await new Promise(setImmediate);
    expect(failed).toHaveBeenCalledWith(expect.any(Error));
  });

  it('hold no more than their buffers while nothing is read', async () => {
    let produced = 0;
    const endless = new Readable({
      read() {
        produced += 1_000;
        this.push(Buffer.alloc(1_000));
      },
    });
    const blocks = BodyBlocks.of(endless);
    await blocks.untilLonger(8_192);
    await new Promise(setImmediate);
    expect(produced).toBeLessThan(300_000);
    endless.destroy();
  });
});
