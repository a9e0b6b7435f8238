import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Refusal } from '@tidegate/contracts';
import { Public, type Readiness } from '@tidegate/runtime';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { prefersPage } from '../http/accept.rule.js';
import { sendPage } from '../http/html.pages.js';
import { catalogPage } from './catalog.pages.js';
import { homePage } from './home.pages.js';
import { Visitors } from './visitors.service.js';

/** Injection token of the `Readiness` that the start page shows. */
export const SHOWN_READINESS = Symbol('SHOWN_READINESS');

/** The start page and the integration types, for browsers. Public: the data of a person is shown only to that person. */
@Public()
@ApiExcludeController()
@Controller()
export class PagesController {
  constructor(
    private readonly visitors: Visitors,
    @Inject(SHOWN_READINESS) private readonly readiness: Readiness,
  ) {}

  @Get()
  async home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    requireBrowser(request);
    const [report, visitor] = await Promise.all([this.readiness.report(), this.visitors.visitorOf(request)]);
    sendPage(reply, 200, homePage(report, visitor));
  }

  @Get('catalog')
  catalog(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    requireBrowser(request);
    sendPage(reply, 200, catalogPage());
  }
}

/** Programs find nothing here. @throws Refusal `notFound` */
function requireBrowser({ headers }: FastifyRequest): void {
  if (!prefersPage(headers.accept)) throw new Refusal('notFound', 'Not found.');
}
