import { Text, Uuid } from '@tidegate/contracts/dto';

/** An integration that a record refers to. */
export class IntegrationRef {
  @Uuid() id: string;
  @Text('Name of the integration.') name: string;
}

/**
 * @param names of integrations that the caller may see
 * @returns the integrations with the ids, in their order, without those that have no name
 */
export const integrationRefs = (names: ReadonlyMap<string, string>, ids: readonly string[]): IntegrationRef[] =>
  ids.flatMap((id) => {
    const name = names.get(id);
    return name === undefined ? [] : [{ id, name }];
  });
