const WIDTH = 24;

/** A progress bar in the last line of a terminal. Without a terminal, only the lines above it are printed. */
export class ProgressBar {
  #line = '';

  /** @param {number} total number of steps */
  constructor(total) {
    this.total = total;
  }

  /** @param {number} finished number of steps @param {string} step that runs now */
  show(finished, step) {
    const filled = Math.min(WIDTH, Math.round((WIDTH * finished) / this.total));
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const text = `${bar} ${finished}/${this.total} ${step}`;
    this.#draw(text.slice(0, (process.stdout.columns ?? 80) - 1)); // a longer line would wrap and stay
  }

  /** Prints a line above the bar. */
  print(line) {
    const bar = this.#line;
    this.#draw('');
    console.log(line);
    this.#draw(bar);
  }

  /** Removes the bar. */
  end() {
    this.#draw('');
  }

  #draw(text) {
    if (!process.stdout.isTTY) return;
    process.stdout.write(`\r\u001b[2K${text}`);
    this.#line = text;
  }
}
