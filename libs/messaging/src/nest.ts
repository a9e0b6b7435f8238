import { type Service } from '@tidegate/contracts';
import { type INestApplication, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import { type Prefetch, type Transport } from './transport.js';

/**
 * Hands a handler's error to the transport as it is. Nest's own filter would turn all of them into one text, and the
 * transport must tell a refusal from a database that is away and from a bug.
 */
class PassErrors implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** Lets an application's message handlers receive what travels for its service. */
export async function listenFor(
  app: INestApplication,
  transport: Transport,
  service: Service,
  prefetch: Prefetch,
): Promise<void> {
  const microservice = app.connectMicroservice({ strategy: transport.server(service, prefetch) });
  microservice.useGlobalFilters(new PassErrors());
  await app.startAllMicroservices();
}
