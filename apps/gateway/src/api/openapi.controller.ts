import { Controller, Get, Header, Injectable } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@tidegate/observability';

/** The description of the admin API; `write` is given once the application stands, and called at the first reading. */
@Injectable()
export class OpenApi {
  write: () => string = () => '{}';
  private text?: string;

  read(): string {
    return (this.text ??= this.write());
  }
}

/** Open to all: it holds nothing but what the source code says. */
@Public()
@ApiExcludeController()
@Controller('api/v1')
export class OpenApiController {
  constructor(private readonly document: OpenApi) {}

  @Get('openapi.json')
  @Header('Content-Type', 'application/json; charset=utf-8')
  read(): string {
    return this.document.read();
  }
}
