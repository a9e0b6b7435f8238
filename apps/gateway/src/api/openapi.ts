import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { ApiModule } from './api.module.js';

/** @returns the OpenAPI 3 document of /api/v1, as JSON */
export function describeApi(app: INestApplication): string {
  const config = new DocumentBuilder()
    .setTitle('Tidegate')
    .setDescription('Manages integrations, their directories, access requests and grants.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'API key.' })
    .addCookieAuth('__Host-tidegate_session', {
      type: 'apiKey',
      in: 'cookie',
      description: 'Session of a logged-in person.',
    })
    .build();
  return JSON.stringify(SwaggerModule.createDocument(app, config, { include: [ApiModule] }));
}
