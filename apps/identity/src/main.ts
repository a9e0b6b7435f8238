import { amqpTransport } from '@tidegate/messaging';
import { readConfig, runService } from '@tidegate/observability';
import { SETTINGS } from './config.js';
import { createIdentity } from './create.js';

await runService('identity', async () => {
  const { amqpUrl, opsPort, ...config } = readConfig(process.env, SETTINGS);
  const transport = await amqpTransport({ url: amqpUrl });
  try {
    const identity = await createIdentity({ ...config, processMetrics: true }, transport);
    await identity.app.listen(opsPort, '0.0.0.0');
    return { stop: () => identity.stop().finally(() => transport.close()) };
  } catch (error) {
    await transport.close();
    throw error;
  }
});
