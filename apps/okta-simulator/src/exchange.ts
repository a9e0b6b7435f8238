import { type Agent as HttpAgent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { gunzipSync, inflateSync } from 'node:zlib';

export interface Exchange {
  url: URL;
  method: string;
  /** Sent in this order and spelling; `node:http` adds only Content-Length. */
  headers: Record<string, string>;
  body: string | Buffer | undefined;
  agent: HttpAgent | HttpsAgent;
  timeoutMilliseconds: number;
}
export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/**
 * Sends one HTTP request. Not by `fetch`, which adds headers that Okta does not send.
 *
 * @returns the decompressed response with any status
 * @throws Error if the server can't be reached, closes the connection, or exceeds the timeout
 */
export function exchange({ url, method, headers, body, agent, timeoutMilliseconds }: Exchange): Promise<RawResponse> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(signal.aborted ? new Error(`no response within ${timeoutMilliseconds / 1000} seconds`) : error);
    const request = send(url, { method, headers, agent, signal }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MAX_RESPONSE_BYTES) response.destroy(new Error('the response is larger than 64 MiB'));
      });
      response.on('error', fail);
      response.on('end', () => {
        try {
          const text = decompress(Buffer.concat(chunks), response.headers['content-encoding']);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        } catch (error) {
          fail(error as Error);
        }
      });
    });
    request.on('error', fail);
    request.end(body);
  });
}

function decompress(bytes: Buffer, encoding: string | undefined): string {
  switch (encoding) {
    case 'gzip':
      return gunzipSync(bytes, { maxOutputLength: MAX_RESPONSE_BYTES }).toString('utf8');
    case 'deflate':
      return inflateSync(bytes, { maxOutputLength: MAX_RESPONSE_BYTES }).toString('utf8');
    default:
      return bytes.toString('utf8');
  }
}
