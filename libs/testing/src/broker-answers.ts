import { connect } from 'amqplib';
import { eventually } from './eventually.js';

/**
 * Waits until a broker accepts connections at the URL.
 * @param shouldContinue returns false to stop waiting
 * @returns false after `timeoutMs` or when stopped
 */
export async function brokerAnswers(url: string, shouldContinue = () => true, timeoutMs = 300_000): Promise<boolean> {
  const check = async () => {
    if (!shouldContinue()) return false;
    const connection = await connect(url, { timeout: 30_000 });
    connection.on('error', () => undefined); // the broker can end at any time
    await connection.close();
    return true;
  };
  return eventually(check, { timeoutMs, intervalMs: 50 }).catch(() => false);
}
