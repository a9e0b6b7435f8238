import { Controller, Get, Header, Injectable } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@tidegate/runtime';

/** The OpenAPI document. `write` is set once the application exists, and called at the first read. */
@Injectable()
export class OpenApi {
  write: () => string = () => '{}';
  private text?: string;

  read(): string {
    return (this.text ??= this.write());
  }
}

/** Public: it contains no data. */
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
