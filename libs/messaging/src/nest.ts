import { Catch, type INestApplication, Logger, type RpcExceptionFilter } from '@nestjs/common';
import { type NestMicroservice } from '@nestjs/microservices';
import { type Service } from '@tidegate/contracts';
import { type Metrics } from '@tidegate/observability';
import { type Observable, throwError } from 'rxjs';
import { Measured } from './measured.interceptor.js';
import { type OnDeadLetter, type Prefetch, type Transport } from './transport.js';

/**
 * Hands a handler's error to the transport as it is. Nest's own filter would turn all of them into one text, and the
 * transport distinguishes a refusal, a database that is away and a bug.
 */
@Catch()
class PassErrors implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** Lets an application's message handlers receive what travels for its service, times them, and reports dead letters and ignored events. */
export async function listenFor(
  app: INestApplication,
  transport: Transport,
  service: Service,
  prefetch: Prefetch,
  metrics: Metrics,
): Promise<void> {
  const logger = new Logger('Messaging');
  const onDeadLetter: OnDeadLetter = ({ eventId, name }) => {
    logger.error({ eventId, name, subscriber: service }, 'An event is set aside: its subscriber refused it too often');
    metrics.deadLetters.inc({ name });
  };
  const onIgnored = (name: string) => metrics.eventsIgnored.inc({ name });
  const strategy = transport.server(service, prefetch, onDeadLetter, onIgnored);
  // Nest binds handlers to the filters it knows at that moment, so binding waits until ours is there; the hooks of the
  // modules belong to the HTTP application and must not run a second time.
  const microservice = app.connectMicroservice({ strategy }, { deferInitialization: true }) as NestMicroservice;
  microservice.useGlobalFilters(new PassErrors());
  microservice.useGlobalInterceptors(new Measured(metrics));
  microservice.registerListeners();
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
  await app.startAllMicroservices();
}
