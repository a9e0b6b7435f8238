import { amqpTransport } from '@tidegate/messaging';
import { amqpUrl, port, readConfig, runService, secret } from '@tidegate/observability';
import { GATEWAY_SETTINGS } from './config.js';
import { createGateway } from './create.js';

await runService('gateway', async () => {
  const config = readConfig(process.env, {
    ...GATEWAY_SETTINGS,
    // Apart from standalone nobody reads what a first start prints: the key must be given.
    apiKey: secret('TIDEGATE_API_KEY', { minLength: 24 }),
    amqpUrl: amqpUrl('AMQP_URL'),
    port: port('PORT', 3000),
  });
  const transport = await amqpTransport({ url: config.amqpUrl });
  const gateway = await createGateway(config, transport);
  await gateway.app.listen(config.port, '0.0.0.0');
  return {
    stop: async () => {
      await gateway.stop();
      await transport.close();
    },
  };
});
