/** An action or page request that is refused, with the message for the administrator and the HTTP status. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: 400 | 404 | 409 = 400,
  ) {
    super(message);
    this.name = 'Refused';
  }
}
