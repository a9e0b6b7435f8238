/** What an administrator asked for and cannot have; the message says why, and the status is that of the HTTP answer. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: 400 | 404 | 409 = 400,
  ) {
    super(message);
    this.name = 'Refused';
  }
}
