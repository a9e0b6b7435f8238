import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { ScimFailure } from './scim-client.js';

/** `waiting`: pausing after a 429 response. */
export type TaskState = 'queued' | 'running' | 'waiting' | 'done' | 'failed';

/** A row of Okta's Tasks page. */
export interface Task {
  readonly id: number;
  readonly label: string;
  readonly state: TaskState;
  /** HTTP status of the failure; undefined without a response. */
  readonly status: number | undefined;
  /** Error message of the server. */
  readonly detail: string;
  /** Time of the last change of state and, while waiting, end of the pause. Milliseconds since 1970. */
  readonly since: number;
  readonly resumesAt: number | undefined;
}
export type FailedTask = Pick<Task, 'id' | 'label' | 'status' | 'detail'>;

type Entry = { -readonly [key in keyof Task]: Task[key] } & { work: () => Promise<void>; onPause: () => void };

/** Limit of finished tasks; the oldest are dropped. Unfinished and failed tasks are kept. */
const MAX_DONE = 200;

export interface TaskListOptions {
  /** Start each task when the previous one has finished or waits; otherwise start tasks immediately. */
  sequential?: boolean;
  clock?: Clock;
  /** Called when a task is done or has failed. */
  onTaskEnd?: () => void;
}

/** Okta's Tasks page. Failed tasks stay until "Retry Selected". */
export class TaskList {
  readonly #entries = new Map<number, Entry>();
  readonly #current = new AsyncLocalStorage<Entry>();
  readonly #clock: Clock;
  readonly #sequential: boolean;
  readonly #onTaskEnd: () => void;
  #lastId = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ sequential = false, clock = SYSTEM_CLOCK, onTaskEnd = () => undefined }: TaskListOptions = {}) {
    this.#onTaskEnd = onTaskEnd;
    this.#sequential = sequential;
    this.#clock = clock;
  }

  /** All stored tasks, newest first. */
  get all(): Task[] {
    const plain = ({ work: _work, onPause: _onPause, ...task }: Entry): Task => task;
    return [...this.#entries.values()].map(plain).reverse();
  }

  /** The failed tasks, oldest first. */
  get failed(): FailedTask[] {
    const failed = [...this.#entries.values()].filter((entry) => entry.state === 'failed');
    return failed.map(({ id, label, status, detail }) => ({ id, label, status, detail }));
  }

  /**
   * Runs a task. A ScimFailure marks it as failed.
   *
   * @param work called again by a retry
   * @returns whether it succeeded
   * @throws other errors of `work`
   */
  run(label: string, work: () => Promise<void>): Promise<boolean> {
    this.#lastId += 1;
    const entry: Entry = {
      ...{ id: this.#lastId, label, state: 'queued', status: undefined, detail: '', since: this.#clock.now() },
      ...{ resumesAt: undefined, work, onPause: () => undefined },
    };
    this.#entries.set(entry.id, entry);
    return this.#schedule(entry);
  }

  /** "Retry Selected": runs failed tasks again, all or those with the given ids, oldest first. */
  async retry(ids: number[] = this.failed.map((task) => task.id)): Promise<void> {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry?.state === 'failed') await this.#schedule(entry);
    }
  }

  /** Pause after a 429, for ScimClient. The calling task waits, and others can start. */
  readonly pause = async (seconds: number): Promise<void> => {
    const entry = this.#current.getStore();
    if (entry) {
      this.#setState(entry, 'waiting');
      entry.resumesAt = this.#clock.now() + seconds * 1000;
      entry.onPause();
    }
    await this.#clock.sleep(seconds);
    if (entry) this.#setState(entry, 'running');
  };

  /** Resolves when all tasks are done, failed or waiting. */
  async idle(): Promise<void> {
    for (let last; last !== this.#queue;) {
      last = this.#queue;
      await last;
    }
  }

  #schedule(entry: Entry): Promise<boolean> {
    if (!this.#sequential) return this.#attempt(entry);
    this.#setState(entry, 'queued');
    const paused = new Promise<void>((resolve) => (entry.onPause = resolve));
    const done = this.#queue.then(() => this.#attempt(entry));
    this.#queue = Promise.race([done, paused]);
    return done;
  }

  async #attempt(entry: Entry): Promise<boolean> {
    this.#setState(entry, 'running');
    try {
      await this.#current.run(entry, entry.work);
      this.#setState(entry, 'done');
      this.#dropOldest();
      return true;
    } catch (error) {
      this.#setState(entry, 'failed');
      Object.assign(
        entry,
        error instanceof ScimFailure ? { status: error.status, detail: error.detail } : { detail: String(error) },
      );
      if (!(error instanceof ScimFailure)) throw error;
      return false;
    } finally {
      this.#onTaskEnd();
    }
  }

  #setState(entry: Entry, state: TaskState): void {
    Object.assign(entry, { state, since: this.#clock.now(), resumesAt: undefined, status: undefined, detail: '' });
  }

  #dropOldest(): void {
    const done = [...this.#entries.values()].filter((entry) => entry.state === 'done');
    for (const { id } of done.slice(0, Math.max(0, done.length - MAX_DONE))) this.#entries.delete(id);
  }
}
