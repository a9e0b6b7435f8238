import { AMQP_SETTINGS, amqpTransport } from '@tidegate/messaging';
import { ipAddress, port, readConfig, runService } from '@tidegate/runtime';
import { SETTINGS } from './common/config.js';
import { createAccessFlow } from './create.js';

await runService('access-flow', async (releases) => {
  const config = readConfig(process.env, {
    ...SETTINGS,
    ...AMQP_SETTINGS,
    address: ipAddress('LISTEN_ADDRESS', '0.0.0.0'),
    opsPort: port('OPS_PORT', 3002),
  });
  const transport = await amqpTransport({ url: config.amqpUrl, prefix: config.amqpPrefix, service: 'access-flow' });
  releases.add(() => transport.close());
  const service = await createAccessFlow(config, transport, { processMetrics: true });
  releases.add(() => service.stop());
  await service.app.listen(config.opsPort, config.address);
});
