import { type Command, type Fact, Refusal } from '@tidegate/contracts';
import { type Metrics } from '@tidegate/observability';
import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import { METRICS } from './tokens.js';

/** Measures every command and fact, by name and outcome. */
@Injectable()
export class Measured implements NestInterceptor {
  constructor(@Inject(METRICS) private readonly metrics: Metrics) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const message = context.switchToRpc().getData<Command | Fact>();
    const histogram = 'commandId' in message ? this.metrics.command : this.metrics.fact;
    const done = histogram.startTimer({ name: message.name });
    return next.handle().pipe(
      tap({
        complete: () => done({ outcome: 'done' }),
        error: (error: unknown) => done({ outcome: Refusal.from(error) ? 'refused' : 'failed' }),
      }),
    );
  }
}
