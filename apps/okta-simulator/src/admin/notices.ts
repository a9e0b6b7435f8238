import { randomBytes } from 'node:crypto';
import { type Notice } from './layout.js';

const MAX_NOTICES = 100;

/** Messages of actions, shown once on the page that the browser is redirected to. */
export class Notices {
  readonly #notices = new Map<string, Notice>();

  /** @returns the id of the notice, for the query of the next page */
  add(notice: Notice): string {
    const id = randomBytes(9).toString('base64url');
    this.#notices.set(id, notice);
    const [oldest] = this.#notices.keys();
    if (this.#notices.size > MAX_NOTICES && oldest !== undefined) this.#notices.delete(oldest);
    return id;
  }

  take(id = ''): Notice | undefined {
    const notice = this.#notices.get(id);
    this.#notices.delete(id);
    return notice;
  }
}
