import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A received span, with the parts that tests compare. */
export interface CollectedSpan {
  service: string;
  name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  traceId: string;
  spanId: string;
  /** Empty for the first span of a trace. */
  parentSpanId: string;
  traceState: string;
  failed: boolean;
  attributes: Record<string, string | number | undefined>;
}

/** A collector of traces: OTLP over HTTP with JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp). */
export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  /** The headers and bodies of all requests, as received. */
  readonly received: string[] = [];
  /** The status of all responses. */
  status = 200;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpCollector> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        collector.received.push(JSON.stringify(request.headers) + body);
        if (request.url === '/v1/traces') collector.spans.push(...spansOf(JSON.parse(body) as Export));
        response.writeHead(collector.status, { 'content-type': 'application/json' }).end('{}');
      });
    });
    const collector = new OtlpCollector(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** @returns the span with the id of a parent; undefined if it is not here */
  parentOf({ parentSpanId }: CollectedSpan): CollectedSpan | undefined {
    return this.spans.find(({ spanId }) => spanId === parentSpanId);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number };
}
interface Export {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: (Pick<CollectedSpan, 'name' | 'kind' | 'traceId' | 'spanId'> & {
        parentSpanId?: string;
        traceState?: string;
        status?: { code?: number };
        attributes?: Attribute[];
      })[];
    }[];
  }[];
}

function spansOf({ resourceSpans }: Export): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name']);
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ name, kind, traceId, spanId, parentSpanId = '', traceState = '', status, attributes = [] }) => {
        const ids = { service, name, kind, traceId, spanId, parentSpanId, traceState };
        return { ...ids, failed: status?.code === 2, attributes: valuesOf(attributes) };
      });
  });
}

const valuesOf = (attributes: Attribute[]): CollectedSpan['attributes'] =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.doubleValue ?? (value.intValue === undefined ? undefined : Number(value.intValue)),
    ]),
  );
