import { connect } from 'amqplib';
import { eventually } from './eventually.js';

/**
 * Whether a broker answers at the URL before the time is over.
 * @param stillHoping false ends the wait early
 */
export async function brokerAnswers(url: string, stillHoping = () => true, timeoutMs = 300_000): Promise<boolean> {
  const look = async () => {
    if (!stillHoping()) return false;
    const connection = await connect(url, { timeout: 30_000 });
    connection.on('error', () => undefined); // a broker that ends just now
    await connection.close();
    return true;
  };
  return eventually(look, { timeoutMs, intervalMs: 50 }).catch(() => false);
}
