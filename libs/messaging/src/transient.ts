/** Codes of transient failures: classes and states of PostgreSQL, and socket errors. */
const TRANSIENT_CODES =
  /^(08...|53...|57P0.|57014|40001|40P01|55P03|25P03|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
const TRANSIENT_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Channel closed|Connection closed/i;

/**
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 * @returns whether the failure is transient: database or broker unavailable, lock or statement timeout, serialization
 *   failure. Transient failures are retried and not counted.
 */
export function isTransient(error: unknown): boolean {
  for (let e: unknown = error, depth = 0; e instanceof Error && depth < 4; e = e.cause ?? driverError(e), depth++) {
    const code = (e as { code?: unknown }).code;
    if (typeof code === 'string' && TRANSIENT_CODES.test(code)) return true;
    if (TRANSIENT_MESSAGES.test(e.message)) return true;
    if (e instanceof AggregateError && e.errors.some(isTransient)) return true;
  }
  return false;
}

/** TypeORM wraps the errors of the driver. */
const driverError = (error: Error): unknown => (error as { driverError?: unknown }).driverError;
