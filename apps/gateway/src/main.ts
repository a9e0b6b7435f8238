import { AMQP_SETTINGS, amqpTransport } from '@tidegate/messaging';
import { flag, ipAddress, port, readConfig, runService, StartError } from '@tidegate/runtime';
import { SETTINGS } from './config/config.js';
import { createGateway } from './create.js';

await runService('gateway', async (releases) => {
  const { printFirstApiKey, ...config } = readConfig(process.env, {
    ...SETTINGS,
    ...AMQP_SETTINGS,
    address: ipAddress('LISTEN_ADDRESS', '0.0.0.0'),
    port: port('PORT', 3000),
    opsPort: port('OPS_PORT', 3003),
    /** Allows a start without TIDEGATE_API_KEY: a start prints the first key to the standard output. */
    printFirstApiKey: flag('PRINT_FIRST_API_KEY', false),
  });
  if (!config.apiKey && !printFirstApiKey)
    throw new StartError(
      'TIDEGATE_API_KEY is not set. Set it to at least 32 random characters: it is the root key of /api/v1.',
    );
  const transport = await amqpTransport({ url: config.amqpUrl, prefix: config.amqpPrefix, service: 'gateway' });
  releases.add(() => transport.close());
  const gateway = await createGateway(config, transport);
  releases.add(() => gateway.stop());
  await gateway.app.listen(config.port, config.address);
  await gateway.ops.listen(config.opsPort, config.address);
  const firstApiKey = await gateway.createFirstApiKey();
  if (firstApiKey) process.stdout.write(`API key (shown only now): ${firstApiKey}\n`);
});
