import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Refusal } from '@tidegate/contracts';
import { Public } from '@tidegate/runtime';
import { type FastifyReply } from 'fastify';
import { sendPage } from '../../http/html.pages.js';
import { docsPage, fileOf } from './docs.pages.js';

/** Shows the OpenAPI document. Public like the document: both contain no data. */
@Public()
@ApiExcludeController()
@Controller('api/docs')
export class DocsController {
  @Get()
  page(@Res() reply: FastifyReply): void {
    sendPage(reply, 200, docsPage());
  }

  @Get(':file')
  file(
    @Param('file') name: string,
    @Headers('accept-encoding') encodings: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const file = fileOf(name);
    if (!file) throw new Refusal('notFound', 'Not found.');
    const zipped = /\bgzip\b/.test(encodings ?? '');
    // The page requests files with their hash, so a changed file has another URL.
    reply.headers({
      'content-type': file.type,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    });
    reply.send(zipped ? file.zipped : file.content);
  }
}
