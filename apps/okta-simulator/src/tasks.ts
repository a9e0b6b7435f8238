import { ScimFailure } from './scim-client.js';

/** A line of Okta's Tasks page: what failed, and what the server said. */
export interface FailedTask {
  readonly id: number;
  readonly label: string;
  /** HTTP status, or undefined when no answer came. */
  readonly status: number | undefined;
  readonly detail: string;
}

/** Okta's Tasks page: what failed stays here until a person presses "Retry Selected". */
export class TaskList {
  readonly #failed = new Map<number, FailedTask & { work: () => Promise<void> }>();
  #lastId = 0;

  /** The failed tasks, oldest first. */
  get failed(): FailedTask[] {
    return [...this.#failed.values()].map(({ id, label, status, detail }) => ({ id, label, status, detail }));
  }

  /**
   * Does the work; a refused or unanswered call becomes a failed task.
   *
   * @param work what a retry repeats
   * @returns whether it was done
   * @throws whatever `work` throws besides ScimFailure
   */
  async run(label: string, work: () => Promise<void>): Promise<boolean> {
    this.#lastId += 1;
    return this.#attempt(this.#lastId, label, work);
  }

  /** "Retry Selected": does the failed tasks again, those with the given ids or all, oldest first. */
  async retry(ids: number[] = [...this.#failed.keys()]): Promise<void> {
    for (const id of ids) {
      const task = this.#failed.get(id);
      if (task) await this.#attempt(id, task.label, task.work);
    }
  }

  async #attempt(id: number, label: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#failed.delete(id);
      return true;
    } catch (error) {
      if (!(error instanceof ScimFailure)) throw error;
      this.#failed.set(id, { id, label, status: error.status, detail: error.detail, work });
      return false;
    }
  }
}
