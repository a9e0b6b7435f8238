import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Command, type Fact, Refusal } from '@tidegate/contracts';
import { type Metrics } from '@tidegate/observability';
import { type Observable, tap } from 'rxjs';

/** Injection token of the service's `Metrics`. */
export const METRICS = Symbol('METRICS');

/** Times every command and fact that a controller handles, by its name and by what became of it. */
@Injectable()
export class Measured implements NestInterceptor {
  constructor(@Inject(METRICS) private readonly metrics: Metrics) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const envelope = context.switchToRpc().getData<Command | Fact>();
    const histogram = 'commandId' in envelope ? this.metrics.command : this.metrics.fact;
    const done = histogram.startTimer({ name: envelope.name });
    return next.handle().pipe(
      tap({
        complete: () => done({ outcome: 'ok' }),
        error: (error) => done({ outcome: Refusal.from(error) ? 'refused' : 'failed' }),
      }),
    );
  }
}
