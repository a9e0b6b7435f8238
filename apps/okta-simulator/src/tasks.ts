import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { ScimFailure } from './scim-client.js';

/** `waiting`: a 429 was answered, and Okta pauses before it asks again. */
export type TaskState = 'queued' | 'running' | 'waiting' | 'done' | 'failed';

/** A line of Okta's Tasks page. */
export interface Task {
  readonly id: number;
  readonly label: string;
  readonly state: TaskState;
  /** HTTP status of the failure, or undefined when no answer came. */
  readonly status: number | undefined;
  /** What the server said when it failed. */
  readonly detail: string;
  /** When the state became what it is, and while it waits, until when. Milliseconds since 1970. */
  readonly since: number;
  readonly resumesAt: number | undefined;
}
export type FailedTask = Pick<Task, 'id' | 'label' | 'status' | 'detail'>;

type Entry = { -readonly [key in keyof Task]: Task[key] } & { work: () => Promise<void>; paused: () => void };

/** Finished tasks beyond these are forgotten; unfinished and failed ones never. */
const DONE_KEPT = 200;

export interface TaskListOptions {
  /** Tasks begin in the order they were given, each when the one before is done or waits. Otherwise at once. */
  oneByOne?: boolean;
  clock?: Clock;
  /** Called when a task is done or failed. */
  ended?: () => void;
}

/** Okta's Tasks page: what failed stays here until a person presses "Retry Selected". */
export class TaskList {
  readonly #entries = new Map<number, Entry>();
  readonly #here = new AsyncLocalStorage<Entry>();
  readonly #clock: Clock;
  readonly #oneByOne: boolean;
  readonly #ended: () => void;
  #lastId = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ oneByOne = false, clock = SYSTEM_CLOCK, ended = () => undefined }: TaskListOptions = {}) {
    this.#ended = ended;
    this.#oneByOne = oneByOne;
    this.#clock = clock;
  }

  /** All that are remembered, newest first. */
  get all(): Task[] {
    const plain = ({ work: _work, paused: _paused, ...task }: Entry): Task => task;
    return [...this.#entries.values()].map(plain).reverse();
  }

  /** The failed tasks, oldest first. */
  get failed(): FailedTask[] {
    const failed = [...this.#entries.values()].filter((entry) => entry.state === 'failed');
    return failed.map(({ id, label, status, detail }) => ({ id, label, status, detail }));
  }

  /**
   * Does the work; a refused or unanswered call becomes a failed task.
   *
   * @param work what a retry repeats
   * @returns whether it was done
   * @throws whatever `work` throws besides ScimFailure
   */
  run(label: string, work: () => Promise<void>): Promise<boolean> {
    this.#lastId += 1;
    const entry: Entry = {
      ...{ id: this.#lastId, label, state: 'queued', status: undefined, detail: '', since: this.#clock.now() },
      ...{ resumesAt: undefined, work, paused: () => undefined },
    };
    this.#entries.set(entry.id, entry);
    return this.#schedule(entry);
  }

  /** "Retry Selected": does the failed tasks again, those with the given ids or all, oldest first. */
  async retry(ids: number[] = this.failed.map((task) => task.id)): Promise<void> {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry?.state === 'failed') await this.#schedule(entry);
    }
  }

  /** The pause after a 429, for ScimClient: the task that makes the call waits, and others may begin. */
  readonly pause = async (seconds: number): Promise<void> => {
    const entry = this.#here.getStore();
    if (entry) {
      this.#enter(entry, 'waiting');
      entry.resumesAt = this.#clock.now() + seconds * 1000;
      entry.paused();
    }
    await this.#clock.sleep(seconds);
    if (entry) this.#enter(entry, 'running');
  };

  /** Resolves when every task that was given is done, failed or waits. */
  async idle(): Promise<void> {
    for (let turn; turn !== this.#turn;) {
      turn = this.#turn;
      await turn;
    }
  }

  #schedule(entry: Entry): Promise<boolean> {
    if (!this.#oneByOne) return this.#attempt(entry);
    this.#enter(entry, 'queued');
    const paused = new Promise<void>((resolve) => (entry.paused = resolve));
    const done = this.#turn.then(() => this.#attempt(entry));
    this.#turn = Promise.race([done, paused]);
    return done;
  }

  async #attempt(entry: Entry): Promise<boolean> {
    this.#enter(entry, 'running');
    try {
      await this.#here.run(entry, entry.work);
      this.#enter(entry, 'done');
      this.#forgetOldest();
      return true;
    } catch (error) {
      this.#enter(entry, 'failed');
      Object.assign(
        entry,
        error instanceof ScimFailure ? { status: error.status, detail: error.detail } : { detail: String(error) },
      );
      if (!(error instanceof ScimFailure)) throw error;
      return false;
    } finally {
      this.#ended();
    }
  }

  #enter(entry: Entry, state: TaskState): void {
    Object.assign(entry, { state, since: this.#clock.now(), resumesAt: undefined, status: undefined, detail: '' });
  }

  #forgetOldest(): void {
    const done = [...this.#entries.values()].filter((entry) => entry.state === 'done');
    for (const { id } of done.slice(0, Math.max(0, done.length - DONE_KEPT))) this.#entries.delete(id);
  }
}
