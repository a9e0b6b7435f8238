import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type Command, type Event, Refusal } from '@tidegate/contracts';
import { type Metrics } from '@tidegate/observability';
import { type Observable, tap } from 'rxjs';

/** Measures how long the handlers of commands and events take, by name and outcome. */
export class Measured implements NestInterceptor {
  constructor(private readonly metrics: Metrics) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const envelope = context.switchToRpc().getData<Command | Event>();
    const histogram = 'commandId' in envelope ? this.metrics.command : this.metrics.event;
    const done = histogram.startTimer({ name: envelope.name });
    return next.handle().pipe(
      tap({
        complete: () => done({ outcome: 'done' }),
        error: (error: unknown) => done({ outcome: Refusal.from(error) ? 'refused' : 'failed' }),
      }),
    );
  }
}
