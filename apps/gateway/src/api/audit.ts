import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from '@tidegate/observability';
import { LOGGER } from '../config.js';
import { type HttpCall } from '../http/call.js';
import { knownCaller } from './known-caller.js';

/** Writes into the log who changed who may do what: ids, never names or secrets. */
@Injectable()
export class Audit {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  note(call: HttpCall, what: string, details: object): void {
    const caller = knownCaller(call);
    const by = caller.kind === 'key' ? { keyId: caller.keyId } : { issuer: caller.issuer, subject: caller.subject };
    this.logger.info({ requestId: call.requestId, by, ...details }, what);
  }
}
