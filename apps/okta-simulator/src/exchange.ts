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
export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * One HTTP request and its answer. Not `fetch`, which sends headers of its own that Okta does not send.
 *
 * @returns the answer, unpacked, whatever its status
 * @throws Error when the server cannot be reached, hangs up, or has not answered completely within the time
 */
export function exchange({ url, method, headers, body, agent, timeoutMilliseconds }: Exchange): Promise<RawAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(signal.aborted ? new Error(`no answer within ${timeoutMilliseconds / 1000} seconds`) : error);
    const request = send(url, { method, headers, agent, signal }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) response.destroy(new Error('the answer is larger than 64 MiB'));
      });
      response.on('error', fail);
      response.on('end', () => {
        try {
          const text = unpack(Buffer.concat(chunks), response.headers['content-encoding']);
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

function unpack(bytes: Buffer, encoding: string | undefined): string {
  switch (encoding) {
    case 'gzip':
      return gunzipSync(bytes, { maxOutputLength: MAX_ANSWER_BYTES }).toString('utf8');
    case 'deflate':
      return inflateSync(bytes, { maxOutputLength: MAX_ANSWER_BYTES }).toString('utf8');
    default:
      return bytes.toString('utf8');
  }
}
