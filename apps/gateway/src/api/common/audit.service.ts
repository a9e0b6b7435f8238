import { Injectable } from '@nestjs/common';
import { type HttpCall } from '../../callers/call.js';

/** Adds to the log line of a call which change it made: ids, never names or secrets. */
@Injectable()
export class Audit {
  note(call: HttpCall, what: string, details: object): void {
    Object.assign(call.changed, { what, ...details });
  }
}
