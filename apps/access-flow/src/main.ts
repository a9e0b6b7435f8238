import { amqpTransport } from '@tidegate/messaging';
import { readConfig, runService } from '@tidegate/observability';
import { SETTINGS_TABLE } from './config.js';
import { createAccessFlow } from './create.js';

await runService('access-flow', async () => {
  const config = readConfig(process.env, SETTINGS_TABLE);
  const transport = await amqpTransport({ url: config.amqpUrl });
  const releases = [() => transport.close()];
  const stop = async () => {
    for (const release of releases.splice(0).reverse()) await release();
  };
  try {
    const service = await createAccessFlow(config, transport);
    releases.push(() => service.stop());
    await service.app.listen(config.opsPort, '0.0.0.0');
    return { stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
});
