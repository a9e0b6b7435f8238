import { randomBytes } from 'node:crypto';
import { type Notice } from './layout.js';

const KEPT = 100;

/** What an action has to say on the page that the browser is sent to, once. */
export class Notices {
  readonly #left = new Map<string, Notice>();

  /** @returns what the next page's address carries */
  leave(notice: Notice): string {
    const id = randomBytes(9).toString('base64url');
    this.#left.set(id, notice);
    const [oldest] = this.#left.keys();
    if (this.#left.size > KEPT && oldest !== undefined) this.#left.delete(oldest);
    return id;
  }

  take(id = ''): Notice | undefined {
    const notice = this.#left.get(id);
    this.#left.delete(id);
    return notice;
  }
}
