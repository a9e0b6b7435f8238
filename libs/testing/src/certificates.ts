import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Path of a certificate or key for tests, see `libs/testing/certificates`.
 * @param name without `.pem`
 */
export function certificatePath(name: 'authority' | 'other-authority' | 'localhost' | 'localhost-key'): string {
  return resolve('libs/testing/certificates', `${name}.pem`);
}

/** A server certificate for `localhost`, signed by `authority`, with its key. */
export function localhostCertificate(): { cert: Buffer; key: Buffer } {
  return {
    cert: readFileSync(certificatePath('localhost')),
    key: readFileSync(certificatePath('localhost-key')),
  };
}
