import { inProcessTransport } from '@tidegate/messaging';
import { type Environment, readConfig, type Releases } from '@tidegate/runtime';
import { SETTINGS as ACCESS_FLOW } from '../../access-flow/src/common/config.js';
import { createAccessFlow } from '../../access-flow/src/create.js';
import { SETTINGS as GATEWAY } from '../../gateway/src/config/config.js';
import { createGateway } from '../../gateway/src/create.js';
import { SETTINGS as IDENTITY } from '../../identity/src/config.js';
import { createIdentity } from '../../identity/src/create.js';

/**
 * Runs gateway, identity and access-flow in this process, with in-process messages.
 *
 * @param env environment of the services
 * @param listen.ops port of health and metrics; undefined: not served on a separate port
 * @returns the first API key, if one was created
 */
export async function runInOneProcess(
  env: Environment,
  listen: { address: string; public: number; ops: number | undefined },
  releases: Releases,
): Promise<string | undefined> {
  const transport = inProcessTransport();
  releases.add(() => transport.close());
  const identity = await createIdentity(readConfig(env, IDENTITY), transport);
  releases.add(() => identity.stop());
  const accessFlow = await createAccessFlow(readConfig(env, ACCESS_FLOW), transport);
  releases.add(() => accessFlow.stop());
  const gateway = await createGateway(readConfig(env, GATEWAY), transport, {
    metrics: [identity.metrics, accessFlow.metrics],
  });
  releases.add(() => gateway.stop());
  await gateway.app.listen(listen.public, listen.address);
  if (listen.ops !== undefined) await gateway.ops.listen(listen.ops, listen.address);
  return gateway.createFirstApiKey();
}
