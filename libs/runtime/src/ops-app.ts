import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OpsModule, type OpsOptions } from './ops.module.js';

/**
 * Creates a separate application for health and metrics, for a service whose other port is public.
 * @returns the application, not yet listening
 */
export async function createOpsApp(options: OpsOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter();
  // No logger option: it would replace the logger of all applications in the process.
  const module = OpsModule.forRoot(options);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { abortOnError: false });
  return app.init();
}
