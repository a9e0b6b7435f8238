import { isIPv6 } from 'node:net';

/** @returns the URL of a server on this machine that listens on the address; for all addresses with the name localhost */
export function localUrl({ address, port }: { address: string; port: number }): string {
  const host = ['0.0.0.0', '::'].includes(address) ? 'localhost' : isIPv6(address) ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
