import { Catch, type INestApplication, Logger, type RpcExceptionFilter } from '@nestjs/common';
import { type NestMicroservice } from '@nestjs/microservices';
import { type Service } from '@tidegate/contracts';
import { type Metrics } from '@tidegate/observability';
import { type Observable, throwError } from 'rxjs';
import { checkHandlers, refuseSecondHandlers } from './handlers.js';
import { Measured } from './measured.interceptor.js';
import { DEAD_LETTER_MESSAGE, type OnDeadLetter, type Prefetch, type Transport } from './transport.js';

/**
 * Passes the error of a handler to the transport, which distinguishes refusals, transient failures and bugs. Nest's filter
 * would replace all errors by one text.
 */
@Catch()
class PassErrors implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Connects the message handlers of an application to the transport, measures them, and reports dead letters and ignored
 * events.
 * @param options.partial for test services that handle only some of the service's messages
 * @throws Error when a command or required event of the service has no handler, or two
 */
export async function listenFor(
  app: INestApplication,
  transport: Transport,
  service: Service,
  prefetch: Prefetch,
  metrics: Metrics,
  { partial = false } = {},
): Promise<void> {
  const logger = new Logger('Messaging');
  const onDeadLetter: OnDeadLetter = ({ eventId, name }) => {
    logger.error({ eventId, name, subscriber: service }, DEAD_LETTER_MESSAGE);
    metrics.deadLetters.inc({ name });
  };
  const onIgnored = (name: string) => metrics.eventsIgnored.inc({ name });
  const strategy = transport.server(service, prefetch, onDeadLetter, onIgnored);
  refuseSecondHandlers(strategy);
  // Nest binds handlers to the filters that exist, so initialization waits until the filter is set. The hooks of the
  // modules run in the HTTP application and must not run again.
  const microservice = app.connectMicroservice({ strategy }, { deferInitialization: true }) as NestMicroservice;
  microservice.useGlobalFilters(new PassErrors());
  microservice.useGlobalInterceptors(new Measured(metrics));
  microservice.registerListeners();
  if (!partial) checkHandlers(strategy, service);
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
  await app.startAllMicroservices();
}
