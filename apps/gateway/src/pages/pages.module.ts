import { type DynamicModule, Module } from '@nestjs/common';
import { type Checks, Readiness } from '@tidegate/runtime';
import { ApiModule } from '../api/api.module.js';
import { PagesController, SHOWN_READINESS } from './pages.controller.js';
import { Visitors } from './visitors.service.js';

/** The pages for browsers, besides login and consent. */
@Module({})
export class PagesModule {
  /** @param checks of everything that calls need; `/readyz` of the gateway has fewer */
  static register(checks: Checks): DynamicModule {
    return {
      module: PagesModule,
      imports: [ApiModule],
      controllers: [PagesController],
      providers: [Visitors, { provide: SHOWN_READINESS, useFactory: () => new Readiness(checks) }],
    };
  }
}
