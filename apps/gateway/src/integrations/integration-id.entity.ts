import { Entity, PrimaryColumn } from 'typeorm';

/** Without row-level security, so that callers with access to all integrations can list them. */
@Entity({ schema: 'gateway', name: 'integration_ids' })
export class IntegrationIdEntity {
  @PrimaryColumn('uuid') id: string;
}
